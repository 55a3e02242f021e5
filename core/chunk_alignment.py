"""Alignment of one attempt at a chunk: the tokens on their way to the decoder, and the words found in them so far."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from core.alignment.protocol import Aligner, ChunkAligner, Verdict, WordSpan
from core.alignment_failures import AlignmentFailures
from shared.types import SpeechTokens

T = TypeVar("T")

PIECE_TOKENS = 24
"""Most tokens that the aligner reads at once. NumPy divides larger products among threads, which wait for each other:
48 tokens at once took 2.5 times the CPU time of 24 for each token (measured on two busy cores)."""


class ChunkAlignment:
    """Stage that passes tokens on, and keeps them for the aligner until `align`.

    A few large pieces cost the aligner less than many small ones. It is opened with the first piece, so that the first
    token waits for nothing. `words`: number of words of the chunk; `places`: their characters in `text`.

    An aligner that raises ends the alignment, and nothing else: tokens pass on, no word is returned any more, and there
    is no verdict. The failure is reported to `failures`, and to `lost` with this alignment.
    """

    def __init__(
        self,
        aligner: Aligner,
        text: str,
        places: Sequence[tuple[int, int]],
        *,
        failures: AlignmentFailures | None = None,
        lost: Callable[["ChunkAlignment"], None] | None = None,
    ) -> None:
        self._aligner, self._text, self._places = aligner, text, places
        self._failures, self._lost = failures or AlignmentFailures(), lost
        self._opened: ChunkAligner | None = None
        self._unread: list[int] = []
        self._spans: list[WordSpan] = []
        self.words = len(places)
        self.tokens = 0
        """Number of tokens that have arrived."""
        self.asked = 0
        """Token before which every word has been returned by `take_due`."""
        self.text_end: int | None = None
        """Token after the last word, once it is certain."""
        self.verdict: Verdict | None = None
        """Set once all tokens have arrived."""
        self.failed = False
        """The aligner has raised an error."""

    @property
    def unread(self) -> int:
        """Return the number of tokens that the aligner has not read."""
        return len(self._unread)

    def feed(self, tokens: SpeechTokens) -> Iterable[SpeechTokens]:
        if not self.failed:
            self._unread += tokens.ids
        self.tokens += len(tokens.ids)
        return (tokens,)

    def finish(self) -> Iterable[SpeechTokens]:
        """End the chunk, and pronounce the verdict."""
        self.align()
        if ended := self._ask(lambda chunk: chunk.finish()):
            spans, self.verdict = ended
            self._keep(spans)
            self._failures.succeeded()
        return ()

    def align(self) -> None:
        """Give the aligner the tokens that it has not read."""
        unread, self._unread = self._unread, []
        for start in range(0, len(unread), PIECE_TOKENS):
            self._read(unread[start : start + PIECE_TOKENS])

    def take_due(self, token: int) -> list[WordSpan]:
        """Return the words that have become certain since the last call, and every word that starts before `token`.

        The last one may lack its end, and comes again with it.
        """
        if self.verdict is None and token > self.asked:
            self.align()
            # All that is certain by now, so that frames of a few tokens do not ask one by one.
            self.asked = max(min(token, self.tokens), self.tokens - self._aligner.lookahead)
            self._spans += self._ask(lambda chunk: chunk.due(self.asked)) or []
        spans, self._spans = self._spans, []
        return spans

    def _read(self, ids: list[int]) -> None:
        self._keep(self._ask(lambda chunk: chunk.feed(ids)) or [])

    def _ask(self, question: Callable[[ChunkAligner], T]) -> T | None:
        """Return the aligner's answer; None once it has failed."""
        if self.failed:
            return None
        try:
            if self._opened is None:
                self._opened = self._aligner.chunk(self._text, self._places)
            return question(self._opened)
        except Exception as error:  # noqa: BLE001 - whatever ends an alignment must not end the speech
            self.failed, self._opened, self.text_end = True, None, None
            self._spans.clear()
            self._failures.failed(error)
            if self._lost:
                self._lost(self)
            return None

    def _keep(self, spans: list[WordSpan]) -> None:
        if spans:
            self._spans += spans
            if spans[-1].index == self.words - 1:
                self.text_end = spans[-1].end
