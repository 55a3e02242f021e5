"""Synchronous form of the client. `python clients/python/unasync.py` writes it from `_async`."""
