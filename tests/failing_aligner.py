"""Aligner that fails: one of its calls raises an error."""

from collections.abc import Sequence

from core.alignment.protocol import Aligner, ChunkAligner, Verdict, WordSpan

CALLS = ("chunk", "feed", "due", "finish")


class AlignerFault(Exception):
    """Error that no part of the service knows."""


class FailingAligner:
    """Aligner whose call `where` raises after `after` calls of that name that succeed. `failing` switches it off."""

    def __init__(self, inner: Aligner, where: str, *, after: int = 0) -> None:
        assert where in CALLS
        self.lookahead, self._inner, self._where, self._after = inner.lookahead, inner, where, after
        self.failing, self.failed = True, 0
        self._calls = 0

    def chunk(self, text: str, words: Sequence[tuple[int, int]]) -> "FailingChunkAligner":
        self.check("chunk")
        return FailingChunkAligner(self, self._inner.chunk(text, words))

    def check(self, call: str) -> None:
        if not self.failing or call != self._where:
            return
        self._calls += 1
        if self._calls > self._after:
            self.failed += 1
            raise AlignerFault(f"in {call}, with a word of the text: secret")


class FailingChunkAligner:
    """Alignment of one chunk by a FailingAligner."""

    def __init__(self, aligner: FailingAligner, inner: ChunkAligner) -> None:
        self._aligner, self._inner = aligner, inner

    def feed(self, ids: Sequence[int]) -> list[WordSpan]:
        self._aligner.check("feed")
        return self._inner.feed(ids)

    def due(self, token: int) -> list[WordSpan]:
        self._aligner.check("due")
        return self._inner.due(token)

    def finish(self) -> tuple[list[WordSpan], Verdict]:
        self._aligner.check("finish")
        return self._inner.finish()
