"""Timed client of a server over the network. Knows nothing of the commands that use it."""
