"""Script of a request: its text as it will be spoken, in chunks. Pure: no model, no clock, no I/O."""

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Literal

from processing.chunks import find_chunks
from processing.lexicon import Lexicon, read_lexicon
from processing.normalise import normalise_steps
from processing.normalise.limit import spoken_limit
from processing.normalise.trace import Trace
from processing.passages import keep_written, resolve_passage
from processing.pauses import PAUSES_S, pause_after
from processing.rich_text import read_rich_text_steps
from processing.words import WordFinder
from shared.errors import TextTooLong, ValidationFailed
from shared.passages import Delivery, Passage
from shared.source_map import SourceMap
from shared.steps import Steps, finish
from shared.types import TextChunk, Utterance

UnknownTags = Literal["drop", "refuse"]


@dataclass(frozen=True, slots=True)
class ScriptRules:
    """Rules for every text: chunk sizes in characters, the checkpoint's emotions and scripts, the service's lexicon."""

    threshold: int
    target: int
    emotions: Collection[str] = ()
    unknown_emotions: UnknownTags = "drop"
    lexicon: Lexicon = field(default_factory=Lexicon)
    scripts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScriptMark:
    """Mark of the text: its chunk, and its place there from 0, where the chunk's sound begins, to 1, where it ends."""

    name: str
    chunk: int
    at: float


@dataclass(slots=True)
class Script:
    """Text as it will be spoken, with its chunks and `pauses_s`, the pause after each chunk in seconds.

    `lead_s` and `tail_s` are silence before the first chunk and behind the last one. `whole_text`: the text is above
    the threshold, and chunking is off. `rules` includes the utterance's lexicon and applies to text that arrives later,
    which `add` appends.
    """

    spoken: str
    chunks: tuple[TextChunk, ...]
    pauses_s: list[float]
    whole_text: bool
    rules: ScriptRules = field(repr=False)
    marks: tuple[ScriptMark, ...] = ()
    lead_s: float = 0.0
    tail_s: float = 0.0

    def add(self, later: "Script") -> tuple[TextChunk, ...]:
        """Append `later` and return its chunks, numbered on from this script's; a space separates the two."""
        first = len(self.chunks)
        chunks = list(later.chunks)
        if chunks and self.spoken and not self.spoken[-1].isspace():
            moved = tuple(replace(word, start=word.start + 1, end=word.end + 1) for word in chunks[0].words)
            chunks[0] = replace(chunks[0], text=f" {chunks[0].text}", words=moved)
        added = tuple(replace(chunk, index=first + chunk.index) for chunk in chunks)
        self.spoken += "".join(chunk.text for chunk in added)
        if later.lead_s and self.pauses_s:
            self.pauses_s[-1] = self.tail_s + later.lead_s
        elif not self.pauses_s:
            self.lead_s += later.lead_s
        self.chunks += added
        self.pauses_s += later.pauses_s
        self.marks += tuple(replace(mark, chunk=first + mark.chunk) for mark in later.marks)
        if added:
            self.tail_s = later.tail_s
        elif self.chunks:
            self.tail_s += later.lead_s
        return added


def write_script(utterance: Utterance, rules: ScriptRules) -> Script:
    """Resolve tags in the text of `utterance`, normalise it and split it into chunks.

    A text without letters or digits has no chunks. Raises ValidationFailed for a refused tag, a bad lexicon, a language
    that the voice does not speak, and figures that cannot be read.
    """
    return finish(write_steps(utterance, rules))


def write_steps(utterance: Utterance, rules: ScriptRules) -> Steps[Script]:
    """Do the work of `write_script` in steps of a sentence or a chunk."""
    if utterance.lexicon:
        rules = replace(rules, lexicon=read_lexicon(utterance.lexicon, over=rules.lexicon))
    passages = utterance.passages
    if not passages:
        passages = ((yield from _passage_steps(utterance)),)
    draft = _Draft(utterance, rules, spoken_limit(len(utterance.text)) if utterance.normalize else None)
    for passage in passages:
        yield
        yield from draft.add_steps(passage)
    return draft.script()


def _passage_steps(utterance: Utterance) -> Steps[Passage]:
    """Return a text without markup as one passage."""
    text = utterance.text
    sources = None
    if utterance.word_times:
        sources = utterance.sources.copy() if utterance.sources else SourceMap.verbatim(len(text))
    if utterance.normalize:
        text = yield from read_rich_text_steps(text, sources)
    return Passage(text, sources=sources)


