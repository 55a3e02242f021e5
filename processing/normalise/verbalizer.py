"""Verbalizer of a language, and the values that the rules pass to it."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Self

from processing.normalise.units import UnitName
from processing.normalise.written_forms import WrittenForms
from shared.types import AUTOMATIC, Reading

_RUN = re.compile(r"(\d)(?:\1{2}(?!\1(?!\1))|\1)?")
"""Digit, twice or three times where it is repeated; of four, two times two."""
_REPEATED = {2: "double", 3: "triple"}


@dataclass(frozen=True, slots=True)
class Amount:
    """Number as written: `decimals` are the digits after the point, `magnitude` words multiply it ("lakh", "crore").

    `western`: its commas group by three, or its currency does. English then counts in millions.
    """

    whole: int
    decimals: str = ""
    magnitude: tuple[str, ...] = ()
    western: bool = False

    @property
    def cents(self) -> int:
        """Hundredths of a currency's unit: 50 of "1.5"."""
        return int(self.decimals.ljust(2, "0"))

    @property
    def without_noughts(self) -> "Amount":
        """The number without decimals that are noughts: 7500 of "7500.00"."""
        return replace(self, decimals="") if self.decimals == "00" else self

    @property
    def is_one(self) -> bool:
        return self.whole == 1 and not self.decimals and not self.magnitude


@dataclass(frozen=True, slots=True)
class ClockTime:
    """Time of day as written. `meridiem` is "am", "pm" or "".

    `said` is the word for "o'clock" behind it, if any; `ahead` is the word after that.
    """

    hour: int
    minute: int
    meridiem: str = ""
    said: str = ""
    part_of_day_said: bool = False
    ahead: str = ""


@dataclass(frozen=True, slots=True)
class Currency:
    """Names of a currency's unit and of its hundredth, for one and for many."""

    one: str
    many: str
    cent: str
    cents: str


