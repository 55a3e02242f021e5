"""Cut semantic tokens into decode windows. Knows nothing of the decoder but its receptive field.

The decoder is not causal: a sample depends on tokens on both sides of it. Decoding overlapping windows and keeping the
middle of each gives the samples of decoding everything at once, as long as the context covers the receptive field
(docs/decisions/0003-windows.md gives the error of shorter look-ahead).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shared.types import GlobalTokens, SpeechTokens, Window

DEFAULT_LOOKAHEAD = 20
"""Tokens of right context that a window waits for where neither settings nor checkpoint give a number: 64 dB from the
whole at the published dimensions (docs/decisions/0003-windows.md)."""


@dataclass(frozen=True, slots=True)
class WindowPlan:
    """Sizes in tokens: `left` context, `right` look-ahead; kept tokens double from `first` up to `steady`."""

    left: int
    right: int
    first: int
    steady: int

    @property
    def sizes(self) -> tuple[int, ...]:
        """Return the kept sizes, ascending. They are few, so that windows of many streams have equal shapes.

        Only the last window of a chunk has another size.
        """
        sizes = [min(self.first, self.steady)]
        while sizes[-1] < self.steady:
            sizes.append(min(2 * sizes[-1], self.steady))
        return tuple(sizes)


class WindowPlanner:
    """Cut the tokens of one chunk into windows, spoken by `voice`.

    `next_size` takes the number of tokens that could be kept now and returns how many the next window keeps; 0 to wait.
    """

    def __init__(self, plan: WindowPlan, voice: GlobalTokens, next_size: Callable[[int], int]) -> None:
        self._plan, self._voice, self._next_size = plan, voice, next_size
        self._ids: list[int] = []
        self._done = 0  # tokens of `_ids` that earlier windows have kept

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
        if (past := self._done - self._plan.left) > 0:  # no later window looks back so far
            del self._ids[:past]
            self._done = self._plan.left
        return window
