"""How numbers are written: the pattern fragments that the rules share, and the reading of what they match."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from processing.normalise.languages import VERBALIZERS
from processing.normalise.verbalizer import Amount, Verbalizer, WrittenForms

GROUPED = r"\d{1,3}(?:,\d{2,3}){0,6},\d{3}(?!\d)"
WHOLE = rf"(?:{GROUPED}|\d{{1,15}})"
NUMBER = rf"{WHOLE}(?:\.\d{{1,12}})?(?!\d)"
LONG = "\uffff"
"""Among what stands beside figures: a figure of three digits or more."""
BEFORE = r"(?<![\w.,])"
"""No digit, letter or decimal sign stands before."""
DASH = r" ?[-–—~] ?"
AFTER = r"(?![\w\u0900-\u0d7f])"
"""No letter or digit of any script follows."""


def alternatives(forms: Iterable[str]) -> str:
    """Return a pattern for any of `forms`, the longest first."""
    return "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))


def forms_of_all(of_one: Callable[[WrittenForms], Iterable[str]]) -> list[str]:
    """Return the written forms of every language, given which of one language's are meant."""
    return [form for verbalizer in VERBALIZERS for form in of_one(verbalizer.written)]


def codes_of_forms(of_one: Callable[[WrittenForms], Mapping[str, str]]) -> dict[str, str]:
    """Return the key of each written form in a table of every language, such as that of currencies."""
    tables = [of_one(verbalizer.written) for verbalizer in VERBALIZERS]
    return {form: key for table in tables for key, forms in table.items() for form in forms.split()}


INDIC_LETTERS = "".join([verbalizer.letters for verbalizer in VERBALIZERS if verbalizer.block is not None])
"""Letters of all Indic scripts that are read, as the inside of a character class."""
WORD_GOES_ON = "".join(dict.fromkeys(verbalizer.word_goes_on for verbalizer in VERBALIZERS))
"""Characters after which a written form is a part of a longer word, as the inside of a character class."""
_MAGNITUDE_OF = codes_of_forms(lambda written: written.magnitudes)
MAGNITUDE_BEGINS = "".join({form[0] for form in _MAGNITUDE_OF})
_MAGNITUDE = f"(?:{alternatives(_MAGNITUDE_OF)})"
MAGNITUDES = rf"(?: ?{_MAGNITUDE}(?: {_MAGNITUDE})?(?![{WORD_GOES_ON}]))?"


@dataclass(frozen=True, slots=True)
class Rule:
    """One written form: where `pattern` matches, `say` gives the words, or None to leave it to a later rule.

    `needs` are characters of which one must be there for the pattern to be worth trying: beside a figure for the rules of
    figures, anywhere for the others; "" is always. Without it most of the time would go into patterns that cannot match.
    """

    pattern: re.Pattern[str]
    say: Callable[[re.Match[str], Verbalizer], str | None]
    needs: str = ""

    def apply(self, sentence: str, verbalizer: Verbalizer) -> str:
        """`sentence` with its matches in words; the same object where nothing is replaced."""
        parts: list[str] = []
        done = 0
        for match in self.pattern.finditer(sentence):
            words = self.say(match, verbalizer)
            if words is not None:
                parts += (sentence[done : match.start()], words)
                done = match.end()
        return "".join([*parts, sentence[done:]]) if parts else sentence


class RuleBook:
    """Rules in their order, and which of them the characters of a text call for, as a number with a bit for each rule."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self._always = 0
        self._calling: dict[str, int] = {}
        for place, rule in enumerate(self.rules):
            for character in rule.needs:
                self._calling[character] = self._calling.get(character, 0) | 1 << place
            self._always |= (not rule.needs) << place

    def called(self, there: set[str]) -> int:
        """The rules that need one of the characters `there`, and those that need none."""
        called = self._always
        for character in there & self._calling.keys():
            called |= self._calling[character]
        return called


def read_amount(number: str, *, magnitudes: str | None = None, western: bool = False) -> Amount:
    """The amount that `number` writes; commas may group by the Indian or the Western custom."""
    whole, _, decimals = number.partition(".")
    groups = whole.split(",")
    names = tuple(_MAGNITUDE_OF[word] for word in (magnitudes or "").split())
    by_threes = len(groups) > 2 and all(len(group) == 3 for group in groups[1:])
    return Amount(int("".join(groups)), decimals, names, western or by_threes)


def closes_sentence(match: re.Match[str]) -> bool:
    """Nothing but closing quotes and brackets follows, so a stop in the match is the sentence's own."""
    return not match.string[match.end() : match.end() + 8].strip("\"'”’) \n")


def last_word(text: str, end: int) -> str:
    """The word before `end`, punctuation and all; looks at most 40 characters back."""
    words = text[max(0, end - 40) : end].split()
    return words[-1] if words else ""


def next_word(text: str, start: int) -> str:
    """The word after `start`; looks at most 40 characters ahead."""
    words = text[start : start + 40].split()
    return words[0] if words else ""
