"""Training data of the language model: each line's phones, their lengths and their pitch by its teacher.

Run as `python -m training.demo_voice.timings --work DIR` after training.demo_voice.texts and questions; writes
DIR/melodies_LANGUAGE_PART.npz. Parts that have their file are skipped.
"""

import argparse
from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.pool import Pool
from pathlib import Path

import numpy as np
from tqdm import tqdm

from training.demo_voice.melodies import MelodyTeacher, Note
from training.demo_voice.teachers import LANGUAGES

TENTHS = 10
"""Units of the stored pitch in a semitone."""
LONGEST = 80
"""Characters of the longest line: `chunk_threshold` of the voice."""
MAX_FRAMES = 520
"""Longest line that is kept, in frames of 20 ms."""
PART = 1000
"""Lines of a file."""
QUESTIONS = 50
"""Number of the first part of DIR/questions.txt; those of DIR/texts.txt begin with 0."""
_teachers: list[MelodyTeacher] = []
"""The one teacher of a worker process."""


def _open(language: str) -> None:
    _teachers[:] = [MelodyTeacher(language)]


def _notes(line: str) -> tuple[str, list[Note]]:
    return line, _teachers[0].notes(line)


def lines_of(language: str, path: Path) -> list[str]:
    """Return the lines of a language of at most LONGEST characters: the service speaks longer texts in pieces."""
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines())
    return [text for of, text in rows if of == language and len(text) <= LONGEST]


def measure(pool: Pool, name: str, lines: Sequence[str], path: Path) -> None:
    """Write texts, phones, frames and pitch of lines as flat arrays with offsets."""
    texts, phones, frames, pitch, offsets = list[str](), list[int](), list[int](), list[float](), [0]
    made = pool.imap(_notes, lines, chunksize=10)
    for line, notes in tqdm(made, desc=name, total=len(lines), mininterval=10):
        if notes and sum(note.span.frames for note in notes) <= MAX_FRAMES:
            texts.append(line)
            phones += [note.span.phone for note in notes]
            frames += [note.span.frames for note in notes]
            pitch += [value for note in notes for value in note.semitones]
            offsets.append(len(phones))
    np.savez(
        path,
        texts=np.array(texts),
        phones=np.array(phones, np.uint8),
        frames=np.array(frames, np.uint8),
        pitch=np.clip(np.round(TENTHS * np.array(pitch)), -127, 127).astype(np.int8),
        offsets=np.array(offsets),
    )


def measure_all(language: str, work: Path, processes: int, parts: int) -> None:
    """Measure the missing ones of the first `parts` parts of a language's texts, and of its questions."""
    with get_context("spawn").Pool(processes, initializer=_open, initargs=(language,)) as pool:
        for name, first in (("questions.txt", QUESTIONS), ("texts.txt", 0)):
            lines = lines_of(language, work / name)
            for part in range(min(parts, -(-len(lines) // PART))):
                path = work / f"melodies_{language}_{first + part:02d}.npz"
                if not path.exists():
                    measure(pool, path.stem, lines[PART * part : PART * (part + 1)], path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--languages", nargs="+", choices=LANGUAGES, default=LANGUAGES)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--parts", type=int, default=100, help="of each language, at most")
    options = parser.parse_args()
    for language in options.languages:
        measure_all(language, options.work, options.processes, options.parts)


if __name__ == "__main__":
    main()
