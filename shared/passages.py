"""Marked text: passages with their voice, delivery, pauses, marks and own spoken forms. Frozen values, no behaviour.

Markup becomes passages before the text is normalised, so no tag can be spoken and no spoken form be taken for a tag.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from shared.source_map import SourceMap

if TYPE_CHECKING:
    from shared.types import Voice


@dataclass(frozen=True, slots=True)
class Delivery:
    """Manner in which a chunk is spoken: its voice (None: that of the request), its rate and its gain as factors."""

    voice: "Voice | None" = None
    rate: float = 1.0
    gain: float = 1.0


PLAIN = Delivery()


@dataclass(frozen=True, slots=True)
class SayAs:
    """Kind of a span, as in SSML's `say-as`: `kind` is one of `processing.normalise.say_as.KINDS`."""

    kind: str
    format: str = ""


@dataclass(frozen=True, slots=True)
class Phonemes:
    """Phones of a span, of the inventory of `processing.phonemes`."""

    phones: tuple[str, ...]


Spoken = str | SayAs | Phonemes
"""Own spoken form of a span: words that are spoken unchanged, its kind, or its phones."""


@dataclass(frozen=True, slots=True)
class Insert:
    """Span of a passage's text with its own spoken form."""

    start: int
    end: int
    spoken: Spoken


@dataclass(frozen=True, slots=True)
class Mark:
    """Name of a place in a passage's text, whose time is reported."""

    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Passage:
    """Text that is spoken in one manner.

    `pause_s` is the pause behind it in seconds; None: the pause of its punctuation or, if `ends_paragraph`, that of a
    paragraph. `lead_s` is silence before it. `sources` map its text to the text that the client sent, where that
    is asked for.
    `language` is a BCP 47 tag; "" where the text shows its language. Inserts and marks are in the order of the text.
    """

    text: str
    delivery: Delivery = PLAIN
    language: str = ""
    inserts: tuple[Insert, ...] = ()
    marks: tuple[Mark, ...] = ()
    pause_s: float | None = None
    ends_paragraph: bool = False
    lead_s: float = 0.0
    sources: SourceMap | None = field(default=None, compare=False, repr=False)


class SourcedText(str):
    """Text with the map of its characters to the text that the client sent."""

    __slots__ = ("sources",)
    sources: SourceMap

    @classmethod
    def of(cls, text: str, sources: SourceMap) -> Self:
        sourced = cls(text)
        sourced.sources = sources
        return sourced

    @classmethod
    def concatenate(cls, texts: Iterable["SourcedText"]) -> Self:
        """Return the texts as one."""
        kept = tuple(texts)
        return cls.of("".join(kept), SourceMap.of(run for text in kept for run in text.sources.runs))

    def lstrip(self, characters: str | None = None, /) -> "SourcedText":
        """Return the text without white space, or `characters`, at its beginning."""
        text, sources = super().lstrip(characters), self.sources.copy()
        sources.shift(len(self) - len(text))
        return SourcedText.of(text, sources)


class MarkedText(str):
    """Text of passages as one string, which limits, credits and records read, with the passages themselves."""

    __slots__ = ("passages",)
    passages: tuple[Passage, ...]

    @classmethod
    def of(cls, passages: Iterable[Passage]) -> Self:
        """Return the text of `passages`, separated by spaces."""
        kept = tuple(passages)
        text = cls(" ".join([passage.text.strip() for passage in kept]))
        text.passages = kept
        return text


@dataclass(frozen=True, slots=True)
class Ignored:
    """Markup without effect: `what` it is, the reason, its first place (both from 1), and how often it occurs."""

    what: str
    reason: str
    line: int
    column: int
    times: int = 1


@dataclass(frozen=True, slots=True)
class MarkupReport:
    """Effect of a text's markup: how often each element was applied, and what was ignored."""

    applied: Mapping[str, int] = field(default_factory=dict)
    ignored: tuple[Ignored, ...] = ()
