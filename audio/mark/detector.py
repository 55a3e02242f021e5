"""Find the mark of a secret in sound, at any speed within 12 %. Arithmetic alone; `veena3 detect` and a route use it.

A hypothesis is a speed, a position of the pattern and an id. Its score is the sum of what the echoes' delays show in
each chip, each with the sign that the hypothesis expects, over the root of their squares. Where the sound knows nothing
of the secret, the signs are independent of it, and by Hoeffding's inequality a score exceeds z with a probability of at
most exp(-z²/2), whatever the sound is. The bound on a false alarm is that, times the number of hypotheses and windows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from audio.mark.cepstra import HOP, STEPS, WINDOW, Array, echo_cepstra
from audio.mark.pattern import CHIP, CHIPS, DELAYS, GROUPS, IDS, RATE, MarkPattern, hadamard

MOST_FALSE_ALARM = 1e-6
"""Bound on the probability of a false alarm, per recording, at which sound counts as marked."""
SPEEDS = 0.12
"""Largest change of the speed that is searched for, as a logarithm: 0.89 to 1.13."""
RESAMPLED_STEP, STRETCHED_STEP = 0.0015, 0.01
"""Steps of the speed, where the pitch changes with it (resampling) and where it does not. Chosen: half a step moves the
longest echo by 0.4 samples, and the last chip of a window by 51 ms from the first."""
OFFSETS_PER_CHIP = 8
"""Positions of the first chip that are tried within a chip."""
SPAN = CHIP * CHIPS
"""Samples of a window, 10.24 s. Windows overlap by half."""
_HALF = GROUPS // 2
LONGEST = max(DELAYS) * 1.13
"""Longest delay that is read, in samples: of a recording that plays slower."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """Best hypothesis in one window. Times in seconds; `false_alarm` is the bound for the recording."""

    start_s: float
    end_s: float
    mark_id: int
    speed: float
    pitch_changed: bool
    score: float
    false_alarm: float

    @property
    def marked(self) -> bool:
        return self.false_alarm <= MOST_FALSE_ALARM


@dataclass(frozen=True, slots=True)
class Tempo:
    """Speed of a recording relative to the marked sound's, and the factor by which its echoes are later."""

    speed: float
    delay: float


def _tempos() -> tuple[Tempo, ...]:
    def grid(step: float) -> Array:
        count = round(SPEEDS / step)
        steps: Array = np.exp(np.arange(-count, count + 1) * step)
        return steps

    resampled = [Tempo(float(speed), float(1 / speed)) for speed in grid(RESAMPLED_STEP)]
    stretched = [Tempo(float(speed), 1.0) for speed in grid(STRETCHED_STEP) if speed != 1.0]
    return (*resampled, *stretched)


TEMPOS = _tempos()
HYPOTHESES = len(TEMPOS) * OFFSETS_PER_CHIP * CHIPS * IDS
"""Hypotheses of one window."""


class MarkDetector:
    """Detector of the mark of one secret."""

    def __init__(self, pattern: MarkPattern) -> None:
        in_group = pattern.groups[None] == np.arange(GROUPS)[:, None, None]
        signed = (pattern.signs * in_group).astype(np.float32)  # (GROUPS, CHIPS, DELAYS)
        self._expected = np.stack([np.roll(signed, -shift, axis=1) for shift in range(CHIPS)]).reshape(
            CHIPS * GROUPS, CHIPS * len(DELAYS)
        )

    def sightings(self, wave: Array) -> Iterator[Sighting]:
        """Yield the best hypothesis of each window of `wave` (N,) at RATE, marked or not.

        There is none for sound that is shorter than a chip and a frame, 0.4 s.
        """
        starts = _window_starts(len(wave))
        for start in starts:
            part = wave[start : start + SPAN + WINDOW]
            cepstra = echo_cepstra(part, longest=LONGEST)
            if len(cepstra) * HOP < CHIP + HOP:
                return
            score, tempo, mark_id = self.best(cells_of(cepstra))
            bound = len(starts) * HYPOTHESES * exp(-(min(score, 37.0) ** 2) / 2)
            yield Sighting(
                start_s=round(start / RATE, 2),
                end_s=round((start + len(part)) / RATE, 2),
                mark_id=mark_id,
                speed=round(tempo.speed, 4),
                pitch_changed=tempo.delay != 1.0,
                score=round(score, 2),
                false_alarm=min(1.0, bound),
            )

    def best(self, cells: Array) -> tuple[float, Tempo, int]:
        """Return score, speed and id of the best hypothesis about a window, of which `cells_of` made the cells."""
        norms = np.sqrt((cells**2).sum(axis=1)) + 1e-12
        sums = (cells / norms[:, None]).astype(np.float32) @ self._expected.T
        halves = sums.reshape(len(cells), CHIPS, 2, _HALF) @ hadamard(_HALF).T.astype(np.float32)
        scores = np.abs(halves).max(axis=3).sum(axis=2)
        which, shift = np.unravel_index(int(np.argmax(scores)), scores.shape)
        mark_id = 0
        for half in halves[which, shift]:
            row = int(np.argmax(np.abs(half)))
            mark_id = mark_id << 4 | (8 if half[row] < 0 else 0) | row
        return float(scores[which, shift]), TEMPOS[which // OFFSETS_PER_CHIP], mark_id


def _window_starts(samples: int) -> list[int]:
    """Return the first sample of each window: half a window apart, and the last one at the end."""
    last = max(0, samples - SPAN - WINDOW)
    return sorted({*range(0, last, SPAN // 2), last})


def cells_of(cepstra: Array) -> Array:
    """Return the cells of each speed and offset, speed by speed: (speeds * OFFSETS_PER_CHIP, CHIPS * DELAYS).

    A cell is the sum of the cepstra at a delay over a chip. Chips that are CHIPS apart share a cell.
    """
    until = np.concatenate([np.zeros((1, cepstra.shape[1])), np.cumsum(cepstra, axis=0)])
    rows = np.empty((len(TEMPOS), OFFSETS_PER_CHIP, CHIPS, len(DELAYS)))
    frames, delays = len(cepstra), np.array(DELAYS)
    for tempo, row in zip(TEMPOS, rows, strict=True):
        columns = np.rint(delays * tempo.delay * STEPS).astype(np.intp)
        chip = CHIP / HOP / tempo.speed
        for offset, cells in enumerate(row):
            edges = _edges(frames, chip, chip * offset / OFFSETS_PER_CHIP)
            sums = np.diff(until[np.ix_(edges, columns)], axis=0)
            cells[:] = 0.0
            for first in range(0, len(sums), CHIPS):
                some = sums[first : first + CHIPS]
                cells[: len(some)] += some
    return rows.reshape(-1, CHIPS * len(DELAYS))


def _edges(frames: int, chip: float, offset: float) -> NDArray[np.intp]:
    """Return the frames at which chips begin and end; chips that the window cuts off count with what is there."""
    edges = np.arange(offset, frames, chip)
    frame: NDArray[np.intp] = np.rint(np.concatenate([[0] if offset else [], edges, [frames]])).astype(np.intp)
    return frame
