"""How numbers are written: the pattern fragments that the rules share, and the reading of what they match."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from processing.normalise.tongue import Amount, Tongue

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

_MAGNITUDES = {
    "thousand": "k K thousand हज़ार हजार వేలు వేల hazaar hazar",
    "lakh": "L lakh lakhs Lakh Lakhs lac lacs Lac Lacs लाख లక్ష లక్షలు లక్షల",
    "crore": "Cr cr CR Cr. cr. crore crores Crore Crores करोड़ కోటి కోట్లు కోట్ల",
    "arab": "अरब",
    "kharab": "खरब",
    "million": "M m mn Mn million Million millions मिलियन మిలియన్ మిలియన్లు మిలియన్ల",
    "billion": "B b bn Bn billion Billion billions बिलियन బిలియన్ బిలియన్లు బిలియన్ల",
    "trillion": "T tn trillion Trillion trillions ट्रिलियन ట్రిలియన్ ట్రిలియన్లు",
}
_MAGNITUDE_OF = {form: name for name, forms in _MAGNITUDES.items() for form in forms.split()}
_MAGNITUDE = "(?:" + "|".join(map(re.escape, sorted(_MAGNITUDE_OF, key=len, reverse=True))) + ")"
MAGNITUDES = rf"(?: ?{_MAGNITUDE}(?: {_MAGNITUDE})?(?![A-Za-z\u0900-\u0963\u0c3e-\u0c56]))?"


def alternatives(forms: Iterable[str]) -> str:
    """A pattern for any of `forms`, the longest first."""
    return "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))


@dataclass(frozen=True, slots=True)
class Rule:
    """One written form: where `pattern` matches, `say` gives the words, or None to leave it to a later rule.

    `needs` are characters of which one must be there for the pattern to be worth trying: beside a figure for the rules of
    figures, anywhere for the others; "" is always. Without it most of the time would go into patterns that cannot match.
    """

    pattern: re.Pattern[str]
    say: Callable[[re.Match[str], Tongue], str | None]
    needs: str = ""

    def apply(self, sentence: str, tongue: Tongue) -> str:
        """`sentence` with its matches in words; the same object where nothing is replaced."""
        parts: list[str] = []
        done = 0
        for match in self.pattern.finditer(sentence):
            words = self.say(match, tongue)
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
