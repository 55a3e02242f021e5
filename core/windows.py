"""Plan which semantic tokens are decoded together. Knows nothing of the decoder but how far it looks.

The decoder is not causal: a sample depends on tokens on both sides of it. Decoding overlapping windows and keeping the
middle gives the samples of decoding everything at once, as long as the context covers the receptive field
(docs/decisions/0003-windows.md has the price of less look-ahead).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shared.types import GlobalTokens, SpeechTokens, Window

LOOKAHEAD = 20
"""Tokens that a window waits for on its right where neither settings nor checkpoint say how many."""


@dataclass(frozen=True, slots=True)
class WindowPlan:
    """Sizes in tokens: `left` context, `right` look-ahead; what is kept doubles from `first` up to `steady`."""

    left: int
    right: int
    first: int
    steady: int

    @property
    def rungs(self) -> tuple[int, ...]:
        """The sizes that windows have, but for the last of a chunk: few, so that windows of many streams are alike."""
        rungs = [min(self.first, self.steady)]
        while rungs[-1] < self.steady:
            rungs.append(min(2 * rungs[-1], self.steady))
        return tuple(rungs)


class WindowPlanner:
    """`sizes` says how many tokens the next window keeps, of so many that could be kept; 0 to wait for more."""

    def __init__(self, plan: WindowPlan, sizes: Callable[[int], int]) -> None:
        self._plan, self._sizes = plan, sizes
        self._voice: GlobalTokens | None = None
        self._ids: list[int] = []
        self._done = 0  # tokens of `_ids` that have been kept by a window already

    def feed(self, item: GlobalTokens | SpeechTokens) -> Iterator[Window]:
        if isinstance(item, GlobalTokens):
            self._voice = item
            return
        self._ids += item.ids
        while keep := self._sizes(len(self._ids) - self._done - self._plan.right):
            yield self._cut(keep, self._plan.right)

    def finish(self) -> Iterator[Window]:
        while (rest := len(self._ids) - self._done) > 0:
            keep = rest if rest <= self._plan.steady else (rest + 1) // 2
            yield self._cut(keep, min(rest - keep, self._plan.right))

    def _cut(self, keep: int, right: int) -> Window:
        assert self._voice is not None, "the parser gives the voice before the first semantic token"
        left = min(self._plan.left, self._done)
        start = self._done - left
        window = Window(tuple(self._ids[start : self._done + keep + right]), left, keep, right, self._voice)
        self._done += keep
        if (past := self._done - self._plan.left) > 0:  # no later window looks back so far
            del self._ids[:past]
            self._done = self._plan.left
        return window
