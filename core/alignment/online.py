"""Alignment of one chunk while its tokens arrive: word spans that never change once told, and a verdict at the end."""

from collections.abc import Callable, Sequence

import numpy as np

from core.alignment.buffers import SearchBuffers
from core.alignment.evidence import read
from core.alignment.network import ScoreStream, TokenNetwork
from core.alignment.protocol import Verdict, WordSpan
from core.alignment.reading import Reading, Standard, Visit, judge
from core.alignment.states import lay_out
from core.alignment.trellis import Trellis
from core.alignment.units import SILENCE

BLOCK = 48
"""Tokens that are aligned together, because NumPy's calls cost more than the arithmetic of one token. Chosen: two
pieces of core/chunk_alignment.py, and more than there are when the first words are due."""
CONFIRM = 24
"""Tokens that a path must have gone on after words that it leaves out, before these are told as left out. Chosen: such
paths are the best ones for shorter times in speech without faults."""
OUTSIDE = -1
"""Word of the state "foreign"."""
LAG = 8
"""Tokens after a place until the best path to it is taken for certain. Chosen by measurement."""


class OnlineAligner:
    """Alignment of one chunk; keeps the protocol ChunkAligner."""

    def __init__(
        self,
        network: TokenNetwork,
        standard: Standard,
        buffers: Callable[[int], SearchBuffers],
        text: str,
        words: Sequence[tuple[int, int]],
    ) -> None:
        rows = network.units.words(text, words)
        states = lay_out(rows)
        self._standard = standard
        self.letters = [len(row) for row in rows]
        self._stream = ScoreStream(network)
        self._arrived: list[int] = []  # not given to the stream yet
        self._buffers = buffers
        self._trellis = Trellis(states, standard.jump, buffers, network.units.alike)
        self._owners: list[int | None] = [*states.words.tolist(), None, None, OUTSIDE]
        for silence in np.flatnonzero(states.units == SILENCE).tolist():
            self._owners[silence] = None
        self._count = len(words)
        self._next = 0  # first word that was not told
        self._from = 0  # token from which paths are read: no word begins before it
        self._sent = 0  # tokens whose sound was sent: words that are told later begin after them
        self._open: WordSpan | None = None  # told without its end

    def feed(self, ids: Sequence[int]) -> list[WordSpan]:
        """Take the next tokens; return the words that have become certain."""
        self._arrived.extend(ids)
        if len(self._arrived) < BLOCK:
            return []
        self._align()
        return self._tell(self._trellis.tokens - LAG)

    def due(self, token: int) -> list[WordSpan]:
        """Return the words that start before `token` and were not returned yet."""
        self._align()
        spans = self._tell(max(token, self._trellis.tokens - LAG), token)
        self._sent = max(self._sent, token)
        return spans

    def finish(self) -> tuple[list[WordSpan], Verdict]:
        """Return the remaining words, and the verdict."""
        self._align(ended=True)
        tokens, path = self._trellis.tokens, self._trellis.path(0, ended=True)
        spans = self._tell(tokens + 1, tokens + 1, path=path[self._from :])
        if self._open:
            spans.append(WordSpan(self._open.index, self._open.start, max(self._open.start, self._from)))
        last = max([self._from, min(self._sent, tokens), *(span.start for span in spans)])
        spans += [WordSpan(index, last, last) for index in range(self._next, self._count)]
        self._next = self._count
        return spans, judge(self._readings(path), self.letters, tokens, self._standard)

    def readings(self) -> list[Reading]:
        """Return the visits of the best path through the whole chunk, with what the scores say of them."""
        return self._readings(self._trellis.path(0, ended=True))

    def _readings(self, path: list[int]) -> list[Reading]:
        visits = self._visits(self._trellis.heard(path, 0), 0)
        onsets, least_gain = self._trellis.states.onsets, self._standard.again
        return read(self._trellis.fits(), onsets, path, visits, self.letters, least_gain, self._buffers)

    def _align(self, *, ended: bool = False) -> None:
        """Align every token that has its context; `ended`: no more tokens come."""
        self._stream.feed(self._arrived)
        self._arrived.clear()
        if ended:
            self._stream.finish()
        if self._stream.waiting:
            self._trellis.advance(self._stream.take())

    def _visits(self, path: Sequence[int], begin: int) -> list[Visit]:
        """Return the stays in words of a path that begins at token `begin`, in order; silences belong to none."""
        visits: list[Visit] = []
        owners, word = self._owners, None
        start, before, letters = begin, -1, 0
        for token, state in enumerate(path, start=begin):
            if state == before:
                continue
            owner = owners[state]
            if owner != word or (state < before and owner is not None):
                if word is not None:
                    visits.append(Visit(None if word == OUTSIDE else word, start, token, letters))
                word, start, letters = owner, token, 1
            elif token != start + 1 or state != before + 1:  # the first letter has two states
                letters += 1
            before = state
        if word is not None:
            visits.append(Visit(None if word == OUTSIDE else word, start, begin + len(path), letters))
        return visits

    def _tell(self, certain: int, due: int = 0, *, path: list[int] | None = None) -> list[WordSpan]:
        """Return words whose end is at most `certain`, and without an end those that start before `due`.

        `path`: the final one from the first token of a word that was not told; None before the end of the chunk.
        """
        ended = path is not None
        if path is None:
            path = self._trellis.path(self._from)
        visits = self._visits(self._trellis.heard(path, self._from), self._from)
        spans: list[WordSpan] = []
        if self._open:
            spans += self._closed(self._open, visits, certain)
        for place, visit in enumerate(visits):
            if visit.end > certain and visit.start >= due:
                break
            if visit.word is None or visit.word < self._next:
                continue
            if visit.word > self._next:
                if not ended and self._trellis.tokens - visit.start < CONFIRM:
                    break
                if self._comes_back(visits[place + 1 :], visit.word):
                    continue  # to words that it seemed to leave out
            start = max(visit.start, self._from, self._sent)
            if self._open:  # the next word begins: so the last one has ended
                spans.append(WordSpan(self._open.index, self._open.start, start))
                self._open = None
            spans += [WordSpan(index, start, start) for index in range(self._next, visit.word)]
            end = max(start, visit.end) if visit.end <= certain else None
            spans.append(WordSpan(visit.word, start, end))
            self._open = spans[-1] if end is None else None
            self._next, self._from = visit.word + 1, end or start
        return spans

    def _comes_back(self, visits: Sequence[Visit], word: int) -> bool:
        """Report whether a path goes on with words before `word` that were not told."""
        return any(visit.word is not None and self._next <= visit.word < word for visit in visits)

    def _closed(self, told: WordSpan, visits: Sequence[Visit], certain: int) -> list[WordSpan]:
        """Return the word that was told without its end with it, if the end is certain by now."""
        ends = [visit.end for visit in visits if visit.word == told.index and visit.end <= certain]
        if not ends:
            return []
        self._open, self._from = None, max(self._from, ends[0])
        return [WordSpan(told.index, told.start, max(told.start, ends[0]))]
