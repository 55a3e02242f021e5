"""Measuring client of a server: `veena3_client`, whose failures are those of commands, and a simulated player."""
