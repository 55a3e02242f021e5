"""Emotion tags: the manner of speaking that a tag asks for, or the sound that it stands for.

Tokens carry neither loudness nor effort, and pitch stays within 25 Hz of a voice's middle: manners differ by pitch, its
range, the rate of speech and whispering.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.demo_voice.codes import BREATH, LAUGH


@dataclass(frozen=True, slots=True)
class Manner:
    """Manner of speaking: `range` multiplies the melody, `shift` is added in semitones, `rate` multiplies the speed."""

    shift: float = 0.0
    range: float = 1.0
    rate: float = 1.0
    whispered: bool = False


NEUTRAL = Manner()
MANNERS = {
    "calm": Manner(shift=-0.3, range=0.6, rate=0.88),
    "excited": Manner(shift=1.0, range=1.5, rate=1.16),
    "sad": Manner(shift=-1.2, range=0.45, rate=0.8),
    "whispers": Manner(rate=0.94, whispered=True),
}


@dataclass(frozen=True, slots=True)
class SoundNote:
    """Sound of a tag with its length in frames and its pitch in each frame, in semitones above the usual pitch."""

    sound: int
    frames: int
    semitones: npt.NDArray[np.float64]


def laughter(rng: random.Random) -> list[SoundNote]:
    """Return three to five syllables, each with a pitch that falls, and lower than the one before."""
    count, notes = rng.choice((3, 4, 4, 5)), list[SoundNote]()
    for i in range(count):
        length = rng.choice((4, 5))
        notes.append(SoundNote(BREATH, 3, np.zeros(3)))
        notes.append(SoundNote(LAUGH, length, 4.0 - 5.0 * i / count - np.linspace(0, 1.5, length)))
    return notes


def sigh(rng: random.Random) -> list[SoundNote]:
    """Return a short breath in and a long one out."""
    short = rng.choice((6, 7, 8))
    return [SoundNote(BREATH, n, np.zeros(n)) for n in (short, 16)]


SOUNDS: dict[str, Callable[[random.Random], list[SoundNote]]] = {"laughs": laughter, "sighs": sigh}
TAGS = (*MANNERS, *SOUNDS)
