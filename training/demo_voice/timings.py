"""Training data of the language model: each line's phones and their lengths by its teacher.

Run as `python -m training.demo_voice.timings --work DIR` after texts; writes DIR/timings_LANGUAGE.npz, no waveforms.
Languages that have their file are skipped.
"""

import argparse
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from tqdm import tqdm

from training.demo_voice.teachers import LANGUAGES, Timer

MAX_FRAMES = 520
"""Longest line that is kept, in frames of 20 ms."""


def measure(language: str, work: Path) -> None:
    """Write texts, phones and frames of one language as flat arrays with offsets."""
    path = work / f"timings_{language}.npz"
    if path.exists():
        return
    rows = [line.split("\t") for line in (work / "texts.txt").read_text("utf-8").splitlines()]
    lines = [text for of, text in rows if of == language]
    timer = Timer(language)
    texts: list[str] = []
    phones: list[int] = []
    frames: list[int] = []
    offsets = [0]
    for line in tqdm(lines, desc=language, mininterval=5, position=LANGUAGES.index(language)):
        spans = timer.spans(line)
        if spans and sum(span.frames for span in spans) <= MAX_FRAMES:
            texts.append(line)
            phones += [span.phone for span in spans]
            frames += [span.frames for span in spans]
            offsets.append(len(phones))
    np.savez(
        path,
        texts=np.array(texts),
        phones=np.array(phones, np.uint8),
        frames=np.array(frames, np.uint8),
        offsets=np.array(offsets),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    with get_context("spawn").Pool(
        options.processes, maxtasksperchild=1
    ) as pool:  # a process holds one teacher's state
        pool.starmap(measure, [(language, options.work) for language in LANGUAGES], chunksize=1)


if __name__ == "__main__":
    main()
