"""Read recordings in a process of its own: bytes on standard input, a line of JSON and samples on standard output.

A decoder that a hostile file breaks, or makes large or slow, ends with this process, and the service goes on.
"""

import json
import struct
import sys
from collections.abc import Callable
from dataclasses import asdict

import numpy as np
import soxr

from audio.uploads.decoding import decode_recording
from audio.uploads.heard import measure
from shared.errors import RecordingUnusable

try:
    import resource
except ImportError:  # Windows has no limits of this kind; the parent's timeout remains
    resource = None  # type: ignore[assignment]

MEMORY_BYTES = 2 * 1024**3
"""Address space of the process. Chosen: the libraries map 1 GiB; the largest recording takes 0.2 GiB beside them."""
CPU_S = 20
"""Seconds of CPU time, after which the system ends the process."""
HEAD = struct.Struct("<dI")
"""Input before the recording: longest duration in seconds, and rate of the output in Hz."""


Answer = tuple[dict[str, object], bytes]
"""Line of JSON, and the bytes that follow it."""


def main() -> None:
    """Read one recording."""
    answer_one(_answer)


def answer_one(answer: Callable[[bytes], Answer]) -> None:
    """Set the limits, and answer the standard input. RecordingUnusable is answered in the JSON line, too."""
    if resource:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    data = sys.stdin.buffer.read()
    try:
        line, samples = answer(data)
    except RecordingUnusable as error:
        line, samples = {"unusable": error.message, "details": error.details}, b""
    except MemoryError:
        line, samples = {"unusable": "audio: decoding takes too much memory"}, b""
    sys.stdout.buffer.write(json.dumps(line).encode() + b"\n" + samples)


def _answer(data: bytes) -> Answer:
    max_s, rate = HEAD.unpack(data[: HEAD.size])
    return read_recording(data[HEAD.size :], max_s=max_s, rate=rate)


def read_recording(data: bytes, *, max_s: float, rate: int) -> Answer:
    """Return what was heard, and the samples at `rate` Hz as little-endian float64. Raises RecordingUnusable."""
    decoded = decode_recording(data, max_s=max_s)
    wave = decoded.wave
    if decoded.rate != rate:
        wave = soxr.resample(wave, decoded.rate, rate, quality="VHQ")
    heard, trimmed = measure(wave, decoded.wave, rate=rate, source_rate=decoded.rate, channels=decoded.channels)
    return asdict(heard), np.ascontiguousarray(trimmed, "<f8").tobytes()


if __name__ == "__main__":
    main()
