"""Cut semantic tokens into decode windows. Of the decoder it knows the receptive field alone.

The decoder is not causal: a sample depends on tokens before and after it. So each window holds `left` tokens of
context, `keep` tokens whose sound is kept, and `right` tokens of look-ahead. Windows overlap by their context; the kept
parts follow each other without gap. If the context covers the receptive field, the samples equal those of decoding
everything at once (docs/decisions/0003-windows.md gives the error of a shorter look-ahead).

This module decides where windows begin and end. While a chunk's tokens arrive, core/scheduling/window_size.py decides
how many each window keeps, and its look-ahead. At the chunk's end `finish` does not ask: while more tokens are left
than the largest size, a window keeps half of them; the last window keeps the rest.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.scheduling.window_size import MAX_FIRST_GROWTH, WindowOptions, WindowSize
from shared.types import GlobalTokens, SpeechTokens, Window

DEFAULT_LOOKAHEAD = 20
"""Least look-ahead in tokens of every window but a stream's first, unless settings or checkpoint give a number: 111 dB
from decoding everything at once at the published dimensions, 65 dB with other random weights (measured:
docs/decisions/0003-windows.md)."""
DEFAULT_FIRST_LOOKAHEAD = 17
"""Look-ahead in tokens of a stream's first window, unless settings or checkpoint give a number: 85 dB at the published
dimensions with torch's default weights (measured). Chosen with a margin, because other weights need more."""
LOOKAHEAD_STEP = 4
"""Tokens from the least look-ahead to the middle one. With four more than its least, the demo voice is 100 dB or more
from the whole (measured: docs/decisions/0003-windows.md)."""


@dataclass(frozen=True, slots=True)
class WindowPlan:
    """Sizes of windows in tokens.

    `left`: context. `right`: least look-ahead of every window but a stream's first, which has `first_right`. `exact`:
    look-ahead with which a window equals the whole decode. The kept tokens of all but first windows double from `first`
    to `steady`. Without `first_right` and `exact`, every window has the look-ahead `right`.
    """

    left: int
    right: int
    first: int
    steady: int
    first_right: int | None = None
    exact: int | None = None

    @property
    def sizes(self) -> tuple[int, ...]:
        """Return the possible numbers of kept tokens: doubling from `first` to `steady`.

        They are few, so that windows of concurrent streams often have equal shapes and share a batch. Only the first
        window of a stream and the last windows of a chunk have other sizes.
        """
        return _doubling(min(self.first, self.steady), self.steady)

    @property
    def exact_right(self) -> int:
        return max(self.right, self.right if self.exact is None else self.exact)

    def options(self) -> WindowOptions:
        """Return the sizes from which the scheduler chooses.

        A first window keeps `first` or two thirds of it, or these doubled: steps finer than those of later windows,
        because each token is a token's time until the first sound.
        """
        most = min(MAX_FIRST_GROWTH * self.first, self.steady)
        starts = (max(1, min(self.first * part // 3, most)) for part in (2, 3))
        first_keeps = {keep for start in starts for keep in _doubling(start, most)}
        rights = {min(self.right + more, self.exact_right) for more in (0, LOOKAHEAD_STEP)} | {self.exact_right}
        return WindowOptions(
            first_keeps=sorted(first_keeps),
            keeps=self.sizes,
            first_right=self.right if self.first_right is None else min(self.first_right, self.right),
            rights=sorted(rights),
        )


def _doubling(size: int, largest: int) -> tuple[int, ...]:
    sizes = [size]
    while sizes[-1] < largest:
        sizes.append(min(2 * sizes[-1], largest))
    return tuple(sizes)


class WindowPlanner:
    """Stage that cuts the tokens of one chunk into windows, spoken by `voice`.

    `next_size` takes the number of tokens that no window has kept yet. It returns the size of the next window, which
    these tokens suffice for, or None to wait for more.
    """

    def __init__(self, plan: WindowPlan, voice: GlobalTokens, next_size: Callable[[int], WindowSize | None]) -> None:
        self._plan, self._voice, self._next_size = plan, voice, next_size
        self._ids: list[int] = []
        self._done = 0  # tokens of `_ids` that earlier windows have kept

    @property
    def buffered(self) -> int:
        """Return the number of tokens held: left context and every token that no window has kept yet.

        While `next_size` cuts windows, these are at most context, largest window, look-ahead and the newest tokens.
        While it returns None, as for a premature chunk, they grow up to the whole chunk.
        """
        return len(self._ids)

    def feed(self, tokens: SpeechTokens) -> Iterator[Window]:
        self._ids += tokens.ids
        while size := self._next_size(len(self._ids) - self._done):
            yield self._cut(size)

    def finish(self) -> Iterator[Window]:
        while (rest := len(self._ids) - self._done) > 0:
            keep = rest if rest <= self._plan.steady else (rest + 1) // 2
            yield self._cut(WindowSize(keep, min(rest - keep, self._plan.exact_right)))

    def _cut(self, size: WindowSize) -> Window:
        keep, right = size.keep, size.right
        left = min(self._plan.left, self._done)
        start = self._done - left
        window = Window(tuple(self._ids[start : self._done + keep + right]), left, keep, right, self._voice)
        self._done += keep
        if (past := self._done - self._plan.left) > 0:  # beyond the left context of every later window
            del self._ids[:past]
            self._done = self._plan.left
        return window
