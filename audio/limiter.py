"""Keep sound below full scale without clipping. Knows nothing of the sound's origin."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from shared.types import Pcm, Samples

Gains = NDArray[np.float32]
"""A factor per sample, above 0 and at most 1; shape (N,)."""

CEILING = 0.98
"""Largest magnitude of the output: -0.18 dBFS. Chosen just below full scale."""
RAMP_S = 0.005
"""Seconds in which the gain falls before a peak and rises after it; also the delay of the output. Chosen."""
HOLD_S = 0.030
"""Seconds for which the gain stays low after a peak. Chosen longer than a pitch period (15 ms at 65 Hz), so that the
gain is constant within one."""


class PeakLimiter:
    """Stage that limits peaks, with look-ahead. Sound that never exceeds the ceiling passes bit for bit.

    The gain at a sample is a moving average of the least gain that any sample within a window needs. Every averaged
    value covers the sample itself, so no peak passes, and the gain changes smoothly. `finish` yields the 5 ms that
    `feed` holds back.
    """

    def __init__(self, *, rate: int) -> None:
        self._rate = rate
        self._ahead = round(RAMP_S * rate)
        self._view = round(HOLD_S * rate) + self._ahead + 1
        self._held: Samples = np.zeros(0, np.float32)
        # The gain that each sample needs by itself, beginning with the first on which the first held sample's depends.
        self._needed: Gains = np.ones(self._view - 1, np.float32)

    def feed(self, block: Pcm) -> Iterator[Pcm]:
        return self._push(block.samples)

    def finish(self) -> Iterator[Pcm]:
        return self._push(np.zeros(self._ahead, np.float32))

    def _push(self, samples: Samples) -> Iterator[Pcm]:
        held = np.concatenate([self._held, samples])
        needed = np.concatenate([self._needed, CEILING / np.maximum(np.abs(samples), CEILING)])
        ready = max(len(held) - self._ahead, 0)
        self._held, self._needed = held[ready:], needed[ready:]
        if not ready:
            return
        out = held[:ready]
        if needed.min() < 1:
            out = out * self._gains(needed)
        yield Pcm(out, self._rate)

    def _gains(self, needed: Gains) -> Gains:
        """Return the gains of the samples that are ready, from the gains that they and their neighbours need."""
        first = self._ahead // 2
        # Two moving averages in sequence give a ramp without corners; together they are as long as the ramp.
        return moving_mean(moving_mean(moving_min(needed, self._view), first + 1), self._ahead - first + 1)


def moving_min(values: Gains, window: int) -> Gains:
    """Return the minimum of each `window` consecutive values: (N,) -> (N - window + 1,), in log2(window) passes."""
    seen = 1
    while seen * 2 <= window:
        values = np.minimum(values[:-seen], values[seen:])
        seen *= 2
    missing = window - seen
    return np.minimum(values[: len(values) - missing], values[missing:])


def moving_mean(values: Gains, window: int) -> Gains:
    """Return the mean of each `window` consecutive values: (N,) -> (N - window + 1,)."""
    sums = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])  # in float32 the rounding would be audible
    means: Gains = ((sums[window:] - sums[:-window]) / window).astype(np.float32)
    return means
