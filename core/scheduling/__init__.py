"""Decide which window is decoded next, how large it is, and which request may start.

The pipeline reports events to `scheduler.py`, which alone writes the state of a stream and asks a `Policy`
(`policy.py`, `window_size.py`) for every decision. Other modules are used directly: `admission.py` for the slots of
requests, `device_worker.py` for the order of jobs on a device, `playback.py` and `stream_state.py` for the state.
docs/decisions/0014-headroom.md gives the reasons and the measurements.
"""
