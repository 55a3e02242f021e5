"""Builder of passages: it takes text, pauses, marks and changes of manner in the order of the document.

White space is that of markup: any run of it is one space.
"""

import re
from dataclasses import dataclass, field, replace

from processing.markup.report import Place, markup_error
from processing.pauses import pause_after
from shared.passages import PLAIN, Delivery, Insert, Mark, Passage, Spoken
from shared.source_map import Run, SourceMap, substitute

MAX_PAUSE_S = 10.0
"""Longest pause of one `break`, in seconds: that of Google's and Amazon's services."""
MAX_SILENCE_S = 300.0
"""Most silence of all pauses in a text, in seconds. Chosen: it bounds the sound that a short text can ask for."""
MAX_PASSAGES = 2_000
"""Most passages of a text, each of which costs a prompt. Chosen: one for 25 characters of the longest text."""

_SPACE = re.compile(r"\s+")
_ENDS_PREVIOUS = re.compile("[,.;:!?।॥…)\\]”’]+")
_CLOSING = "\"'”’)]}»"

Origin = tuple[int, int]
"""Span of the text that the client sent. Text as long as its span is that span, character for character."""


@dataclass(frozen=True, slots=True)
class Manner:
    """Manner of the text at one place of the document."""

    delivery: Delivery = PLAIN
    language: str = ""


