"""Trace of the normaliser: which part of the written text became which words, and by which rules.

Each run of the text, through all of its changes, keeps the span of the written text that it comes from and the names
of the rules that made it. Without a trace the normaliser pays nothing for it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from processing.normalise.kept import PLACEHOLDER, Kept
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule
from shared.source_map import Cursor, Edit, Run, SourceMap

_TWO_SPACES = re.compile("  ")


@dataclass(frozen=True, slots=True)
class Change:
    """Part of the written text, from `start` to `end`, that is spoken otherwise, from `spoken_start` to `spoken_end`."""

    start: int
    end: int
    spoken_start: int
    spoken_end: int
    rules: tuple[str, ...]


class Trace:
    """Recorder of one text's way through the normaliser, which calls these methods in the order of its work.

    `sources` is at first the map of the plain text with placeholders, and in the end that of the spoken text, each to
    the written text.
    """

    def __init__(self) -> None:
        self.sources = self.section = SourceMap()
        self._done = SourceMap()
        self._sections: list[SourceMap] = []

    @property
    def changes(self) -> tuple[Change, ...]:
        """Return the parts that are spoken otherwise than they are written, or not at all, in order."""
        return tuple(_changes(self.sources))

    def begin(self, plain: str, kept: Sequence[Kept]) -> None:
        """Take the plain text, whose sources are known by now, and the parts for which placeholders stand in it."""
        self._plain, self._kept = plain, kept
        self._cursor, self._at = Cursor(self.sources.runs), 0

    def begin_section(self, section: str) -> SourceMap:
        """Take the next section, which may begin with a space that was added, and return its map."""
        added = int(self._plain[self._at : self._at + len(section)] != section)
        end = self._at + len(section) - added
        self.section = SourceMap.of(self._cursor.take(self._at, end))
        if added:
            self.section.edit([(0, 0, " ")], "sections")
        self._at = end
        self._sections.append(self.section)
        return self.section

    def apply(self, rule: Rule, text: str, verbalizer: Verbalizer) -> None:
        """Apply a rule to the section, whose text it is, as the normaliser does."""
        self.section.edit(rule.edits(text, verbalizer), rule.name)

    def digits(self, text: str, plain: str) -> None:
        """Take the section's text with its digits as ASCII digits, character for character."""
        if text != plain:
            self.section.edit(_runs_of_difference(text, plain), "digits")

    def end_sentence(self, parts: Sequence[str]) -> None:
        """Join the sections, with single spaces between them."""
        sentence = SourceMap()
        for section in self._sections:
            sentence.extend(section.runs)
        if len(parts) > 1:
            found = _TWO_SPACES.finditer("".join(parts))
            sentence.edit([(match.start(), match.end(), " ") for match in found], "sections")
        self._done.extend(sentence.runs)
        self._sections = []

    def finish(self, text: str, words: Sequence[str]) -> None:
        """Take the whole spoken text with placeholders, and the words for each; white space at its ends is dropped."""
        between = text.split(PLACEHOLDER)
        whole = "".join([part for pair in zip(between, [*words, ""], strict=True) for part in pair])
        self.sources = self._filled(between, words) if words else self._done
        start = len(whole) - len(whole.lstrip())
        if start or whole[-1:].isspace():
            self.sources.shift(start)
            self.sources = self.sources.shift(len(whole.strip()))

    def _filled(self, between: Sequence[str], words: Sequence[str]) -> SourceMap:
        """Return the map of the spoken text, in which `words` stand between the other parts."""
        cursor, runs, at = Cursor(self._done.runs), SourceMap(), 0
        for before, said, part in zip(between, words, self._kept, strict=False):
            runs.extend(cursor.take(at, at + len(before)))
            at += len(before) + 1
            (origin,) = cursor.take(at - 1, at)
            runs.extend([Run(len(said), origin.start, origin.end, () if said == part.written else (part.kind,))])
        runs.extend(cursor.take(at, None))
        return runs


def _changes(sources: SourceMap) -> Iterator[Change]:
    at = upto = 0
    for run in sources.runs:
        if run.start > upto:
            yield Change(upto, run.start, at, at, ("unspoken",))
        if run.rules:
            yield Change(run.start, run.end, at, at + run.length, run.rules)
        at += run.length
        upto = max(upto, run.end)


def _runs_of_difference(text: str, other: str) -> Iterator[Edit]:
    start: int | None = None
    for at, (one, two) in enumerate(zip(text, other, strict=True)):
        if one != two:
            start = at if start is None else start
        elif start is not None:
            yield start, at, other[start:at]
            start = None
    if start is not None:
        yield start, len(text), other[start:]
