"""Lines with their teachers' phones and pitch, as `timings` wrote them."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from training.demo_voice.melodies import Note
from training.demo_voice.scores import Line
from training.demo_voice.teachers import LANGUAGES
from training.demo_voice.timings import TENTHS


def line_of(text: str, notes: Sequence[Note]) -> Line:
    """Return the line of a text as its teacher's notes tell it."""
    return Line(
        text,
        tuple(note.span.phone for note in notes),
        tuple(note.span.frames for note in notes),
        tuple(value for note in notes for value in note.semitones),
    )


def load(work: Path, languages: Sequence[str] = LANGUAGES) -> dict[str, list[Line]]:
    """Return the lines of each language that has a file."""
    found: dict[str, list[Line]] = {}
    for language in languages:
        for path in sorted(work.glob(f"melodies_{language}_[0-9]*.npz")):
            found.setdefault(language, []).extend(_lines(path))
    return found


def _lines(path: Path) -> Iterator[Line]:
    with np.load(path) as data:
        phones, frames = data["phones"].tolist(), data["frames"].tolist()
        pitch, ends = data["pitch"] / TENTHS, np.cumsum([0, *data["frames"]])
        for text, (a, b) in zip(data["texts"].tolist(), pairwise(data["offsets"].tolist()), strict=True):
            semitones = tuple(pitch[ends[a] : ends[b]].tolist())
            yield Line(text, tuple(phones[a:b]), tuple(frames[a:b]), semitones)
