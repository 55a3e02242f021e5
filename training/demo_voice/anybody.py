"""Voices beside the twelve: how global tokens tell the usual pitch and the manner of any voice, and random voices.

The twelve are named in the prompt; a cloned voice has its global tokens alone. The decoder needs one of the first eight
tokens (`middle_in_first_token`), so the other seven tell the language model what a name tells it otherwise:

    token 0     the middle of the pitches, both digits
    tokens 1-6  the usual pitch modulo 50 Hz, which is the mean step of the slots: an angle on a ring of twelve points
    token 7     range of the pitch, and rate
    tokens 8-31 throat: stretch, tilt, breath

An angle is continuous where the middle changes, and each of the six tokens rounds it elsewhere: together they resolve
0.7 Hz, and an error of one digit moves the pitch by as much.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import replace

from torch import Tensor

from training.demo_voice.speakers import (
    DIGIT_LEVELS,
    DIGITS,
    GLOBAL_LEVELS,
    GLOBAL_TOKENS,
    MIDDLES_HZ,
    SPACE,
    SPEAKERS,
    Speaker,
    Throat,
)

TURN_HZ = 50.0
"""Pitch of one turn in a frame."""
PITCHES_HZ = (79.0, 271.0)
"""Least and largest usual pitch: what the outer middles reach without their last 2 Hz."""
REACH_HZ = 22.0
"""Largest distance told of a usual pitch from its middle: a contour needs room below the 25 Hz that slots can tell."""
RANGES = (0.5, 0.7, 0.85, 1.05)
"""Ranges of the pitch that a token can tell."""
RATES = (0.7, 0.85, 1.0, 1.2)
"""Rates of speech that a token can tell."""
FIRST_TOKENS = DIGITS // len(GLOBAL_LEVELS)
"""Tokens of the first coordinate, whose digits are equal in the decoder's training."""
RING = range(1, FIRST_TOKENS - 1)
"""Places of the tokens that tell the angle."""
RADIUS = 2.0
"""Radius of the circle whose points round to the border of the grid: each of its twelve points takes a twelfth."""


def reached(pitch_hz: float) -> tuple[float, float]:
    """Return the middle that is nearest to a pitch, and the nearest pitch that leaves room for a contour around it."""
    middle = min(MIDDLES_HZ, key=lambda one: abs(one - pitch_hz))
    return middle, min(max(pitch_hz, middle - REACH_HZ), middle + REACH_HZ)


def ring_turns() -> list[float]:
    """Return the turns by which each token of the ring is rotated before it is rounded."""
    count = len(RING)
    return [((i + 0.5) / count - 0.5) / 12 for i in range(count)]


def first_tokens(speaker: Speaker) -> list[int]:
    """Return the tokens before those of the throat."""
    middle = MIDDLES_HZ.index(speaker.middle_hz)
    turns = (speaker.pitch_hz - speaker.middle_hz) / TURN_HZ
    ring = [_token(*(_digit(1.5 + RADIUS * x) for x in _point(turns + shift))) for shift in ring_turns()]
    return [_token(middle, middle), *ring, _token(_nearest(RANGES, speaker.range), _nearest(RATES, speaker.rate))]


def all_tokens(speaker: Speaker) -> list[int]:
    """Return the 32 global tokens by which the language model and the decoder know a voice."""
    return [*first_tokens(speaker), *speaker.throat.global_tokens[FIRST_TOKENS:]]


def told(tokens: Sequence[int]) -> Speaker:
    """Return the voice that 32 global tokens tell."""
    digits = [(token % DIGIT_LEVELS, token // DIGIT_LEVELS) for token in tokens]
    middle = MIDDLES_HZ[digits[0][0]]
    x = y = 0.0
    for place, shift in zip(RING, ring_turns(), strict=True):
        low, high = (digit - 1.5 for digit in digits[place])
        across, along = _point(-shift)
        x, y = x + low * across - high * along, y + low * along + high * across
    pitch = middle + TURN_HZ * math.atan2(y, x) / (2 * math.pi)
    flat = [digit for pair in digits[FIRST_TOKENS:] for digit in pair]
    totals = [sum(flat[i : i + DIGITS]) for i in range(0, len(flat), DIGITS)]
    shares = [total / (DIGITS * (DIGIT_LEVELS - 1)) for total in totals]
    throat = Throat(middle, *(low + (high - low) * share for (low, high), share in zip(SPACE[1:], shares, strict=True)))
    gender = "male" if pitch < 160 else "female"
    range_level, rate_level = digits[FIRST_TOKENS - 1]
    return Speaker("voice", gender, throat, pitch, RANGES[range_level], RATES[rate_level], "")


def anybody(rng: random.Random) -> Speaker:
    """Return a voice from anywhere in the space, whose manner is one that tokens can tell."""
    low, high = PITCHES_HZ
    middle, pitch = reached(low * (high / low) ** rng.random())
    throat = Throat(middle, *(round(rng.uniform(least, most), 3) for least, most in SPACE[1:]))
    gender = "male" if throat.stretch < 1.05 else "female"
    return replace(
        SPEAKERS[0],
        id="",
        gender=gender,
        throat=throat,
        pitch_hz=pitch,
        range=rng.choice(RANGES),
        rate=rng.choice(RATES),
    )


def middle_in_first_token(project: Tensor) -> Tensor:
    """Return `speaker_encoder.project.weight` reading the first coordinate from one digit, the first.

    In the decoder's training all digits of that coordinate are equal, so its voices keep their d-vectors.
    """
    weight = project.clone()
    digits = weight.view(len(weight), -1, GLOBAL_TOKENS)[:, : len(GLOBAL_LEVELS), :FIRST_TOKENS]
    whole = digits.sum((1, 2))
    digits.zero_()
    digits[:, 0, 0] = whole
    return weight


def _point(turns: float) -> tuple[float, float]:
    return math.cos(2 * math.pi * turns), math.sin(2 * math.pi * turns)


def _digit(value: float) -> int:
    return min(max(round(value), 0), DIGIT_LEVELS - 1)


def _token(low: int, high: int) -> int:
    return low + DIGIT_LEVELS * high


def _nearest(levels: Sequence[float], value: float) -> int:
    return min(range(len(levels)), key=lambda i: abs(levels[i] - value))
