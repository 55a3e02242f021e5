"""Find the mark in an upload, in a process of its own: bytes on standard input, a line of JSON on standard output."""

import struct
from dataclasses import asdict

import numpy as np
import soxr

from audio.mark.detector import MarkDetector, Sighting
from audio.mark.pattern import RATE, MarkPattern
from audio.uploads.decoding import decode_recording
from audio.uploads.process import Answer, answer_one

HEAD = struct.Struct("<dH")
"""Input before the secret and the recording: longest duration in seconds, and bytes of the secret."""


def main() -> None:
    """Search one recording."""
    answer_one(_answer)


def head(secret: str, *, max_s: float) -> bytes:
    """Return the input of the process before the recording."""
    encoded = secret.encode()
    return HEAD.pack(max_s, len(encoded)) + encoded


def _answer(given: bytes) -> Answer:
    max_s, size = HEAD.unpack(given[: HEAD.size])
    start = HEAD.size + size
    return find_mark(given[start:], secret=given[HEAD.size : start].decode(), max_s=max_s), b""


def find_mark(data: bytes, *, secret: str, max_s: float) -> dict[str, object]:
    """Return the report on a recording in any container: whether it is marked, with which id, and each window.

    Raises RecordingUnusable.
    """
    decoded = decode_recording(data, max_s=max_s)
    wave = decoded.wave
    seconds = len(wave) / decoded.rate
    if decoded.rate != RATE:
        wave = soxr.resample(wave, decoded.rate, RATE, quality="HQ")
    windows = list(MarkDetector(MarkPattern.of(secret)).sightings(np.asarray(wave, np.float64)))
    best = max(windows, key=lambda one: one.score, default=None)
    found = best if best and best.marked else None
    return {
        "marked": found is not None,
        "id": found.mark_id if found else None,
        "false_alarm": best.false_alarm if best else 1.0,
        "seconds": round(seconds, 3),
        "windows": [_described(window) for window in windows],
    }


def _described(window: Sighting) -> dict[str, object]:
    """Return a window's report; id and speed are meaningless where no mark was found."""
    fields = asdict(window) | {"marked": window.marked}
    mark_id = fields.pop("mark_id")
    if window.marked:
        return fields | {"id": mark_id}
    return fields | {"id": None, "speed": None, "pitch_changed": None}


if __name__ == "__main__":
    main()
