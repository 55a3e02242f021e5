"""Map from the characters of a text to those of the text that it was made of, through all changes. No I/O."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate

Edit = tuple[int, int, str]
"""Start and end of the characters that are replaced, and the text that replaces them."""


@dataclass(frozen=True, slots=True)
class Run:
    """Run of `length` characters that come from the source's characters `start` to `end`; `rules` made them, in order.

    Without rules, a run as long as its source is that part of it, character for character.
    """

    length: int
    start: int
    end: int
    rules: tuple[str, ...] = ()

    @property
    def is_verbatim(self) -> bool:
        return not self.rules and self.end - self.start == self.length

    def part(self, first: int, end: int) -> "Run":
        """Return the run of the characters `first` to `end` of this one."""
        if self.is_verbatim:
            return Run(end - first, self.start + first, self.start + end)
        return Run(end - first, self.start, self.end, self.rules)


@dataclass(slots=True)
class SourceMap:
    """Runs of a text, in order. Changes of the text are applied by `edit`, in time linear in runs and edits."""

    runs: list[Run] = field(default_factory=list)

    @classmethod
    def of(cls, runs: Iterable[Run]) -> "SourceMap":
        """Return the map of these runs, with neighbours joined."""
        made = cls()
        made.extend(runs)
        return made

    @classmethod
    def verbatim(cls, length: int, start: int = 0) -> "SourceMap":
        """Return the map of a text that is the source from `start` on."""
        return cls.of([Run(length, start, start + length)])

    def copy(self) -> "SourceMap":
        return SourceMap(list(self.runs))

    def extend(self, runs: Iterable[Run]) -> None:
        """Append the runs of text that follows."""
        for run in runs:
            if not run.length:
                continue
            last = self.runs[-1] if self.runs else None
            if last and (joined := _joined(last, run)):
                self.runs[-1] = joined
            else:
                self.runs.append(run)

    def shift(self, length: int) -> "SourceMap":
        """Remove the first `length` characters, and return their map."""
        cursor = Cursor(self.runs)
        first = SourceMap.of(cursor.take(0, length))
        self.runs = cursor.take(length, None)
        return first

    def edit(self, edits: Iterable[Edit], rule: str) -> None:
        """Apply the edits of `rule`, which are in order and without overlap. "" is no rule."""
        cursor = Cursor(self.runs)
        made: list[Run] = []
        done = 0
        for start, end, words in edits:
            made += cursor.take(done, start)
            made.append(_replaced(cursor, start, end, len(words), (rule,) if rule else ()))
            done = end
        if done or made:
            self.runs = []
            self.extend(made + cursor.take(done, None))

    def compose(self, made: "SourceMap") -> None:
        """Become the map of a text whose map to this map's text is `made`."""
        cursor = Cursor(self.runs)
        runs: list[Run] = []
        for run in made.runs:
            if run.is_verbatim:
                runs += cursor.take(run.start, run.end)
            else:
                runs.append(_replaced(cursor, run.start, run.end, run.length, run.rules))
        self.runs = []
        self.extend(runs)


class Locator:
    """Finder of spans in the source of a map, which no longer changes and is not empty."""

    def __init__(self, sources: SourceMap) -> None:
        self._runs, self._ends = sources.runs, list(accumulate(run.length for run in sources.runs))

    def locate(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the source that the characters `start` to `end` come from, in logarithmic time."""
        ends, runs = self._ends, self._runs
        first = min(bisect_right(ends, start), len(runs) - 1)
        last = min(bisect_right(ends, max(start, end - 1)), len(runs) - 1)
        begin, final = runs[first], runs[last]
        low = begin.start + (start - ends[first] + begin.length if begin.is_verbatim else 0)
        high = final.end - (ends[last] - end if final.is_verbatim else 0)
        return low, max(low, high)


class Cursor:
    """Reader of runs from the first to the last."""

    def __init__(self, runs: list[Run]) -> None:
        self._runs, self._number, self._at = runs, 0, 0

    def take(self, start: int, end: int | None) -> list[Run]:
        """Return the runs of the characters `start` to `end`, not before those that were taken already."""
        runs, taken = self._runs, []
        while self._number < len(runs):
            run, at = runs[self._number], self._at
            low = max(start - at, 0)
            high = run.length if end is None else min(end - at, run.length)
            if low < high:
                taken.append(run if high - low == run.length else run.part(low, high))
            if end is not None and end - at < run.length:
                break
            self._number, self._at = self._number + 1, at + run.length
        return taken

    def place(self, at: int) -> int:
        """Return the place in the source behind the character before `at`, which is the place that was reached."""
        if self._number < len(self._runs) and at > self._at:
            return self._runs[self._number].part(0, at - self._at).end
        if self._number:
            return self._runs[self._number - 1].end
        return self._runs[0].start if self._runs else 0


def substitute(
    pattern: re.Pattern[str],
    said: str | Callable[[re.Match[str]], str],
    text: str,
    sources: SourceMap | None,
    rule: str = "characters",
) -> str:
    """Return `text` with each match of `pattern` replaced, as `re` does; `sources` are those of the text."""
    if sources is None:
        return pattern.sub(said, text)
    say = said if callable(said) else lambda match: match.expand(said)
    edits = [(match.start(), match.end(), say(match)) for match in pattern.finditer(text)]
    return replace_spans(text, edits, sources, rule) if edits else text


def replace_spans(text: str, edits: Iterable[Edit], sources: SourceMap | None, rule: str = "characters") -> str:
    """Return `text` with the edits applied, and apply them to its sources."""
    if sources is not None:
        edits = list(edits)
        sources.edit([edit for edit in edits if text[edit[0] : edit[1]] != edit[2]], rule)
    return "".join(_applied(text, edits))


def _applied(text: str, edits: Iterable[Edit]) -> Iterator[str]:
    done = 0
    for start, end, words in edits:
        yield text[done:start]
        yield words
        done = end
    yield text[done:]


def _joined(last: Run, run: Run) -> Run | None:
    """Return two neighbours as one run; None if they are two."""
    if last.is_verbatim and run.is_verbatim:
        return Run(last.length + run.length, last.start, run.end) if last.end == run.start else None
    if run.rules and (run.start, run.end, run.rules) == (last.start, last.end, last.rules):
        return Run(last.length + run.length, run.start, run.end, run.rules)
    return None


def _replaced(cursor: Cursor, start: int, end: int, length: int, rules: tuple[str, ...]) -> Run:
    """Return the run of a text that `rules` made of the characters `start` to `end`."""
    replaced = cursor.take(start, end)
    if not replaced:
        near = cursor.place(start)
        return Run(length, near, near, rules)
    names = dict.fromkeys([name for run in replaced for name in run.rules] + list(rules))
    return Run(length, min(run.start for run in replaced), max(run.end for run in replaced), tuple(names))
