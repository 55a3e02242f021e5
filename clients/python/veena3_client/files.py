"""Files of audio that is received as a stream: their format by name, and the lengths in their headers."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from veena3_client.errors import UsageError

SUFFIXES = {
    **{".wav": "wav", ".pcm": "pcm", ".raw": "pcm", ".opus": "opus", ".ogg": "opus"},
    **{".mp3": "mp3", ".flac": "flac", ".aac": "aac"},
}
"""Format by the suffix of a file's name. `mulaw` is in a WAV file, so that its name does not tell it."""
HEAD_BYTES = 4096
"""Bytes at the beginning of a file that hold its header."""
FLAC_TOTAL = slice(21, 26)
"""Byte range of a FLAC that ends with the 36 bits of its number of samples: behind the rate, channels and bits."""
FLAC_TOTAL_BITS = 36


@dataclass(slots=True)
class AudioFile:
    """File that is written. `samples` is set once the number of its samples is known."""

    write: Callable[[bytes], object]
    samples: int | None = None


@contextmanager
def open_file(path: str | os.PathLike[str]) -> Iterator[AudioFile]:
    """Write a file; complete its header at the end, also of a stream that broke off. Raises OSError."""
    place = Path(path)
    with place.open("wb") as file:
        opened = AudioFile(file.write)
        try:
            yield opened
        finally:
            file.flush()
            if place.is_file():
                complete_header(place, samples=opened.samples)


def format_of(path: str | os.PathLike[str]) -> str:
    """Return the format that a file's name asks for; WAV where its name has no suffix.

    Raises UsageError for a suffix that names no format.
    """
    suffix = Path(path).suffix.lower()
    if suffix and suffix not in SUFFIXES:
        raise UsageError(f"no format has the suffix {suffix}; known are {', '.join(SUFFIXES)}")
    return SUFFIXES.get(suffix, "wav")


def complete_header(path: Path, *, samples: int | None) -> None:
    """Write the length of a received WAV or FLAC into its header. `samples`: its number; None if that is unknown.

    A WAV needs only its size. Other formats stay as they are. Raises OSError.
    """
    with path.open("r+b") as file:
        head = bytearray(file.read(HEAD_BYTES))
        size = path.stat().st_size
        if head[:4] == b"RIFF" and (data := head.find(b"data", 12)) >= 0:
            _complete_wav(head, data, size)
        elif head[:4] == b"fLaC" and samples is not None:
            _complete_flac(head, samples)
        else:
            return
        file.seek(0)
        file.write(head)


def _complete_wav(head: bytearray, data: int, size: int) -> None:
    sound = size - data - 8
    head[4:8] = (size - 8).to_bytes(4, "little")
    head[data + 4 : data + 8] = sound.to_bytes(4, "little")
    if (fact := head.find(b"fact", 12, data)) >= 0:  # mu-law: a byte is a sample
        head[fact + 8 : fact + 12] = sound.to_bytes(4, "little")


def _complete_flac(head: bytearray, samples: int) -> None:
    before = int.from_bytes(head[FLAC_TOTAL], "big") >> FLAC_TOTAL_BITS << FLAC_TOTAL_BITS
    head[FLAC_TOTAL] = (before | samples).to_bytes(5, "big")
