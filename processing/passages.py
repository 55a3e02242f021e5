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
from shared.types import AUTO, Reading


def resolve_passage(passage: Passage, *, known: Collection[str], unknown: Literal["drop", "refuse"]) -> Passage:
    """Return `passage` with its emotion tags resolved, as `emotion.resolve_tags` does; inserts hold none.

    Raises ValidationFailed for an unknown tag if `unknown` is `refuse`.
    """
    if "[" not in passage.text and "<" not in passage.text:
        return passage
    if not passage.inserts and not passage.marks:
        return replace(passage, text=resolve_tags(passage.text, known=known, unknown=unknown))
    borders = sorted({0, len(passage.text), *(mark.at for mark in passage.marks)} | _edges(passage))
    inside = {one.start for one in passage.inserts}
    moved, text = {0: 0}, ""
    for start, end in pairwise(borders):
        piece = passage.text[start:end]
        text += piece if start in inside else resolve_tags(piece, known=known, unknown=unknown)
        moved[end] = len(text)
    return replace(
        passage,
        text=text,
        inserts=tuple(replace(one, start=moved[one.start], end=moved[one.end]) for one in passage.inserts),
        marks=tuple(replace(mark, at=moved[mark.at]) for mark in passage.marks),
    )


def keep_written(passage: Passage, *, reading: Reading, spoken: Sequence[str]) -> Normalised:
    """Return the text of a passage as it is written, with the spoken forms of its inserts.

    Raises ValidationFailed for a language that the voice does not speak; `spoken` are those that it speaks.
    """
    reader = LanguageChooser(passage.text, declared=reading.language, spoken=spoken).reader_of(passage.text)
    if not isinstance(reader, OtherScript):
        reader = reader.with_reading(replace(reading, language=AUTO))
    text, marks = keep_spans(passage, reader)
    return Normalised(text, reader.code, marks=marks)


def _edges(passage: Passage) -> set[int]:
    return {place for one in passage.inserts for place in (one.start, one.end)}
