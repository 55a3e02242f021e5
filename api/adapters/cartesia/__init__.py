"""Cartesia's text-to-speech API: bytes, Server-Sent Events and the socket."""
