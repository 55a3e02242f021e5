"""Times of an answer's words, told as their sound is sent. Leaves the alignment of tokens to core/alignment.

Tokens become seconds of the answer's sound: by the codec's hop, the chunk's own rate, the joiner's timeline, and the
speed of the answer. The stages behind these delay the sound and change its sampling rate, but move nothing in it. A
change of speed keeps to its schedule, except that a splice sounds up to HELD_S of the sound early.
"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from audio.seams import Timeline
from audio.speed import HELD_S
from core.alignment.protocol import WordSpan
from core.chunk_alignment import ChunkAlignment
from shared.types import TextChunk


@dataclass(frozen=True, slots=True)
class WordTime:
    """One word of the text that was sent, and when it is spoken, in seconds of the answer's sound.

    `index` counts the words of the answer from 0. `word` is the written form: the whole of "₹1,299" is one word.
    `source` is its place in the text that was sent, where that is known. `end_s` is None while the word still sounds
    at the end of the sound that it was told for. A word that was not spoken has no length. `spoken` is the place of its
    spoken form in the joined text of the chunks.
    """

    index: int
    word: str
    start_s: float
    end_s: float | None
    source: tuple[int, int] | None = None
    spoken: tuple[int, int] = (0, 0)


class WordTimes:
    """Times of the words of one request.

    `SpeechLine` adds the chunks in the order of the text, and `ChunkGeneration` the attempts at each; the sender of the
    sound asks. `hop`: samples of a token; `samples_per_s`: samples of the joined sound in one second of the answer's.
    `early_s`: seconds of the answer by which a word may sound before its place.
    """

    def __init__(self, timeline: Timeline, *, hop: int, samples_per_s: float, early_s: float = 0.0) -> None:
        self._timeline, self._hop, self._samples_per_s = timeline, hop, samples_per_s
        self._early_s = early_s
        self._silent_until = -math.inf  # sample of the joined sound before which nothing is to be told
        self._chunks: list[_ChunkWords] = []
        self._characters = 0  # of the chunks
        self._current = 0  # the first chunk with words that were not told
        self._told: list[WordTime] = []

    @property
    def told(self) -> list[WordTime]:
        """Return the words told so far, in order. The newest one may lack its end."""
        return list(self._told)

    def add(self, chunk: TextChunk) -> None:
        """Add the next chunk of the text."""
        before = self._chunks[-1].last_source if self._chunks else None
        self._chunks.append(_ChunkWords(chunk, before, self._characters))
        self._characters += len(chunk.text)

    def choose(self, chunk: TextChunk, alignment: ChunkAlignment) -> None:
        """Take the words of `chunk` from this attempt. No sound of another attempt at it may have been sent."""
        self._chunks[chunk.index].alignment = alignment

    def told_until(self, seconds: float) -> list[WordTime]:
        """Return the words that start before `seconds` of the answer's sound and were not told yet, in order.

        Call it with the end of each block of sound before the block is sent. A word that was told without its end comes
        once more as soon as that is known, before all others, with the same index and start. At the end of the sound
        call it with infinity: the rest comes, and every word has an end.
        """
        until = (seconds + self._early_s) * self._samples_per_s + 1  # a block's end is rounded to a sample
        told: list[WordTime] = []
        if until <= self._silent_until:
            return told
        self._silent_until = -math.inf
        while self._current < len(self._chunks) and self._current < len(self._timeline.starts):
            chunk, starts = self._chunks[self._current], self._timeline.starts[self._current + 1 :]
            ended = starts[0] < until if starts else until == math.inf
            told += self._tell(chunk, math.inf if ended else until)
            if not (ended and chunk.is_told):
                break
            chunk.alignment = None
            self._current += 1
        return told

    def spoken_to(self, seconds: float) -> WordTime | None:
        """Return the last word that begins before `seconds` of the answer's sound; None before the first one."""
        begun = bisect_left(self._told, seconds, key=lambda word: word.start_s)
        return self._told[begun - 1] if begun else None

    def _tell(self, chunk: "_ChunkWords", until: float) -> Iterator[WordTime]:
        """Yield the end of the newest word, and the words that start before the sample `until` of the joined sound."""
        if chunk.alignment is None:
            return
        samples = self._hop / chunk.rate  # of a token, when the chunk is joined
        early = 0.0 if chunk.rate == 1.0 else HELD_S * self._samples_per_s
        begin = self._timeline.shifts[chunk.index] - early
        reached = (until - begin) / samples
        chunk.learn(chunk.alignment.take_due(chunk.alignment.tokens if reached == math.inf else math.ceil(reached)))
        if self._told and self._told[-1].end_s is None and (end := chunk.end_of_told()) is not None:
            self._told[-1] = replace(self._told[-1], end_s=self._seconds(chunk, end))
            yield self._told[-1]
        for entry in chunk.take_before(reached):
            start_s = max(self._seconds(chunk, entry.start), self._told[-1].start_s if self._told else 0.0)
            end_s = None if entry.end is None else max(self._seconds(chunk, entry.end), start_s)
            place = chunk.place_of(entry)
            self._told.append(WordTime(len(self._told), entry.word, start_s, end_s, entry.source, place))
            yield self._told[-1]
        if (next_token := chunk.next_start(chunk.alignment.asked)) is not None:
            self._silent_until = begin + next_token * samples

    def _seconds(self, chunk: "_ChunkWords", token: int) -> float:
        return self._timeline.sample_of(chunk.index, token * self._hop / chunk.rate) / self._samples_per_s


