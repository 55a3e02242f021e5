"""Generator of short everyday English from the grammar in everyday.txt: greetings, requests, questions, numbers.

A rule is `name: choice | choice`; an indented line continues it. `{name}` in a choice stands for a random expansion of
that name. The caller gives the open word classes (noun, verb, adj and so on).
"""

import random
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

Words = Mapping[str, tuple[Sequence[str], Sequence[float]]]
_SLOT = re.compile(r"\{(\w+)\}")


def read_grammar(path: Path) -> dict[str, list[str]]:
    """Return each name with its choices; a choice that is listed twice is drawn twice as often."""
    rules = re.sub(r"\n\s+", " ", path.read_text()).splitlines()
    return {name: choices.split(" | ") for name, _, choices in (rule.partition(": ") for rule in rules)}


class Everyday:
    """Generator of sentences. `words` gives the open classes with cumulative weights."""

    def __init__(self, words: Words, rng: random.Random) -> None:
        self._words = words
        self._rng = rng
        self._grammar = read_grammar(Path(__file__).with_name("everyday.txt"))

    def sentence(self) -> str:
        """Return a random sentence."""
        text = self._expand("{sentence}")
        return re.sub(r"(^|[.?!] )([a-z])", lambda match: match[1] + match[2].upper(), text)

    def _expand(self, rule: str) -> str:
        return _SLOT.sub(lambda match: self._expand(self._choose(match[1])), rule)

    def _choose(self, name: str) -> str:
        if name in self._words:
            words, cumulative = self._words[name]
            return self._rng.choices(words, cum_weights=cumulative)[0]
        return self._rng.choice(self._grammar[name])
