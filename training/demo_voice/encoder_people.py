"""Training data of the speaker encoder: clips of the teachers' own sound at other pitches, whose throats nobody knows.

Run as `python -m training.demo_voice.encoder_people --work DIR --out FOLDER --voice VOICE` after timings; writes
FOLDER/people_VOICE_PART.npz. Parts that have their file are skipped. They teach the pitch alone, in sound that no
target makes: an encoder of targets alone took a person's throat for the middle of the pitches. WORLD moves the pitch.
"""

import argparse
import random
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyworld
from tqdm import tqdm

from training.demo_voice.anybody import PITCHES_HZ
from training.demo_voice.encoder_data import CLIP
from training.demo_voice.encoder_digits import COORDINATES
from training.demo_voice.espeak import EspeakVoice
from training.demo_voice.flite import RATE, FliteVoice
from training.demo_voice.lines import load
from training.demo_voice.melodies import measured
from training.demo_voice.teachers import Teacher

Array = npt.NDArray[np.float64]
VOICES = ("rms", "slt", "awb", "hi", "te")
"""Voices of flite, and languages of espeak-ng."""
PART, PART_LINES = 20, 24
"""Clips of a part, and lines that they say."""
SPREAD = 0.5, 2.5
"""Least and largest factor of the movement of the pitch, in semitones: a person moves it by more than the teachers."""
STRETCH = 0.85, 1.2
"""Least and largest factor of the formants."""
LONGEST_PAUSE_S = 0.6
"""Longest pause between two lines."""


def pronouncing(name: str) -> Teacher:
    """Return a voice of flite or of espeak-ng."""
    return EspeakVoice(name) if name in ("hi", "te") else FliteVoice(name, waves=True)


def moved(samples: Array, pitch_hz: float, spread: float, stretch: float) -> Array:
    """Return a sound of another median pitch, with `spread` times its range and `stretch` times its formants."""
    f0, times = pyworld.harvest(samples, RATE)
    if not f0.any():
        return samples
    envelope, noise = pyworld.cheaptrick(samples, f0, times, RATE), pyworld.d4c(samples, f0, times, RATE)
    middle = np.median(f0[f0 > 0])
    wanted = np.where(f0 > 0, pitch_hz * (np.maximum(f0, 1) / middle) ** spread, 0.0)
    bins = np.arange(envelope.shape[1])
    warped = np.exp([np.interp(bins / stretch, bins, row) for row in np.log(envelope)])
    sound: Array = pyworld.synthesize(wanted, warped, noise, RATE)
    return sound


def clip_of(said: list[Array], rng: random.Random) -> tuple[Array, float]:
    """Return CLIP samples of one person who says some of the sounds, and the median of the pitch in Hz."""
    pieces, count = list[Array](), 0
    while count < CLIP:
        pieces += [rng.choice(said), np.zeros(int(rng.uniform(0, LONGEST_PAUSE_S) * RATE))]
        count += len(pieces[-2]) + len(pieces[-1])
    low, high = PITCHES_HZ
    asked = low * (high / low) ** rng.random()
    sound = moved(np.concatenate(pieces), asked, rng.uniform(*SPREAD), rng.uniform(*STRETCH))[:CLIP]
    f0 = measured(sound)
    return sound / max(1.0, np.abs(sound).max()), float(np.median(f0[f0 > 0])) if f0.any() else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--voice", choices=VOICES, required=True, help="one in a process")
    parser.add_argument("--parts", type=int, default=8)
    options = parser.parse_args()
    voice = pronouncing(options.voice)
    options.out.mkdir(parents=True, exist_ok=True)
    language = options.voice if options.voice in ("hi", "te") else "en"
    lines = [line.text for line in load(options.work, [language])[language]]
    for part in range(options.parts):
        path = options.out / f"people_{options.voice}_{part:02d}.npz"
        if path.exists():
            continue
        rng = random.Random(path.stem)
        said = [voice.speak(text)[0] for text in rng.sample(lines, PART_LINES)]
        clips = [clip_of(said, rng) for _ in tqdm(range(PART), desc=path.stem, mininterval=10)]
        waves, pitches = zip(*[clip for clip in clips if clip[1]], strict=True)
        voices = np.full((len(waves), len(COORDINATES)), np.nan)
        voices[:, 0] = pitches
        partial = path.with_suffix(".partial.npz")
        np.savez(partial, waves=np.round(32767 * np.array(waves)).astype(np.int16), voices=voices)
        partial.replace(path)


if __name__ == "__main__":
    main()
