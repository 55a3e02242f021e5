"""Cut a stream of sound into pieces that are super-resolved one by one, and join the results.

A piece includes context on both sides of its kept part, so that the kept part equals that of the whole signal
(docs/decisions/0010-super-resolution.md gives the error of less context). A short cross-fade hides the remaining
difference, mostly the phase of bins without energy, which is arbitrary.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil
from typing import Self

import numpy as np

from core.scheduling.window_size import HEADROOM_SHARE
from core.superres.config import SuperResConfig
from core.superres.resample import resampled_length
from shared.types import Pcm, Samples

CONTEXT_S = 0.02
"""Largest context on each side of a piece, in seconds (docs/decisions/0010-super-resolution.md measures less)."""
FADE_S = 0.005
"""Cross-fade between two pieces, in seconds. Chosen, not measured."""
MIN_KEPT_S = 0.05
"""Smallest kept part, in seconds: the first piece of a stream. Chosen as a compromise between latency and cost."""
MAX_KEPT_S = 4.0
"""Largest kept part, in seconds. Chosen: it bounds memory and the time for which a piece occupies the worker."""


@dataclass(frozen=True, slots=True)
class PiecePlan:
    """Sizes in low-rate samples; all except `min_samples` are multiples of the config's grid.

    `context`: on each side of the kept part. `fade`: kept by a piece and by the next one, for the cross-fade.
    `min_kept` and `max_kept`: bounds of the kept part. `min_samples`: length below which a piece cannot be transformed.
    """

    config: SuperResConfig
    context: int
    fade: int
    min_kept: int
    max_kept: int
    min_samples: int

    @property
    def delay(self) -> int:
        """Return the delay of the results behind the input."""
        return self.context + self.fade

    @classmethod
    def of(cls, config: SuperResConfig) -> Self:
        """Return the sizes for one architecture."""

        def on_grid(samples: float) -> int:
            return config.grid * ceil(samples / config.grid)

        return cls(
            config=config,
            context=min(on_grid(config.context), on_grid(CONTEXT_S * config.low_rate)),
            fade=on_grid(FADE_S * config.low_rate),
            min_kept=on_grid(MIN_KEPT_S * config.low_rate),
            max_kept=on_grid(MAX_KEPT_S * config.low_rate),
            min_samples=config.n_fft // 2 * config.low_rate // config.high_rate + 1,
        )


@dataclass(frozen=True, slots=True)
class Piece:
    """Low-rate `samples`, context included, and the range of high-rate samples of the result that is kept."""

    samples: Samples
    start: int
    stop: int


class PieceCutter:
    """Stage that cuts pieces. Little headroom makes small pieces, much headroom makes large ones.

    `headroom_s()` returns the seconds that the player has buffered; gathering and resolving a piece may take
    HEADROOM_SHARE of them. `more()` reports whether the next block, or the end, is available now. `latency_s(samples)`
    returns the seconds that a piece takes; 0 until measured.
    """

    def __init__(
        self,
        plan: PiecePlan,
        headroom_s: Callable[[], float],
        *,
        more: Callable[[], bool] = lambda: False,
        latency_s: Callable[[int], float] = lambda samples: 0.0,
    ) -> None:
        self._plan = plan
        self._headroom_s, self._more, self._latency_s = headroom_s, more, latency_s
        self._held = np.zeros(0, np.float32)
        self._left = 0  # samples of `_held` that an earlier piece has kept, and that are context now

    def feed(self, block: Pcm) -> Iterator[Piece]:
        self._held = np.concatenate([self._held, block.samples])
        plan, grid = self._plan, self._plan.config.grid
        within_s = HEADROOM_SHARE * self._headroom_s()
        least = max(plan.min_kept, min(within_s * plan.config.low_rate, plan.max_kept))
        while (ready := (self._waiting - plan.delay) // grid * grid) >= least:
            if ready < plan.max_kept and self._more() and 0 < self._latency_s(len(self._held)) <= within_s:
                return
            yield self._cut(min(ready, plan.max_kept))

    def finish(self) -> Iterator[Piece]:
        while self._waiting > self._plan.max_kept + self._plan.delay:
            yield self._cut(self._plan.max_kept)
        if self._waiting:
            yield self._last()

    @property
    def _waiting(self) -> int:
        return len(self._held) - self._left

    def _cut(self, keep: int) -> Piece:
        plan, left = self._plan, self._left
        end = left + keep
        piece = self._piece(self._held[: end + plan.delay], end + plan.fade)
        self._left = min(end, plan.context)
        self._held = self._held[end - self._left :]
        return piece

    def _last(self) -> Piece:
        """Return the rest as a piece, padded with silence to the shortest length and to the grid."""
        plan, length = self._plan, len(self._held)
        padded = max(length, plan.min_samples)
        padded += -padded % plan.config.grid
        return self._piece(np.pad(self._held, (0, padded - length)), length)

    def _piece(self, samples: Samples, end: int) -> Piece:
        rates = {"source_rate": self._plan.config.low_rate, "target_rate": self._plan.config.high_rate}
        return Piece(samples, resampled_length(self._left, **rates), resampled_length(end, **rates))


class PieceJoiner:
    """Stage that cross-fades each result into the next one. `finish` yields the end of the last result."""

    def __init__(self, plan: PiecePlan) -> None:
        fade = plan.fade * plan.config.high_rate // plan.config.low_rate
        self._rising = (np.arange(fade, dtype=np.float32) + 0.5) / fade
        self._tail: Samples | None = None
        self._rate = plan.config.high_rate

    def feed(self, block: Pcm) -> Iterator[Pcm]:
        samples, fade = block.samples, len(self._rising)
        if self._tail is not None:
            # The two signals are correlated, so the fade is linear: the weights add up to 1, not their squares.
            blended = self._tail + self._rising * (samples[:fade] - self._tail)
            samples = np.concatenate([blended, samples[fade:]])
        self._tail = samples[max(0, len(samples) - fade) :]
        if len(samples) > fade:
            yield Pcm(samples[:-fade], self._rate)

    def finish(self) -> Iterator[Pcm]:
        if self._tail is not None:
            yield Pcm(self._tail, self._rate)
