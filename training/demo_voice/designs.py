"""Random designed voices: labels of gender, pitch and speed, and a voice of the space that they describe."""

import math
import random
from bisect import bisect_right
from dataclasses import replace

import torch
from torch import Tensor

from core.voice_style import GENDERS, PITCH_BOUNDS, SPEED_BOUNDS, hertz, mel, style_of
from shared.types import Style
from training.demo_voice.anybody import PITCHES_HZ, RATES, TURN_HZ, anybody, reached
from training.demo_voice.speakers import SPACE, Speaker

STRETCHES = ((1.05, SPACE[1][1]), (SPACE[1][0], 1.06))
"""Formants of female and of male voices."""
SYLLABLES_PER_S = (1.0, *SPEED_BOUNDS, 8.0)
"""Bounds of the speeds that labels mean."""


def design(rng: random.Random) -> tuple[Speaker, Style]:
    """Return a voice, and the labels and values that describe it. Each label is as frequent as the others."""
    gender, level, speed = rng.randrange(2), rng.randrange(5), rng.randrange(5)
    bounds = (mel(PITCHES_HZ[0]), *PITCH_BOUNDS[gender], mel(PITCHES_HZ[1]))
    middle, pitch = reached(hertz(rng.uniform(bounds[level], bounds[level + 1])))
    voice = anybody(rng)
    throat = replace(voice.throat, around_hz=middle, stretch=rng.uniform(*STRETCHES[gender]))
    syllables = rng.uniform(SYLLABLES_PER_S[speed], SYLLABLES_PER_S[speed + 1])
    rate = RATES[min(bisect_right(SPEED_BOUNDS, syllables), len(RATES) - 1)]
    made = replace(voice, gender=GENDERS[gender], throat=throat, pitch_hz=pitch, rate=rate)
    return made, style_of(GENDERS[gender], pitch_hz=pitch, syllables_per_s=syllables)


def pitch_rows(width: int, count: int) -> Tensor:
    """Return first rows of the values of pitch, [count, width]: near values are alike, and values 50 Hz apart too."""
    hz = torch.tensor([hertz(value) for value in range(count)])
    turns = torch.stack([hz / TURN_HZ, 2 * hz / TURN_HZ, hz / 400, hz / 200, hz / 100], 1)
    waves = torch.cat((torch.cos(2 * math.pi * turns), torch.sin(2 * math.pi * turns)), 1)
    return 0.05 * waves @ torch.randn(waves.shape[1], width) / waves.shape[1] ** 0.5