class _Draft:
    """Script that grows by passages. A passage without letters or digits is left out; its pause stays."""

    def __init__(self, utterance: Utterance, rules: ScriptRules, limit: int | None) -> None:
        self._utterance, self._rules, self._limit = utterance, rules, limit
        self._chunks: list[TextChunk] = []
        self._pauses_s: list[float] = []
        self._marks: list[ScriptMark] = []
        self._lead_s = self._tail_s = 0.0
        self._length = 0
        self._whole_text = False

    def add_steps(self, passage: Passage) -> Steps[None]:
        """Normalise a passage and split it into chunks."""
        utterance, rules = self._utterance, self._rules
        passage = resolve_passage(passage, known=rules.emotions, unknown=rules.unknown_emotions)
        languages = (passage.delivery.voice or utterance.voice).languages
        reading = replace(utterance.reading, language=passage.language) if passage.language else utterance.reading
        trace = Trace() if utterance.word_times and passage.sources else None
        if utterance.normalize:
            normalised = yield from normalise_steps(
                passage.text,
                lexicon=rules.lexicon,
                reading=reading,
                spoken=languages,
                inserts=passage.inserts,
                marks=passage.marks,
                trace=trace,
                scripts=rules.scripts,
            )
        else:
            sources = trace.sources if trace else None
            normalised = keep_written(passage, reading=reading, spoken=languages, sources=sources)
        spoken = normalised.spoken
        if normalised.unread:
            raise ValidationFailed(
                f"text: figures in {normalised.unread} text cannot be read; write them in words, "
                "or set normalize to false",
                details={"field": "text"},
            )
        self._silence(passage.lead_s)
        if any(map(str.isalnum, spoken)):
            self._check_length(len(spoken))
            first = len(self._chunks)
            finder = WordFinder(passage, trace.sources, rules.emotions) if trace else None
            yield from self._split_steps(spoken, passage.delivery, finder)
            self._tail_s = 0.0
            self._place_marks(passage, normalised.marks, first, len(spoken))
        else:
            at = 1.0 if self._chunks else 0.0  # the place of a mark in a text without words is where sound begins
            self._marks += [ScriptMark(mark.name, max(len(self._chunks) - 1, 0), at) for mark in passage.marks]
        if passage.ends_paragraph and self._pauses_s:
            self._pauses_s[-1] = max(self._pauses_s[-1], PAUSES_S["\n"])
        self._silence(passage.pause_s or 0.0)

    def script(self) -> Script:
        """Return the script, which has no chunks if nothing of the text can be spoken."""
        chunks = self._chunks
        if chunks:
            chunks[-1] = replace(chunks[-1], last=True)
        return Script(
            "".join([chunk.text for chunk in chunks]),
            tuple(chunks),
            self._pauses_s,
            self._whole_text,
            self._rules,
            tuple(self._marks),
            self._lead_s,
            self._tail_s,
        )

    def _split_steps(self, spoken: str, delivery: Delivery, finder: WordFinder | None) -> Steps[None]:
        rules, at = self._rules, 0
        if self._chunks and not self._chunks[-1].text[-1:].isspace():
            spoken, at = f" {spoken}", -1
        if not self._utterance.chunking:
            self._whole_text = self._whole_text or len(spoken) > rules.threshold
            words = finder.words(spoken, at) if finder else ()
            self._append(TextChunk(0, spoken, last=False, delivery=delivery, words=words))
            return
        for chunk in find_chunks(spoken, threshold=rules.threshold, target=rules.target):
            words = finder.words(chunk.text, at) if finder else ()
            self._append(replace(chunk, last=False, delivery=delivery, words=words))
            at += len(chunk.text)
            yield

    def _append(self, chunk: TextChunk) -> None:
        self._chunks.append(replace(chunk, index=len(self._chunks)))
        self._pauses_s.append(pause_after(chunk.text))

    def _silence(self, seconds: float) -> None:
        """Add silence of the markup, which replaces the pause of the punctuation."""
        if not seconds:
            return
        seconds *= self._utterance.speed  # the pause has its length after the change of speed
        if not self._chunks:
            self._lead_s += seconds
            return
        self._tail_s += seconds
        self._pauses_s[-1] = self._tail_s

    def _place_marks(self, passage: Passage, places: Sequence[int], first: int, length: int) -> None:
        ends = list(accumulate(len(chunk.text) for chunk in self._chunks[first:]))
        added = ends[-1] - length  # the space before the passage
        for mark, place in zip(passage.marks, places, strict=True):
            at = place + added if place else 0
            number = min(bisect_right(ends, at), len(ends) - 1)
            size = len(self._chunks[first + number].text)
            share = (at - (ends[number] - size)) / size
            self._marks.append(ScriptMark(mark.name, first + number, min(max(share, 0.0), 1.0)))

    def _check_length(self, spoken: int) -> None:
        self._length += spoken
        if self._limit is not None and self._length > self._limit:
            raise TextTooLong(
                f"text: its spoken form has more than {self._limit} characters",
                details={"field": "text", "limit": self._limit},
            )