class Verbalizer(ABC):
    """Verbalizer of one language: its words for numbers, dates, money and measures, and its own written forms.

    A subclass supplies the data and the abstract methods, and overrides other methods if the language differs. Every
    method returns words without digits. `languages/` holds the subclasses.
    """

    code: str
    """BCP 47 tag: "en", "hi-Latn"."""
    name: str
    """English name of the language."""
    block: int | None = None
    """First code point of the script's Unicode block, which must be an Indic one of 128 characters; None: Latin letters."""
    written: WrittenForms
    digit_names: Sequence[str]
    """Names of the digits 0 to 9."""
    magnitudes: Mapping[str, str]
    """Words that multiply a number, by their English names; `english.py` shows all names."""
    signs: Mapping[str, str]
    """Words for signs and for relations between numbers. `english.py` shows all keys."""
    months: Sequence[str]
    """Name of each month, then its other spellings, separated by spaces."""
    currencies: Mapping[str, Currency]
    """Names of currencies by ISO 4217 code; `english.py` shows all codes."""
    units: Mapping[str, UnitName]
    """Names of units by the keys of `units.py`."""
    hyphen_means_one: bool = False
    """Whether a unit is singular after a hyphen, as in "a 20-foot wall"."""
    reading: Reading = AUTOMATIC
    """Options that a request sets, beside the language."""
    each: str = "per"
    """Word before anything that an amount of money buys."""
    stroke: str = " "
    """Text that stands for a stroke between two words of the language's script."""
    money_joint: str = " "
    """Text between the two parts of an amount of money."""

    @property
    def letters(self) -> str:
        """Letters and signs of the script, as the inside of a character class."""
        return "A-Za-z" if self.block is None else _span(self.block, 0x00, 0x63)

    @property
    def letters_and_marks(self) -> str:
        """All of an Indic block but its dandas and digits, as the inside of a character class."""
        return "" if self.block is None else _span(self.block, 0x00, 0x63) + _span(self.block, 0x70, 0x7F)

    @property
    def word_goes_on(self) -> str:
        """Characters that make a written form before them part of a longer word, as the inside of a character class."""
        return self.letters

    @abstractmethod
    def cardinal(self, number: int) -> str:
        """Return the words of a whole number."""

    def with_reading(self, reading: Reading) -> Self:
        """Return a verbalizer of the same language with these options."""
        styled = copy(self)
        styled.reading = reading
        return styled

    def scales(self, own: Sequence[tuple[int, str]]) -> Sequence[tuple[int, str]]:
        """Return the language's `own` scales, largest first, or those of millions if the options ask for them."""
        if self.reading.number_scale != "million":
            return own
        western = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))
        return [(value, self.magnitudes[name]) for value, name in western] + [one for one in own if one[0] < 10**5]

    def digits(self, text: str) -> str:
        """Return the names of the ASCII digits of a code, as the options ask; other characters are left out."""
        digits = "".join([digit for digit in text if digit in "0123456789"])
        size = self.reading.digit_grouping or len(digits) or 1
        groups = [digits[start : start + size] for start in range(0, len(digits), size)]
        return ", ".join([self._group(group) for group in groups])

    def _group(self, digits: str) -> str:
        if self.reading.repeated_digits == "single":
            return self.decimals(digits)
        words: list[str] = []
        for run in _RUN.finditer(digits):
            name = self.digit_names[int(run[0][0])]
            words.append(f"{self.signs[_REPEATED[len(run[0])]]} {name}" if len(run[0]) > 1 else name)
        return " ".join(words)

    def decimals(self, text: str) -> str:
        """Return the names of the ASCII digits of `text`, one by one; other characters are left out."""
        return " ".join([self.digit_names[int(digit)] for digit in text if digit in "0123456789"])

    def amount(self, amount: Amount, *, counted: bool = False) -> str:
        """Return the number; `counted`: the counted noun follows."""
        words = self.cardinal(amount.whole)
        if amount.decimals:
            words = f"{words} {self.signs['point']} {self.decimals(amount.decimals)}"
        return " ".join([words, *(self.magnitudes[name] for name in amount.magnitude)])

    def is_counting(self, before: str, ahead: str) -> bool:
        """Return whether a number takes the form for a counted noun.

        `before` is the word before it, `ahead` the text behind it, to 40 characters.
        """
        return False

    @abstractmethod
    def ordinal(self, number: int, ending: str = "") -> str:
        """Return the ordinal; `ending` is the written text after the digits and may show gender and case."""

    def is_ordinal(self, number: int, ending: str, *, joined: bool, ahead: str) -> bool:
        """Return whether `ending`, one of the language's own, makes `number` an ordinal.

        `joined`: it is written directly after the digits. `ahead` is the next word.
        """
        return True

    def regnal(self, number: int) -> str:
        """Return the ordinal of a ruler's name: "the eighth" of "Henry VIII"."""
        return self.ordinal(number)

    def year(self, year: int) -> str:
        return self.cardinal(year)

    def is_year(self, number: int, before: str, ahead: str) -> bool:
        """Return whether four digits are a year that is spoken by `year`.

        `before` is the word before them in lower case, `ahead` the text behind them, to 40 characters.
        """
        return False

    def month_name(self, month: int) -> str:
        return self.months[month - 1].partition(" ")[0]

    def day_of_month(self, day: int) -> str:
        return self.cardinal(day)

    def date(self, day: int, month: int, year: int | None) -> str:
        words = f"{self.day_of_month(day)} {self.month_name(month)}"
        return words if year is None else f"{words} {self.year(year)}"

    @abstractmethod
    def clock(self, time: ClockTime) -> str:
        """Return the words of a time of day."""

    @abstractmethod
    def fraction(self, whole: int, over: int, under: int) -> str:
        """Return `whole` and `over`/`under`; `whole` may be 0."""

    def part(self, over: int, under: int, ahead: str) -> str:
        """Return `over`/`under` as a part of the noun `ahead`, the next word."""
        return self.fraction(0, over, under)

    def out_of(self, part: str, whole: int) -> str:
        """Return `part`, in words, out of `whole`."""
        return f"{self.cardinal(whole)} {self.signs['out of']} {part}"

    def ratio(self, first: str, second: str) -> str:
        """Return two numbers, in words, that are in proportion."""
        return f"{first} {self.signs['ratio']} {second}"

    def score(self, runs: int, wickets: int) -> str:
        """Return the words of a score of cricket, '187/4'."""
        return f"{self.cardinal(runs)} {self.signs['score']} {self.cardinal(wickets)}"

    def bound(self, sign: str, number: str) -> str:
        """Return `number`, in digits, with the word of `sign`, "under" or "above"."""
        return f"{number} {self.signs[sign]} "

    def percentage(self, amount: Amount) -> str:
        """Return the number before the word for "percent"."""
        return self.amount(amount, counted=True)

    def money(self, amount: Amount, currency: str, per: str | None = None) -> str:
        """Return an amount of the currency with this ISO 4217 code, per the unit `per`."""
        names = self.currencies[currency]
        if amount.magnitude or len(amount.decimals) > 2 or currency == "JPY":
            return self.rate(f"{self.amount(amount)} {names.many}", per)
        cents, parts = amount.cents, []
        if amount.whole or not cents:
            major = self.amount(Amount(amount.whole, western=amount.western), counted=True)
            parts.append(f"{major} {names.one if amount.whole == 1 else names.many}")
        if cents:
            parts.append(f"{self.amount(Amount(cents), counted=True)} {names.cent if cents == 1 else names.cents}")
        return self.rate(self.money_joint.join(parts), per)

    def measure(self, amount: str, unit: str, per: str | None = None, *, one: bool = False, ahead: str = "") -> str:
        """Return `amount`, in words, of `unit` per `per`; `one`: the unit is singular; `ahead` is the next word."""
        name = self.units[unit]
        return self.rate(f"{amount} {name.one if one else name.many}", per)

    def rate(self, words: str, per: str | None) -> str:
        """Return `words` per the unit `per`, if there is one."""
        return f"{words} {self.written.per} {self.units[per].per}" if per else words

    def agree(self, words: str, magnitude: str) -> str:
        """Return the words of an amount of money, inflected to agree with the written form of its magnitude."""
        return words

    def describing(self, words: str, ahead: str, names: Currency) -> str:
        """Return the words of an amount of money in the currency `names`, as they describe the noun `ahead`."""
        return words

    def people(self, number: int, noun: str) -> str | None:
        """Return the words of `number` and of `noun`, the next word, if the language counts people in its own way."""
        return None

    def with_number_ending(self, words: str, number: str, ending: str) -> str:
        """Return the words of `number` with one of the language's own case endings."""
        return words + ending

    def with_noun_ending(self, words: str, ending: str) -> str:
        """Return words that end in a currency or a unit, with one of the language's own case endings."""
        return words + ending


def check_data(verbalizer: Verbalizer) -> None:
    """Raise TypeError if the verbalizer lacks data, with the names of what it lacks."""
    missing = [name for name in Verbalizer.__annotations__ if not hasattr(verbalizer, name)]
    if missing:
        raise TypeError(f"{type(verbalizer).__name__} lacks {', '.join(missing)}")


def read_words(table: str) -> dict[str, str]:
    """Return the words by their English names, from `name = words | name = words`."""
    pairs = (entry.partition("=") for entry in table.split("|"))
    return {name.strip(): words.strip() for name, _, words in pairs}


def read_currencies(table: str) -> dict[str, Currency]:
    """Return the currencies by their codes, from `code = one, many, cent, cents | …`."""
    return {code: Currency(*names.split(", ")) for code, names in read_words(table).items()}


def _span(block: int, first: int, last: int) -> str:
    return f"{chr(block + first)}-{chr(block + last)}"
