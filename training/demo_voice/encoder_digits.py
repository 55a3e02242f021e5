"""Digits of a voice's global tokens before they are rounded: the target of the speaker encoder.

Digits are continuous in the voice, so that an error of the encoder is an error of the same size in the voice.
"""

import random
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from training.demo_voice.anybody import RADIUS, RANGES, RATES, REACH_HZ, TURN_HZ, anybody, ring_turns
from training.demo_voice.speakers import DIGIT_LEVELS, DIGITS, GLOBAL_LEVELS, MIDDLES_HZ, SPACE, Speaker

Array = npt.NDArray[np.float64]
LANGUAGES = ("en", "hi", "te")
"""Languages of the clips."""
COORDINATES = ("pitch_hz", "stretch", "tilt_db", "breath_db", "range", "rate")
"""Figures of a voice."""


def source(rng: random.Random) -> Speaker:
    """Return a random voice whose range and rate lie between those that tokens tell."""
    return replace(anybody(rng), range=rng.uniform(RANGES[0], RANGES[-1]), rate=rng.uniform(RATES[0], RATES[-1]))


def figures(voice: Speaker) -> list[float]:
    """Return the COORDINATES of a voice."""
    throat = voice.throat
    return [voice.pitch_hz, throat.stretch, throat.tilt_db, throat.breath_db, voice.range, voice.rate]


def digits(voices: npt.NDArray[np.float64]) -> Array:
    """Return what the encoder has to tell of voices [N, COORDINATES]: digits before they are rounded, [N, 32, 2].

    Rounded they are those of `anybody.all_tokens`. A pitch far from all middles counts as the nearest that can be told.
    """
    pitch, throats, manner = voices[:, 0], voices[:, 1:4], voices[:, 4:]
    middle = np.abs(pitch[:, None] - np.array(MIDDLES_HZ)).argmin(1)
    turns = np.clip(pitch - np.array(MIDDLES_HZ)[middle], -REACH_HZ, REACH_HZ) / TURN_HZ
    angles = 2 * np.pi * (turns[:, None] + np.array(ring_turns()))
    ring = 1.5 + RADIUS * np.stack((np.cos(angles), np.sin(angles)), -1)
    levels = [np.interp(row, scale, range(DIGIT_LEVELS)) for row, scale in zip(manner.T, (RANGES, RATES), strict=True)]
    low, high = np.array(SPACE[1:]).T
    shares = np.clip((throats - low) / (high - low), 0, 1)
    steps = (DIGIT_LEVELS - 1) * shares[..., None] + (np.arange(DIGITS) + 0.5) / DIGITS - 0.5
    first = np.stack((np.stack((middle, middle), 1), *ring.transpose(1, 0, 2), np.stack(levels, 1)), 1)
    rows = np.concatenate((first, steps.reshape(len(voices), -1, len(GLOBAL_LEVELS))), 1)
    return np.clip(rows, 0, DIGIT_LEVELS - 1)
