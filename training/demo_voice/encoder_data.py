"""Training data of the speaker encoder: clips of random voices.

Run as `python -m training.demo_voice.encoder_data --work DIR --out FOLDER` after timings; writes
FOLDER/voices_LANGUAGE_PART.npz. Parts that have their file are skipped. A clip is six seconds of any lines, as the
decoder's target sounds in that voice.
"""

import argparse
import random
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from tqdm import tqdm

from training.demo_voice.encoder_digits import LANGUAGES, figures, source
from training.demo_voice.envelopes import Spectra, spectra
from training.demo_voice.flite import RATE
from training.demo_voice.lines import load
from training.demo_voice.phones import Span
from training.demo_voice.scores import Line
from training.demo_voice.speakers import Speaker
from training.demo_voice.sung import sung
from training.demo_voice.teachers import teacher
from training.demo_voice.waves import spoken

Array = npt.NDArray[np.float64]
Analysed = tuple[Spectra, list[Span], Line]
"""Teacher's spectra of a line, its phones, and the line."""
CLIP = 6 * RATE
"""Samples of a clip, as many as the service gives to the encoder."""
PART, PART_LINES = 20, 40
"""Clips of a part, and lines that it analyses. Chosen: an encoder tells the tilt of lines that it was trained on twice
as well as that of others, so many lines are worth more than many voices."""


def spoken_by(analysed: list[Analysed], voice: Speaker, rng: random.Random) -> Array:
    """Return CLIP samples of a voice that speaks some of the lines, beginning somewhere in the first one."""
    pieces, count = list[Array](), 0
    while count < CLIP:
        piece, _ = sung(*rng.choice(analysed), voice)
        if not pieces:
            piece = piece[rng.randrange(len(piece) // 2) :]
        pieces.append(piece)
        count += len(piece)
    return np.concatenate(pieces)[:CLIP]


def analyse(language: str, lines: list[Line]) -> list[Analysed]:
    """Return the teacher's spectra of lines."""
    voice = teacher(language, waves=True)
    said = ((line, *spoken(voice, line)) for line in lines)
    return [(spectra(samples, spans), spans, line) for line, samples, spans in said if spans]


def render(language: str, lines: list[Line], path: Path, rng: random.Random) -> None:
    """Write the clips of one part."""
    analysed = analyse(language, lines)
    voices = [source(rng) for _ in range(PART)]
    waves = [spoken_by(analysed, voice, rng) for voice in tqdm(voices, desc=path.stem, mininterval=10)]
    told = [figures(voice) for voice in voices]
    partial = path.with_suffix(".partial.npz")
    np.savez(partial, waves=np.round(32767 * np.array(waves)).astype(np.int16), voices=np.array(told))
    partial.replace(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--parts", type=int, default=30, help="of each language")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    lines = load(options.work, LANGUAGES)
    for part in range(options.parts):
        for language, rows in lines.items():
            path = options.out / f"voices_{language}_{part:02d}.npz"
            rng = random.Random(f"{options.seed} {language} {part}")
            if not path.exists():
                render(language, rng.sample(rows, PART_LINES), path, rng)


if __name__ == "__main__":
    main()
