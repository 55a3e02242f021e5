"""Pitch as slots of the phase, and back: the tokens' slots and the speaker's middle give the phase everywhere.

The pitch of a frame is the step to the next slot plus whole turns, as many as come nearest to the speaker's middle: it
stays within half a turn a frame, 25 Hz, of that middle. Rounding is carried over from frame to frame, so that the mean
pitch is exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

import numpy as np
import numpy.typing as npt

from training.demo_voice.codes import SLOT_OF, SLOTS
from training.demo_voice.phones import FRAME_S

Array = npt.NDArray[np.float64]
REACH_HZ = 0.5 / FRAME_S
"""Largest distance of a pitch from the speaker's middle that slots can tell, in Hz."""


@dataclass(frozen=True, slots=True)
class Phases:
    """Phase of each frame: `starts` at its start in turns below 1, `steps` in turns through the frame.

    `known` marks the frames whose phase is heard: voiced ones and their neighbours. Steps are known one frame further.
    """

    starts: Array
    steps: Array
    known: npt.NDArray[np.bool_]


def slots(hz: Sequence[float], voiced: Sequence[bool], middle_hz: float) -> list[int]:
    """Return the slot of each frame from its pitch; 0 in voiceless frames and after two of them."""
    middle = SLOTS * FRAME_S * middle_hz
    least, most = ceil(middle - SLOTS / 2 + 1e-6), floor(middle + SLOTS / 2 - 1e-6)
    found, phase, place = list[int](), 0.0, 0
    for t, (pitch, is_voiced) in enumerate(zip(hz, voiced, strict=True)):
        if is_voiced and not any(voiced[max(0, t - 2) : t]):
            phase, place = 0.0, 0
        found.append(place % SLOTS if is_voiced else 0)
        phase += SLOTS * FRAME_S * pitch
        place += min(max(round(phase) - place, least), most)
    return found


def phases(tokens: Sequence[int], middle_hz: float) -> Phases:
    """Return the phases that tokens mean in a voice with the given middle."""
    marks = SLOT_OF[np.asarray(tokens)] / SLOTS
    voiced = marks >= 0
    count, middle = len(marks), middle_hz * FRAME_S
    starts, steps = np.maximum(marks, 0.0), np.full(count, np.nan)
    for t in np.flatnonzero(voiced[:-1] & voiced[1:]):
        steps[t] = _step(starts[t], starts[t + 1], middle)
    usual = round(middle * SLOTS) / SLOTS
    for t in np.flatnonzero(voiced & np.isnan(steps)):
        steps[t] = steps[t - 1] if t and voiced[t - 1] else usual
    for t in np.flatnonzero(~voiced):
        before, after = t > 0 and voiced[t - 1], t + 1 < count and voiced[t + 1]
        if before:
            starts[t] = (starts[t - 1] + steps[t - 1]) % 1
            steps[t] = _step(starts[t], starts[t + 1], middle) if after else steps[t - 1]
        elif after:
            steps[t] = steps[t + 1]
            starts[t] = (starts[t + 1] - steps[t + 1]) % 1
    known = ~np.isnan(steps)
    for t in np.flatnonzero(~known):
        near = [s for s in (t - 1, t + 1) if 0 <= s < count and known[s]]
        steps[t] = steps[near[0]] if near else usual
    return Phases(starts, steps, known)


def _step(start: float, end: float, middle: float) -> float:
    fraction = end - start
    return fraction + round(middle - fraction)


def pitch(found: Phases) -> Array:
    """Return the pitch of each frame in Hz; NaN where no phase is known."""
    hz: Array = np.where(found.known, found.steps / FRAME_S, np.nan)
    return hz
