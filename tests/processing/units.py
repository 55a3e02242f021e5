"""Generators of texts that are hard on patterns: a unit repeated between a prefix and a suffix.

Units come from the patterns. `of_pattern` walks the parse tree of a pattern, so that its units reach inner
repetitions; `of_tokens` joins characters and words of all patterns. Both are deterministic.
"""

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from re import _constants as ops
from re import _parser

from tests.hostile import text_of

_REPEATS = {ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT}
_MEMBERS = {
    ops.CATEGORY_DIGIT: "07",
    ops.CATEGORY_NOT_DIGIT: "a ",
    ops.CATEGORY_SPACE: " \t",
    ops.CATEGORY_NOT_SPACE: "a.",
    ops.CATEGORY_WORD: "aA0",
    ops.CATEGORY_NOT_WORD: " .",
}
_ANY = "a0A .,-/:क్\u200d!@é"
_CLASSES = "0 7 12 999 a z ab A Q IV क मि ्क లు 😀 \u0301 \u0315 \u200d \u094d ₹ ½ ² ⁴ √ ’ ” — … ५ ﬁ ⑳ é ß 中 ᄀ ᅡ".split(
    " "
)
_SPACES = (" ", " ", "\n", "\t", "\u00a0")
_BREAKERS = ("", "", "a", "0", "!", " ", "\n", "A", "क", "-", ".", ",", "@")
_TIMES = (1, 1, 1, 1, 2, 3, 8, 24, 75)
"""Repetitions of a part inside a unit; bounded repetitions of the patterns go up to about 75."""
LONGEST = 200
"""Longest unit, in characters."""


@dataclass(frozen=True)
class Hostile:
    """Text of a repeated `unit` between `before` and `after`."""

    unit: str
    before: str = ""
    after: str = ""

    def text(self, size: int) -> str:
        return self.before + text_of(self.unit, max(1, size - len(self.before) - len(self.after))) + self.after


def tokens(patterns: Iterable[str]) -> list[str]:
    """Return the characters and words in the sources of `patterns`, and a member of each class that they may name."""
    source = " ".join(patterns)
    return sorted({*source, *re.findall(r"[^\W\d_]{2,8}", source), *_CLASSES} - {"\x00"}) + list(_SPACES)


def of_tokens(known: list[str], count: int, seed: int) -> Iterator[Hostile]:
    """Yield `count` texts whose units are one to four of the tokens `known`, each alone or repeated."""
    rng = random.Random(seed)

    def draw(most: int) -> str:
        return "".join([rng.choice(known) * rng.choice(_TIMES) for _ in range(rng.randint(1, most))])

    for _ in range(count):
        before = draw(2)[:40] if rng.random() < 0.3 else ""
        yield Hostile(draw(4)[:LONGEST], before, rng.choice(_BREAKERS))


def of_pattern(source: str, flags: int, count: int, seed: int) -> Iterator[Hostile]:
    """Yield `count` texts from the parse tree of a pattern: its matches, and runs of its repeated parts."""
    sampler = _Sampler(random.Random(seed))
    rng = sampler.rng
    tree = _parser.parse(source, flags)
    bodies = [tree, *_bodies(tree)]
    for _ in range(count):
        head = sampler.draw(tree)[: rng.choice((0, 3, 20))]
        runs = [sampler.draw(rng.choice(bodies)) * rng.choice(_TIMES) for _ in range(rng.randint(1, 2))]
        unit = (head + "".join(runs))[: LONGEST - 1] + rng.choice(_BREAKERS)
        before = sampler.draw(tree)[:40] if rng.random() < 0.3 else ""
        yield Hostile(unit or "a", before, rng.choice(_BREAKERS))


def _bodies(tree: _parser.SubPattern) -> Iterator[_parser.SubPattern]:
    """Yield the repeated parts below `tree`, including those in lookarounds."""
    for op, value in tree:
        if op in _REPEATS:
            yield value[2]
        for inner in _inner(op, value):
            yield from _bodies(inner)


def _inner(op: object, value: object) -> list[_parser.SubPattern]:
    if op is ops.BRANCH:
        return value[1]
    if op is ops.ATOMIC_GROUP:
        return [value]
    if op in (ops.SUBPATTERN, ops.ASSERT, ops.ASSERT_NOT) or op in _REPEATS:
        return [value[-1]]
    return []


class _Sampler:
    """Generator of strings that match a parse tree without its lookarounds."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def draw(self, tree: _parser.SubPattern) -> str:
        return "".join([self._one(op, value) for op, value in tree])

    def _one(self, op: object, value: object) -> str:
        if op is ops.LITERAL:
            return chr(value)
        if op is ops.IN:
            return self._member(value)
        if op in _REPEATS:
            least, most, body = value
            times = least if self.rng.random() < 0.5 else min(int(most), least + self.rng.choice((0, 1, 2, 5)))
            return "".join([self.draw(body) for _ in range(times)])
        if op is ops.ASSERT_NOT or (op is ops.ASSERT and self.rng.random() < 0.5):
            return ""
        inner = _inner(op, value)
        if inner:
            return self.draw(self.rng.choice(inner))
        return "" if op is ops.AT else self.rng.choice(_ANY)  # of `.`, `[^x]` and a reference to a group, any will do

    def _member(self, items: list[tuple[object, object]]) -> str:
        members: list[str] = []
        for op, value in items:
            if op is ops.LITERAL:
                members.append(chr(value))
            elif op is ops.RANGE:
                members += [chr(value[0]), chr(value[1]), chr(sum(value) // 2)]
            elif op is ops.CATEGORY:
                members += _MEMBERS[value]
        if items[0][0] is ops.NEGATE:
            members = [each for each in _ANY if each not in members] or ["\u2603"]
        return self.rng.choice(members)
