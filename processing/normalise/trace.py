"""Trace of the normaliser: which part of the written text became which words, and by which rules.

Each character of the text, through all of its changes, keeps the span of the written text that it comes from and the
names of the rules that made it. Without a trace the normaliser pays nothing for it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from processing.normalise.kept import PLACEHOLDER, Kept
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule

LOOKED_AHEAD = 32
"""Characters that are compared to find where two texts agree again after a difference."""
AGREED = 4
"""Characters that must agree for that."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Origin of one character: a span of the written text, and the rules that made it, in order."""

    start: int
    end: int
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """Part of the written text, from `start` to `end`, that is spoken otherwise, from `spoken_start` to `spoken_end`."""

    start: int
    end: int
    spoken_start: int
    spoken_end: int
    rules: tuple[str, ...]


class TracedText:
    """Text with the origin of each of its characters."""

    def __init__(self, text: str, cells: Sequence[Cell]) -> None:
        self.text, self.cells = text, list(cells)

    @classmethod
    def written(cls, text: str) -> "TracedText":
        """Return a text as it was written."""
        return cls(text, [Cell(at, at + 1) for at in range(len(text))])

    def part(self, start: int, end: int) -> "TracedText":
        return TracedText(self.text[start:end], self.cells[start:end])

    def edit(self, edits: Iterable[tuple[int, int, str]], rule: str) -> None:
        """Replace each span of the text, given in order, by the words of `rule`."""
        cells: list[Cell] = []
        texts: list[str] = []
        done = 0
        for start, end, words in edits:
            cells += self.cells[done:start]
            cells += [self._joined(start, end, rule)] * len(words)
            texts += (self.text[done:start], words)
            done = end
        self.text, self.cells = "".join([*texts, self.text[done:]]), cells + self.cells[done:]

    def become(self, text: str, rule: str) -> None:
        """Replace the text by one that differs in few places."""
        if text != self.text:
            self.edit(_differences(self.text, text), rule)

    def changes(self) -> Iterator[Change]:
        """Yield the parts that are spoken otherwise than they are written, or not at all, in order."""
        at = upto = 0
        for cell, group in groupby(self.cells):
            length = len(list(group))
            if cell.start > upto:
                yield Change(upto, cell.start, at, at, ("unspoken",))
            if cell.rules:
                yield Change(cell.start, cell.end, at, at + length, cell.rules)
            at += length
            upto = max(upto, cell.end)

    def _joined(self, start: int, end: int, rule: str) -> Cell:
        replaced = self.cells[start:end]
        if not replaced:
            near = self.cells[start - 1].end if start else (self.cells[0].start if self.cells else 0)
            return Cell(near, near, (rule,))
        rules = dict.fromkeys([name for cell in replaced for name in cell.rules] + [rule])
        return Cell(min(cell.start for cell in replaced), max(cell.end for cell in replaced), tuple(rules))


def join_traced(parts: Sequence[TracedText]) -> TracedText:
    """Return the joined text of `parts`."""
    return TracedText("".join([part.text for part in parts]), [cell for part in parts for cell in part.cells])


def _differences(before: str, after: str) -> Iterator[tuple[int, int, str]]:
    """Yield the edits that make `after` of `before`; where they agree again is searched in LOOKED_AHEAD characters."""
    left = right = 0
    while left < len(before) or right < len(after):
        if before[left : left + 1] == after[right : right + 1] != "":
            left, right = left + 1, right + 1
            continue
        next_left, next_right = _agreement(before, after, left, right)
        yield left, next_left, after[right:next_right]
        left, right = next_left, next_right


def _agreement(before: str, after: str, left: int, right: int) -> tuple[int, int]:
    for distance in range(1, LOOKED_AHEAD):
        for skipped in range(distance + 1):
            ahead, behind = left + distance - skipped, right + skipped
            ended = ahead >= len(before) and behind >= len(after)
            if ended or (before[ahead : ahead + AGREED] == after[behind : behind + AGREED] != ""):
                return min(ahead, len(before)), min(behind, len(after))
    return len(before), len(after)


class Trace:
    """Recorder of one text's way through the normaliser, which calls these methods in the order of its work."""

    def __init__(self) -> None:
        self._plain = self._section = TracedText.written("")
        self._parts: list[TracedText] = []
        self._done: list[TracedText] = []
        self._at = 0
        self.changes: tuple[Change, ...] = ()

    def begin(self, written: str, plain: str, kept: Sequence[Kept]) -> None:
        """Take the text as written, in plain characters, and the parts for which placeholders stand in it."""
        between = plain.split(PLACEHOLDER)
        traced = TracedText.written(written)
        pieces = [part for pair in zip(between, [*(one.written for one in kept), ""], strict=True) for part in pair]
        traced.become("".join(pieces), "characters")
        cells: list[Cell] = []
        at = 0
        for text, part in zip(between, [*kept, None], strict=True):
            cells += traced.cells[at : at + len(text)]
            at += len(text)
            if part:
                inside = traced.cells[at : at + len(part.written)]
                near = inside[0].start if inside else (cells[-1].end if cells else 0)
                cells.append(Cell(near, inside[-1].end if inside else near))
                at += len(part.written)
        self._plain, self._kept = TracedText(plain, cells), kept

    def begin_sentence(self, start: int) -> None:
        self._at, self._parts = start, []

    def begin_section(self, section: str) -> None:
        """Take the next section of the sentence, which may begin with a space that was added."""
        added = int(self._plain.text[self._at : self._at + len(section)] != section)
        part = self._plain.part(self._at, self._at + len(section) - added)
        self._at += len(section) - added
        part.become(section, "sections")
        self._section = part
        self._parts.append(part)

    def apply(self, rule: Rule, verbalizer: Verbalizer) -> None:
        """Apply a rule to the section, as the normaliser does."""
        self._section.edit(rule.edits(self._section.text, verbalizer), rule.name)

    def become(self, text: str, rule: str) -> None:
        """Change the section to `text`."""
        self._section.become(text, rule)

    def end_sentence(self, text: str) -> None:
        whole = join_traced(self._parts)
        whole.become(text, "sections")
        self._done.append(whole)

    def finish(self, text: str, words: Sequence[str]) -> None:
        """Take the whole spoken text, and the words that are in it for the placeholders."""
        whole = join_traced(self._done)
        places = [at for at, sign in enumerate(whole.text) if sign == PLACEHOLDER]
        for at, said, part in reversed(list(zip(places, words, self._kept, strict=False))):
            origin = whole.cells[at]
            changed = said != part.written
            cell = Cell(origin.start, origin.end, (part.kind,) if changed else ())
            if changed:
                whole.cells[at : at + 1] = [cell] * len(said)
            else:
                whole.cells[at : at + 1] = [Cell(origin.start + n, origin.start + n + 1) for n in range(len(said))]
        between = whole.text.split(PLACEHOLDER)
        whole.text = "".join([part for pair in zip(between, [*words, ""], strict=True) for part in pair])
        whole.become(text, "ends")
        self.changes = tuple(whole.changes())
