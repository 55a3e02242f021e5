"""Decide which window is decoded next, how large it is, and which request may start.

`scheduler.py` is the face: the pipeline reports events to it, and it alone writes the state of a stream. The decisions
are a `Policy` (`policy.py`). docs/decisions/0014-headroom.md gives the reasons and the measurements.
"""
