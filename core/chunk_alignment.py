"""Alignment of one attempt at a chunk: the tokens on their way to the decoder, and the words found in them so far."""

from collections.abc import Iterable

from core.alignment.protocol import ChunkAligner, Verdict, WordSpan
from shared.types import SpeechTokens


class ChunkAlignment:
    """Stage that passes tokens on, and keeps them for the aligner.

    The aligner gets them in one piece for each window, in `align`, because few large pieces cost it less than many
    small ones. `tokens` counts those that have arrived; `verdict` is set once all have.
    """

    def __init__(self, aligner: ChunkAligner) -> None:
        self._aligner = aligner
        self._unread: list[int] = []
        self._spans: list[WordSpan] = []
        self.tokens = 0
        self.last: WordSpan | None = None
        """Newest word that has become certain."""
        self.verdict: Verdict | None = None

    def feed(self, tokens: SpeechTokens) -> Iterable[SpeechTokens]:
        self._unread += tokens.ids
        self.tokens += len(tokens.ids)
        return (tokens,)

    def finish(self) -> Iterable[SpeechTokens]:
        """End the chunk, and pronounce the verdict."""
        if self.verdict is None:
            self.align()
            spans, self.verdict = self._aligner.finish()
            self._keep(spans)
        return ()

    def align(self) -> None:
        """Give the aligner the tokens that it has not read."""
        if self._unread:
            unread, self._unread = self._unread, []
            self._keep(self._aligner.feed(unread))

    def take_due(self, token: int) -> list[WordSpan]:
        """Return the words that have become certain since the last call, and every word that starts before `token`.

        The last one may lack its end, and comes again with it.
        """
        if self.verdict is None:
            self.align()
            self._spans += self._aligner.due(min(token, self.tokens))
        spans, self._spans = self._spans, []
        return spans

    def _keep(self, spans: list[WordSpan]) -> None:
        if spans:
            self._spans += spans
            self.last = spans[-1]
