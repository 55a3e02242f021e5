"""Keep sound below full scale without clipping it. Knows nothing of where the sound comes from."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from shared.types import Pcm, Samples

Gains = NDArray[np.float32]
"""A factor for each sample, above 0, at most 1; shape (N,)."""

CEILING = 0.98  # -0.18 dBFS
RAMP_S = 0.005  # in which the gain goes down before a peak and up after it; also how long sound is held back
HOLD_S = 0.030  # longer than a period of any voice, so that the gain does not move within one


class PeakLimiter:
    """A peak limiter that looks ahead; sound that never exceeds the ceiling passes bit for bit.

    The gain at a sample is the mean, over a ramp, of the least gain that any sample near by needs. Each of the values
    averaged has that sample itself in view: no peak passes, and the gain moves smoothly. `finish` gives the 5 ms that
    `feed` holds back.
    """

    def __init__(self, *, rate: int) -> None:
        self._rate = rate
        self._ahead = round(RAMP_S * rate)
        self._view = round(HOLD_S * rate) + self._ahead + 1
        self._held: Samples = np.zeros(0, np.float32)
        # The gains that samples need on their own, from as far back as the first held sample's gain depends on.
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
        """Of the samples that are ready, from the needs before, among and ahead of them."""
        first = self._ahead // 2
        # Two means in a row turn a ramp's corners into curves; together they reach as far as one over the whole ramp.
        return moving_mean(moving_mean(moving_min(needed, self._view), first + 1), self._ahead - first + 1)


def moving_min(values: Gains, window: int) -> Gains:
    """The least of each `window` values in a row: (N,) -> (N - window + 1,), in log2(window) passes."""
    seen = 1
    while seen * 2 <= window:
        values = np.minimum(values[:-seen], values[seen:])
        seen *= 2
    missing = window - seen
    return np.minimum(values[: len(values) - missing], values[missing:])


def moving_mean(values: Gains, window: int) -> Gains:
    """The mean of each `window` values in a row: (N,) -> (N - window + 1,)."""
    sums = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])  # in float32 the sums' rounding would be heard
    means: Gains = ((sums[window:] - sums[:-window]) / window).astype(np.float32)
    return means
