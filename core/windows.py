"""Cut semantic tokens into decode windows. Of the decoder it knows the receptive field alone.

The decoder is not causal: a sample depends on tokens before and after it. So each window holds `left` tokens of
context, `keep` tokens whose sound is kept, and `right` tokens of look-ahead. Windows overlap by their context; the kept
parts follow each other without gap. If the context covers the receptive field, the samples equal those of decoding
everything at once (docs/decisions/0003-windows.md gives the error of a shorter look-ahead).

This module decides where windows begin and end. While a chunk's tokens arrive, core/scheduling/window_size.py decides
how many each window keeps. At the chunk's end `finish` does not ask: while more tokens are left than the largest size,
a window keeps half of them; the last window keeps the rest.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shared.types import GlobalTokens, SpeechTokens, Window

DEFAULT_LOOKAHEAD = 20
"""Tokens of right context that a window waits for, unless settings or checkpoint give a number. 64 dB signal to error
against decoding everything at once, at the published dimensions (measured: docs/decisions/0003-windows.md)."""


@dataclass(frozen=True, slots=True)
class WindowPlan:
    """Sizes in tokens: `left` context, `right` look-ahead, and kept tokens, which double from `first` to `steady`."""

    left: int
    right: int
    first: int
    steady: int

    @property
    def sizes(self) -> tuple[int, ...]:
        """Return the possible numbers of kept tokens: doubling from `first` to `steady`.

        They are few, so that windows of concurrent streams often have equal shapes and share a batch. Only the last
        windows of a chunk have other sizes.
        """
        sizes = [min(self.first, self.steady)]
        while sizes[-1] < self.steady:
            sizes.append(min(2 * sizes[-1], self.steady))
        return tuple(sizes)


class WindowPlanner:
    """Stage that cuts the tokens of one chunk into windows, spoken by `voice`.

    `next_size` takes the number of tokens whose look-ahead has arrived, which is negative while the first look-ahead is
    incomplete. It returns the number that the next window keeps, or 0 to wait for more tokens.
    """

    def __init__(self, plan: WindowPlan, voice: GlobalTokens, next_size: Callable[[int], int]) -> None:
        self._plan, self._voice, self._next_size = plan, voice, next_size
        self._ids: list[int] = []
        self._done = 0  # tokens of `_ids` that earlier windows have kept

    @property
    def buffered(self) -> int:
        """Return the number of tokens held: left context and every token that no window has kept yet.

        While `next_size` cuts windows, these are at most context, largest window, look-ahead and the newest tokens.
        While it returns 0, as for a premature chunk, they grow up to the whole chunk.
        """
        return len(self._ids)

    def feed(self, tokens: SpeechTokens) -> Iterator[Window]:
        self._ids += tokens.ids
        while keep := self._next_size(len(self._ids) - self._done - self._plan.right):
            yield self._cut(keep, self._plan.right)

    def finish(self) -> Iterator[Window]:
        while (rest := len(self._ids) - self._done) > 0:
            keep = rest if rest <= self._plan.steady else (rest + 1) // 2
            yield self._cut(keep, min(rest - keep, self._plan.right))

    def _cut(self, keep: int, right: int) -> Window:
        left = min(self._plan.left, self._done)
        start = self._done - left
        window = Window(tuple(self._ids[start : self._done + keep + right]), left, keep, right, self._voice)
        self._done += keep
        if (past := self._done - self._plan.left) > 0:  # beyond the left context of every later window
            del self._ids[:past]
            self._done = self._plan.left
        return window
