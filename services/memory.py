"""Return of memory that the C library keeps after streams to the operating system."""

import ctypes
import sys

# A function of glibc. Windows has no handle for the process's own symbols.
_trim = None if sys.platform == "win32" else getattr(ctypes.CDLL(None), "malloc_trim", None)


def trim() -> None:
    """Return free memory. Takes some 20 ms after two hundred streams; does nothing without glibc."""
    if _trim:
        _trim(0)
