"""Asynchronous form of the client. `python clients/python/unasync.py` writes the synchronous one from it."""
