"""Written forms of numbers: rules, the pattern fragments that they share, and readers of their matches."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from processing.normalise import units
from processing.normalise.languages import VERBALIZERS
from processing.normalise.verbalizer import Amount, Verbalizer
from processing.normalise.written_forms import WrittenForms

GROUPED = r"\d{1,3}(?:,\d{2,3}){0,6},\d{3}(?!\d)"
WHOLE = rf"(?:{GROUPED}|\d{{1,15}})"
NUMBER = rf"{WHOLE}(?:\.\d{{1,12}})?(?!\d)"
LONG = "\uffff"
"""Trigger of a rule that triggers a figure of three digits or more."""
BEFORE = r"(?<![\w.,])"
"""Not behind a digit, a letter or a decimal sign."""
DASH = r" ?[-–—~] ?"
AFTER = r"(?![\w\u0900-\u0963\u0966-\u0d7f])"
"""Not before a letter or a digit of any script."""


def alternatives(forms: Iterable[str]) -> str:
    """Return a pattern for any of `forms`, the longest first.

    The forms are grouped by their first character, so that a search tries those of one group alone.
    """
    groups: dict[str, list[str]] = {}
    for form in sorted(forms, key=len, reverse=True):
        groups.setdefault(form[0], []).append(re.escape(form[1:]))
    return "|".join(
        f"{re.escape(first)}{rests[0] if len(rests) == 1 else '(?:' + '|'.join(rests) + ')'}"
        for first, rests in groups.items()
    )


def forms_of_all(of_one: Callable[[WrittenForms], Iterable[str]]) -> list[str]:
    """Return the written forms that `of_one` selects, of all languages together."""
    return [form for verbalizer in VERBALIZERS for form in of_one(verbalizer.written)]


PARTS_OF_DAY = tuple(dict.fromkeys(forms_of_all(lambda written: written.parts_of_day)))
"""Words for a part of the day, of all languages."""


def codes_of_forms(of_one: Callable[[WrittenForms], Mapping[str, str]]) -> dict[str, str]:
    """Return the key of each written form in the tables that `of_one` selects, such as those of currencies."""
    tables = [of_one(verbalizer.written) for verbalizer in VERBALIZERS]
    return {form: key for table in tables for key, forms in table.items() for form in forms.split()}


NOUN_ENDINGS = {ending: verbalizer for verbalizer in VERBALIZERS for ending in verbalizer.written.noun_endings}
"""Language of each case ending that is written directly after an amount or a unit."""
INDIC_LETTERS = "".join([verbalizer.letters for verbalizer in VERBALIZERS if verbalizer.block is not None])
"""Letters of all Indic scripts that are read, as the inside of a character class."""
WORD_GOES_ON = "".join(dict.fromkeys(verbalizer.word_goes_on for verbalizer in VERBALIZERS))
"""Characters after which a written form is a part of a longer word, as the inside of a character class."""
_MAGNITUDE_OF = codes_of_forms(lambda written: written.magnitudes)
MAGNITUDE_BEGINS = "".join({form[0] for form in _MAGNITUDE_OF})
_MAGNITUDE = f"(?:{alternatives(_MAGNITUDE_OF)})"
MAGNITUDES = rf"(?: ?{_MAGNITUDE}(?: {_MAGNITUDE})?(?![{WORD_GOES_ON}]))?"


UNITS = units.UNITS | {
    form: key for verbalizer in VERBALIZERS for form, key in units.key_of_forms(verbalizer.written.units).items()
}
"""Key of a unit by its written form in any language, case included."""
RATES = units.RATES | {
    form: key for verbalizer in VERBALIZERS for form, key in units.key_of_forms(verbalizer.written.rates).items()
}
"""Key of a unit by its written form behind the stroke of a rate ("/kg", "/day")."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Rule for one written form: `say` returns the words for a match of `pattern`, or None to leave it to a later rule.

    The pattern is tried only if one of the characters `triggers` is present: beside a figure for the rules of figures,
    anywhere for the others. "" means always. Without triggers, most time would go into patterns that cannot match.
    `needs` is text that each match contains, or "".
    """

    pattern: re.Pattern[str]
    say: Callable[[re.Match[str], Verbalizer], str | None]
    triggers: str = ""
    needs: str = ""

    @property
    def name(self) -> str:
        """Name for people, from the module and the function: "money.before"."""
        module = getattr(self.say, "__module__", "").rpartition(".")[2]
        return f"{module}.{getattr(self.say, '__name__', 'rule').lstrip('_').removeprefix('say_')}"

    def edits(self, sentence: str, verbalizer: Verbalizer) -> Iterator[tuple[int, int, str]]:
        """Yield start and end of each match that becomes words, and those words."""
        for match in self.pattern.finditer(sentence):
            words = self.say(match, verbalizer)
            if words is not None:
                yield match.start(), match.end(), words

    def apply(self, sentence: str, verbalizer: Verbalizer) -> str:
        """Return `sentence` with its matches in words; the same object if nothing is replaced."""
        parts: list[str] = []
        done = 0
        for start, end, words in self.edits(sentence, verbalizer):
            parts += (sentence[done:start], words)
            done = end
        return "".join([*parts, sentence[done:]]) if parts else sentence


class RuleBook:
    """Rules in order, with a look-up from characters to the rules that they trigger, as a number with one bit for each rule."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self.tests = tuple((rule.needs, rule.pattern.search) for rule in rules)
        """Text and search of each rule: a rule whose text or pattern is missing changes nothing."""
        self._always = 0
        self._by_trigger: dict[str, int] = {}
        for place, rule in enumerate(self.rules):
            for character in rule.triggers:
                self._by_trigger[character] = self._by_trigger.get(character, 0) | 1 << place
            self._always |= (not rule.triggers) << place

    def triggered(self, characters: set[str]) -> int:
        """Return the rules that one of `characters` triggers, and those without triggers."""
        triggered = self._always
        for character in characters & self._by_trigger.keys():
            triggered |= self._by_trigger[character]
        return triggered


def read_amount(number: str, *, magnitudes: str | None = None, western: bool = False) -> Amount:
    """Return the amount that `number` writes, with commas in Indian or Western groups."""
    whole, _, decimals = number.partition(".")
    groups = whole.split(",")
    names = tuple(_MAGNITUDE_OF[word] for word in (magnitudes or "").split())
    by_threes = len(groups) > 2 and all(len(group) == 3 for group in groups[1:])
    return Amount(int("".join(groups)), decimals, names, western or by_threes)
