"""Cut a stream of sound into pieces that can be super-resolved one by one, and lay the results together.

A piece has sound on both sides of what counts of it, so that its middle is what the whole would have given
(docs/decisions/0010-super-resolution.md has the price of less). What is left of a difference, the phase of bins without
energy above all, which is a coin toss, disappears in a short cross-fade.
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
FADE_S = 0.005
LEAST_S = 0.05
MOST_S = 4.0


@dataclass(frozen=True, slots=True)
class PiecePlan:
    """Low-rate samples, all but `shortest` multiples of the config's grid.

    `context` on each side of what counts; `fade` more that count, but that the next piece gives as well; a piece gives
    `least` to `most`; fewer than `shortest` cannot be transformed.
    """

    config: SuperResConfig
    context: int
    fade: int
    least: int
    most: int
    shortest: int

    @property
    def held(self) -> int:
        """How far the results lie behind the sound that has come in."""
        return self.context + self.fade

    @classmethod
    def of(cls, config: SuperResConfig) -> Self:
        def on_grid(samples: float) -> int:
            return config.grid * ceil(samples / config.grid)

        return cls(
            config=config,
            context=min(on_grid(config.context), on_grid(CONTEXT_S * config.low_rate)),
            fade=on_grid(FADE_S * config.low_rate),
            least=on_grid(LEAST_S * config.low_rate),
            most=on_grid(MOST_S * config.low_rate),
            shortest=config.n_fft // 2 * config.low_rate // config.high_rate + 1,
        )


@dataclass(frozen=True, slots=True)
class Piece:
    """Low-rate `samples`; of what becomes of them, the high-rate samples from `start` to `stop` count."""

    samples: Samples
    start: int
    stop: int


class PieceCutter:
    """Cut a piece as soon as there is sound for one. Little headroom makes small pieces, much makes large ones.

    `headroom_s` returns the seconds that the player has buffered. At most a HEADROOM_SHARE of that waits here for more
    sound, and is spent on a piece that includes what is available already. `more` reports whether such sound, or the
    end, is available; `latency_s` returns how long a piece of so many samples takes, 0 until measured.
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
        self._left = 0  # samples of `_held` that have been kept already, and are context

    def feed(self, block: Pcm) -> Iterator[Piece]:
        self._held = np.concatenate([self._held, block.samples])
        plan, grid = self._plan, self._plan.config.grid
        within_s = HEADROOM_SHARE * self._headroom_s()
        least = max(plan.least, min(within_s * plan.config.low_rate, plan.most))
        while (ready := (self._waiting - plan.held) // grid * grid) >= least:
            if ready < plan.most and self._more() and 0 < self._latency_s(len(self._held)) <= within_s:
                return
            yield self._cut(min(ready, plan.most))

    def finish(self) -> Iterator[Piece]:
        while self._waiting > self._plan.most + self._plan.held:
            yield self._cut(self._plan.most)
        if self._waiting:
            yield self._last()

    @property
    def _waiting(self) -> int:
        return len(self._held) - self._left

    def _cut(self, keep: int) -> Piece:
        plan, left = self._plan, self._left
        end = left + keep
        piece = self._piece(self._held[: end + plan.held], end + plan.fade)
        self._left = min(end, plan.context)
        self._held = self._held[end - self._left :]
        return piece

    def _last(self) -> Piece:
        """All that is left; silence makes it long enough, and whole steps of the grid."""
        plan, length = self._plan, len(self._held)
        enough = max(length, plan.shortest)
        enough += -enough % plan.config.grid
        return self._piece(np.pad(self._held, (0, enough - length)), length)

    def _piece(self, samples: Samples, end: int) -> Piece:
        rates = {"source_rate": self._plan.config.low_rate, "target_rate": self._plan.config.high_rate}
        return Piece(samples, resampled_length(self._left, **rates), resampled_length(end, **rates))


class PieceJoiner:
    """Cross-fades each result into the next; `finish` gives the end of the last."""

    def __init__(self, plan: PiecePlan) -> None:
        fade = plan.fade * plan.config.high_rate // plan.config.low_rate
        self._rising = (np.arange(fade, dtype=np.float32) + 0.5) / fade
        self._tail: Samples | None = None
        self._rate = plan.config.high_rate

    def feed(self, block: Pcm) -> Iterator[Pcm]:
        samples, fade = block.samples, len(self._rising)
        if self._tail is not None:
            # Both are the same sound, so their weights, and not the squares of these, make one.
            blended = self._tail + self._rising * (samples[:fade] - self._tail)
            samples = np.concatenate([blended, samples[fade:]])
        self._tail = samples[max(0, len(samples) - fade) :]
        if len(samples) > fade:
            yield Pcm(samples[:-fade], self._rate)

    def finish(self) -> Iterator[Pcm]:
        if self._tail is not None:
            yield Pcm(self._tail, self._rate)
