"""Decide which window is decoded next, how large it is, and which request may start.

`scheduler.py` is the interface: the pipeline reports events to it, and it alone writes the state of a stream. It asks a
`Policy` (`policy.py`, `window_size.py`) for every decision. docs/decisions/0014-headroom.md gives the reasons and the
measurements.
"""
