"""Passages before and without normalising: their emotion tags, and their text as it is written."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Literal

from processing.emotion import resolve_tags
from processing.normalise import Normalised
from processing.normalise.kept import keep_spans
from processing.normalise.language import LanguageChooser
from processing.normalise.other_scripts import OtherScript
from shared.passages import Passage
from shared.source_map import SourceMap
from shared.types import AUTO, Reading


def resolve_passage(passage: Passage, *, known: Collection[str], unknown: Literal["drop", "refuse"]) -> Passage:
    """Return `passage` with its emotion tags resolved, as `emotion.resolve_tags` does; inserts hold none.

    Raises ValidationFailed for an unknown tag if `unknown` is `refuse`.
    """
    if "[" not in passage.text and "<" not in passage.text:
        return passage
    if not passage.inserts and not passage.marks:
        sources = passage.sources and passage.sources.copy()
        text = resolve_tags(passage.text, known=known, unknown=unknown, sources=sources)
        return replace(passage, text=text, sources=sources)
    borders = sorted({0, len(passage.text), *(mark.at for mark in passage.marks)} | _edges(passage))
    inside = {one.start for one in passage.inserts}
    moved, text = {0: 0}, ""
    made = SourceMap()
    for start, end in pairwise(borders):
        piece, of_piece = passage.text[start:end], SourceMap.verbatim(end - start, start)
        text += piece if start in inside else resolve_tags(piece, known=known, unknown=unknown, sources=of_piece)
        made.extend(of_piece.runs)
        moved[end] = len(text)
    sources = passage.sources and passage.sources.copy()
    if sources:
        sources.compose(made)
    return replace(
        passage,
        text=text,
        sources=sources,
        inserts=tuple(replace(one, start=moved[one.start], end=moved[one.end]) for one in passage.inserts),
        marks=tuple(replace(mark, at=moved[mark.at]) for mark in passage.marks),
    )


def keep_written(
    passage: Passage, *, reading: Reading, spoken: Sequence[str], sources: SourceMap | None = None
) -> Normalised:
    """Return the text of a passage as it is written, with the spoken forms of its inserts.

    `sources`, empty, become those of the result in the passage's text. Raises ValidationFailed for a language that the
    voice does not speak; `spoken` are those that it speaks.
    """
    reader = LanguageChooser(passage.text, declared=reading.language, spoken=spoken).reader_of(passage.text)
    if not isinstance(reader, OtherScript):
        reader = reader.with_reading(replace(reading, language=AUTO))
    text, marks = keep_spans(passage, reader, sources)
    return Normalised(text, reader.code, marks=marks)


def _edges(passage: Passage) -> set[int]:
    return {place for one in passage.inserts for place in (one.start, one.end)}