@dataclass(slots=True)
class PassageBuilder:
    """Passages so far (`closed`), and the open passage, which the next text continues.

    `written` counts the characters of the whole text so far, `closures` the passages that its markup closed.
    `sources` are those of the open passage; None where they are not asked for.
    """

    manner: Manner = field(default_factory=Manner)
    closed: list[Passage] = field(default_factory=list)
    text: str = ""
    written: int = 0
    closures: int = 0
    sources: SourceMap | None = None
    _inserts: list[Insert] = field(default_factory=list)
    _marks: list[Mark] = field(default_factory=list)
    _between: list[tuple[str, Place]] = field(default_factory=list)  # marks behind the punctuation of the open passage
    _lead_s: float = 0.0
    _silence_s: float = 0.0

    def add_text(self, text: str, origin: Origin, *, as_sent: bool = True) -> None:
        """Continue the open passage. `as_sent`: the text is that of its origin, but for entities."""
        sources = None
        if self.sources is not None:
            sources = SourceMap.of([Run(len(text), *origin, () if as_sent else _RULES)])
        text = substitute(_SPACE, " ", text, sources, "")
        plain = self._end_previous(text, sources)
        if not self.text or self.text.endswith(" "):
            plain = plain.lstrip()
        if self._between and plain:
            self._begin_at_marks()
            plain = plain.lstrip()
        if self.sources is not None and sources is not None:
            sources.shift(len(text) - len(plain))
            self.sources.extend(sources.runs)
        self.text += plain
        self.written += len(plain)

    def add_insert(self, text: str, spoken: Spoken, origin: Origin, *, as_sent: bool = True) -> None:
        """Continue the open passage with a span that has its own spoken form."""
        start = len(self.text)
        self.add_text(text, origin, as_sent=as_sent)
        if len(self.text) > start:
            self._inserts.append(Insert(start, len(self.text), spoken))

    def add_mark(self, name: str, place: Place) -> None:
        """Mark this place. Behind punctuation, text that follows begins a new passage, so that its time is exact."""
        if pause_after(self.text) > 0:
            self._between.append((name, place))
        else:
            self._marks.append(Mark(name, len(self.text)))

    def add_pause(self, seconds: float, place: Place) -> None:
        """Add a pause behind the text so far. Raises ValidationFailed above MAX_SILENCE_S in all."""
        self._silence_s += seconds
        if self._silence_s > MAX_SILENCE_S:
            raise markup_error(f"the pauses come to more than {MAX_SILENCE_S:g} s", place)
        if self._is_blank():
            if self.closed:
                last = self.closed[-1]
                self.closed[-1] = replace(last, pause_s=(last.pause_s or 0.0) + seconds)
            else:
                self._lead_s += seconds
            return
        self.close(place, pause_s=seconds)

    def end_sentence(self) -> None:
        """End the sentence so far with a full stop, unless punctuation or a pause ends it."""
        if not self._is_blank():
            self.text = _ended(self.text, self.sources)
        elif self.closed and self.closed[-1].pause_s is None:
            last = self.closed[-1]
            self.closed[-1] = replace(last, text=_ended(last.text, last.sources))

    def end_paragraph(self, place: Place) -> None:
        """End the passage with the pause of a paragraph, which a pause of the markup replaces."""
        self.end_sentence()
        self.close(place)
        if self.closed:
            self.closed[-1] = replace(self.closed[-1], ends_paragraph=True)

    def change(self, manner: Manner, place: Place) -> None:
        """Speak the text that follows in another manner."""
        if manner != self.manner:
            self.close(place)
            self.manner = manner

    def close(self, place: Place, *, pause_s: float | None = None) -> None:
        """Close the open passage if it has text. Raises ValidationFailed above MAX_PASSAGES."""
        if self._is_blank():
            return
        self._marks += [Mark(name, len(self.text)) for name, _ in self._between]
        self._between = []
        self.closures += 1
        if self.closures > MAX_PASSAGES:
            raise markup_error(f"the markup divides the text into more than {MAX_PASSAGES} passages", place)
        self.closed.append(self._passage(self.text, self._inserts, self._marks, pause_s, self.sources))
        self.sources = self.sources and SourceMap()
        self.text, self._inserts, self._marks, self._lead_s = "", [], [], 0.0

    def cut(self, at: int) -> None:
        """Close the open passage's text up to `at`, or up to the insert around that place; the rest stays open."""
        at = next((one.start for one in self._inserts if one.start < at < one.end), at)
        if not self.text[:at].strip():
            return
        rest, inserts, marks = self.text[at:], self._inserts, self._marks
        before = [one for one in inserts if one.end <= at]
        sources = self.sources and self.sources.shift(at)
        self.closed.append(
            self._passage(self.text[:at], before, [mark for mark in marks if mark.at < at], None, sources)
        )
        self.text, self._lead_s = rest, 0.0
        self._inserts = [replace(one, start=one.start - at, end=one.end - at) for one in inserts[len(before) :]]
        self._marks = [replace(mark, at=mark.at - at) for mark in marks if mark.at >= at]
        if self._is_blank():
            self._marks += [Mark(name, 0) for name, _ in self._between]
            self._between = []

    def finish(self, place: Place) -> None:
        """Close the open passage; marks behind the last text mark its end."""
        self.close(place)
        if self._marks and self.closed:
            last = self.closed[-1]
            ends = tuple(replace(mark, at=len(last.text)) for mark in self._marks)
            self.closed[-1] = replace(last, marks=last.marks + ends)
            self._marks = []

    def take(self) -> list[Passage]:
        """Return the closed passages and forget them."""
        taken, self.closed = self.closed, []
        return taken

    def take_complete(self) -> list[Passage]:
        """Return the closed passages that no punctuation can follow, and forget them."""
        may_follow = bool(self.closed) and not self.text and self.closed[-1].pause_s is None
        kept = self.closed[-1:] if may_follow else []
        taken, self.closed = self.closed[: len(self.closed) - len(kept)], kept
        return taken

    def _end_previous(self, text: str, sources: SourceMap | None) -> str:
        """Give punctuation at the beginning of `text` to the passage that it ends; return the rest."""
        found = _ENDS_PREVIOUS.match(text)
        if not found or self.text or not self.closed or self.closed[-1].pause_s is not None:
            return text
        last = self.closed[-1]
        self.closed[-1] = replace(last, text=last.text + found[0])
        if last.sources and sources:
            last.sources.extend(sources.copy().shift(found.end()).runs)
        return text[found.end() :]

    def _begin_at_marks(self) -> None:
        """Close the open passage; the marks behind its punctuation are where the next one begins."""
        between, self._between = self._between, []
        self.close(between[0][1])
        self._marks += [Mark(name, 0) for name, _ in between]

    def _is_blank(self) -> bool:
        return not self.text.strip()

    def _passage(
        self,
        text: str,
        inserts: list[Insert],
        marks: list[Mark],
        pause_s: float | None,
        sources: SourceMap | None,
    ) -> Passage:
        manner = self.manner
        return Passage(
            text,
            manner.delivery,
            manner.language,
            tuple(inserts),
            tuple(marks),
            pause_s,
            lead_s=self._lead_s,
            sources=sources,
        )


_RULES = ("markup",)
"""Rules of text that the markup gives."""


def _ended(sentence: str, sources: SourceMap | None) -> str:
    """Return a sentence that ends with punctuation and a space; `sources` are those of it."""
    written = sentence.rstrip()
    stop = "." if written.rstrip(_CLOSING)[-1:].isalnum() else ""
    if not stop and sentence[-1].isspace():
        return sentence
    if sources:
        sources.edit([(len(written), len(sentence), f"{stop} ")], "markup")
    return f"{written}{stop} "
