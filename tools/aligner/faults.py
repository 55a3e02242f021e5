"""Faults put into pairs on purpose: a word's tokens removed, doubled or replaced, or a tail of another text's."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tools.aligner.pairs import Pair

TAIL_TOKENS = 25, 100
"""Tokens of a tail, least and most: half a second to two."""


class Injection(StrEnum):
    """Kind of a fault that is put in."""

    REMOVED = "removed"
    DOUBLED = "doubled"
    REPLACED = "replaced"
    TAIL = "tail"


@dataclass(frozen=True, slots=True)
class Bounded:
    """Pair with the first token of each word, and the token after the last word."""

    pair: Pair
    words: tuple[str, ...]
    bounds: tuple[int, ...]

    def tokens(self, word: int) -> tuple[int, ...]:
        """Return the tokens of a word up to the next one."""
        return self.pair.tokens[self.bounds[word] : self.bounds[word + 1]]


def inject(one: Bounded, others: Sequence[Bounded], kind: Injection, rng: random.Random) -> Pair:
    """Return the pair with a fault at a random word; `others` has texts of the same language with other words."""
    tokens, bounds = one.pair.tokens, one.bounds
    word = rng.randrange(len(one.words))
    other = rng.choice(others)
    before, own, after = tokens[: bounds[word]], one.tokens(word), tokens[bounds[word + 1] :]
    match kind:
        case Injection.REMOVED:
            return Pair(one.pair.text, before + after)
        case Injection.DOUBLED:
            return Pair(one.pair.text, before + own + own + after)
        case Injection.REPLACED:
            foreign = [at for at, text in enumerate(other.words) if text != one.words[word]]
            return Pair(one.pair.text, before + other.tokens(rng.choice(foreign or [0])) + after)
        case Injection.TAIL:
            return Pair(one.pair.text, tokens + other.pair.tokens[: rng.randint(*TAIL_TOKENS)])


def injected(rows: Sequence[Bounded], seed: int) -> Iterator[tuple[Injection | None, Pair]]:
    """Yield each pair as it is (None), and with one fault of each kind; texts of one word are left out."""
    rng = random.Random(seed)
    rows = [row for row in rows if len(row.words) > 1]
    for at, row in enumerate(rows):
        yield None, row.pair
        others = [other for i, other in enumerate(rows) if i != at and other.pair.text != row.pair.text]
        if others:
            yield from ((kind, inject(row, others, kind, rng)) for kind in Injection)
