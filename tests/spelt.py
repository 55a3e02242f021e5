"""Speech whose tokens name their words: an engine that speaks texts in such tokens, their sound, and their aligner.

A word is an onset, whose code is ONSET plus the word's number in its chunk, and the tokens in which it sounds on. So
the truth about each word is in the tokens, and in the sound, where onsets are loud.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from core.alignment.protocol import Fault, FaultKind, Verdict, WordSpan
from core.attempts import RETRY_SEED_SHIFT
from core.checkpoint.vocabulary import Vocabulary
from shared.types import Prompt
from tests.fakes import HOP, FakeCodec, FakeEngine

SILENT, VOICED, BABBLE, ONSET = 0, 1, 2, 8
"""Codes of silence, of a word that sounds on, of sound that is no word, and of the onset of a chunk's word 0."""
ONSET_TOKENS = 2
"""Tokens of an onset: 40 ms, longer than what a change of speed to 2 removes at once."""
LOUD = 0.5
"""Amplitude of an onset; other sound has a tenth of it."""


@dataclass
class SpeltChunk:
    """Tokens of one chunk, in order: silence, the words with the silence after each, more at the end.

    `words` are (number, tokens, tokens of silence after it); a number may be missing or repeated. `babble`: tokens.
    """

    lead: int
    words: list[tuple[int, int, int]]
    babble: int = 0
    endless: bool = False

    def codes(self) -> list[int]:
        codes = [SILENT] * self.lead
        for number, tokens, pause in self.words:
            codes += [ONSET + number] * ONSET_TOKENS + [VOICED] * (tokens - ONSET_TOKENS) + [SILENT] * pause
        return codes + [BABBLE] * self.babble

    @classmethod
    def of(cls, words: int, random: np.random.Generator) -> "SpeltChunk":
        """Return a chunk of `words` words with random lengths and silences."""
        lengths, pauses = random.integers(ONSET_TOKENS + 1, 40, words), random.integers(0, 4, words)
        pauses[-1:] = random.integers(0, 30)
        return cls(
            int(random.integers(0, 25)),
            [(n, int(a), int(b)) for n, (a, b) in enumerate(zip(lengths, pauses, strict=True))],
        )


class SpeltEngine(FakeEngine):
    """Engine that speaks chunk i as `spell(i, attempt)` says: attempt 0, and 1 for a retry. `seed` is the request's."""

    def __init__(
        self, vocabulary: Vocabulary, spell: Callable[[int, int], SpeltChunk], *, seed: int, **options
    ) -> None:
        super().__init__(vocabulary, **options)
        self._spell, self._seed = spell, seed
        self.spoken: list[tuple[int, int]] = []

    def _batches(self, prompt: Prompt) -> Iterator[tuple[int, ...]]:
        vocabulary, shift = self._vocabulary, (prompt.sampling.seed - self._seed) % 2**32
        attempt, chunk = divmod(shift, RETRY_SEED_SHIFT)
        self.spoken.append((chunk, attempt))
        spelt = self._spell(chunk, attempt)
        codes = spelt.codes()
        for start in range(0, len(codes), self.batch):
            yield vocabulary.semantics.ids(codes[start : start + self.batch])
        while spelt.endless:
            yield vocabulary.semantics.ids([BABBLE, BABBLE + 1] * 2)


class SpeltCodec(FakeCodec):
    """Decoder of such tokens: each token is a tone, as loud as its kind."""

    def whole(self, ids: tuple[int, ...]) -> np.ndarray:
        codes = np.asarray(ids)
        level = np.where(codes >= ONSET, LOUD, np.where(codes == SILENT, 0.0, LOUD / 10))
        tone = np.sin(np.arange(HOP) * (2 * np.pi * 1000 / self.rate) + 0.5)
        return np.outer(level, tone).reshape(-1).astype(np.float32)


class SpeltAligner:
    """Aligner that reads the words in the tokens. A word is certain `lookahead` tokens after its start."""

    def __init__(self, *, lookahead: int = 16) -> None:
        self.lookahead = lookahead
        self.opened: list[str] = []

    def chunk(self, text: str, words: Sequence[tuple[int, int]]) -> "SpeltChunkAligner":
        self.opened.append(text)
        return SpeltChunkAligner(len(words), self.lookahead)


@dataclass
class SpeltChunkAligner:
    """Alignment of one chunk by its codes."""

    words: int
    lookahead: int
    codes: list[int] = field(default_factory=list)
    returned: int = 0
    unended: bool = False  # the newest returned word lacks its end

    def feed(self, ids: Sequence[int]) -> list[WordSpan]:
        self.codes += ids
        return self._take(lambda span: span.end < len(self.codes) - self.lookahead)

    def due(self, token: int) -> list[WordSpan]:
        spans = self._take(lambda span: span.start < token and span.end < len(self.codes))
        sounding = [span for span in self._found() if self.returned <= span.index and span.start < token]
        if sounding and not self.unended:
            spans += self._missing(sounding[0])
            spans.append(WordSpan(sounding[0].index, sounding[0].start, None))
            self.returned, self.unended = sounding[0].index + 1, True
        return spans

    def finish(self) -> tuple[list[WordSpan], Verdict]:
        found = {span.index: span for span in self._found()}
        place = len(self.codes)
        spans = []
        for index in range(self.words - 1, self.returned - 1 - self.unended, -1):
            spans.append(found.get(index) or WordSpan(index, place, place))
            place = spans[-1].start
        return spans[::-1], self._verdict(found)

    def _found(self) -> Iterator[WordSpan]:
        """Yield the first span of each word, in order. The last one ends where nothing of it sounds any more."""
        codes, length = self.codes, len(self.codes)
        at = 0
        seen = -1
        while at < length:
            if (index := codes[at] - ONSET) <= seen:
                at += 1
                continue
            start = at
            while at < length and codes[at] in (ONSET + index, VOICED):
                at += 1
            seen = index
            yield WordSpan(index, start, at)

    def _take(self, wanted: Callable[[WordSpan], bool]) -> list[WordSpan]:
        """Return the next words with their ends, up to the first that is not wanted yet."""
        spans: list[WordSpan] = []
        for span in self._found():
            if span.index < self.returned - self.unended:
                continue
            if not wanted(span):
                break
            spans += [*self._missing(span), span]
            self.returned, self.unended = span.index + 1, False
        return spans

    def _missing(self, span: WordSpan) -> list[WordSpan]:
        """Return the words before `span` that were not spoken."""
        return [WordSpan(index, span.start, span.start) for index in range(self.returned, span.index)]

    def _verdict(self, found: dict[int, WordSpan]) -> Verdict:
        codes, length = np.asarray(self.codes), len(self.codes)
        onsets = [
            code - ONSET for code, before in zip(self.codes, [0, *self.codes], strict=False) if code >= ONSET != before
        ]
        faults = []
        if missing := [index for index in range(self.words) if index not in onsets]:
            faults.append(Fault(FaultKind.OMITTED, 0, 0, range(missing[0], missing[-1] + 1)))
        if BABBLE <= codes[-1] < ONSET:
            end = max([span.end for span in found.values()], default=0)
            faults.append(Fault(FaultKind.TAIL, end, length, range(self.words, self.words)))
        return Verdict(1 - len(missing) / self.words, tuple(faults))