@dataclass(slots=True)
class _Entry:
    """Word to tell: the spoken words from `first` to `last` of its chunk, and their tokens as far as they are known."""

    word: str
    source: tuple[int, int] | None
    first: int
    last: int
    start: int = -1
    end: int | None = None


class _ChunkWords:
    """Words of one chunk. `before`: source of the last word before it, which the first words may continue.

    `start`: characters of the script's text before this chunk.
    """

    def __init__(self, chunk: TextChunk, before: tuple[int, int] | None, start: int) -> None:
        self.index, self.rate = chunk.index, chunk.delivery.rate
        self._words, self._start = chunk.words, start
        self.alignment: ChunkAlignment | None = None
        self._entries: list[_Entry] = []
        self._entry_of: list[_Entry | None] = []  # by the index of the spoken word; None: it continues `before`
        self._known = self._told = 0  # entries whose start is known, and those told
        self.last_source = before
        for index, word in enumerate(chunk.words):
            if word.source is None or word.source != self.last_source:
                self._entries.append(
                    _Entry(word.written or chunk.text[word.start : word.end], word.source, index, index)
                )
            elif self._entries:
                self._entries[-1].last = index
            self._entry_of.append(self._entries[-1] if self._entries else None)
            self.last_source = word.source

    @property
    def is_told(self) -> bool:
        return self._told == len(self._entries)

    def place_of(self, entry: _Entry) -> tuple[int, int]:
        """Return the place of an entry in the script's text."""
        return self._start + self._words[entry.first].start, self._start + self._words[entry.last].end

    def learn(self, spans: Iterable[WordSpan]) -> None:
        for span in spans:
            entry = self._entry_of[span.index]
            if entry and span.index == entry.first and entry.start < 0:
                entry.start = span.start
                self._known += 1
            if entry and span.index == entry.last:
                entry.end = span.end

    def end_of_told(self) -> int | None:
        """Return the token after the newest told word, if it is known."""
        return self._entries[self._told - 1].end if self._told else None

    def next_start(self, asked: int) -> int | None:
        """Return the token before which no other word starts: words before `asked` are known. None: all are told."""
        if self._told < self._known:
            return self._entries[self._told].start
        return None if self.is_told else asked

    def take_before(self, token: float) -> Iterator[_Entry]:
        """Yield the words to tell that start before `token`."""
        while self._told < self._known and (entry := self._entries[self._told]).start < token:
            self._told += 1
            yield entry
