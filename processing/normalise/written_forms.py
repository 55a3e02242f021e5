"""Written forms of one language, by which the rules recognise the meaning of a figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class WrittenForms:
    """Words, endings and signs of a language beside figures.

    The rules recognise the forms of all languages in every sentence, because sentences mix languages.
    """

    magnitudes: Mapping[str, str] = field(default_factory=lambda: _NONE)
    """Forms of "thousand", "lakh" …, separated by spaces."""
    currencies: Mapping[str, str] = field(default_factory=lambda: _NONE)
    """Signs and codes of a currency by its ISO 4217 code, separated by spaces."""
    currency_names: Sequence[str] = ()
    """Names of currencies that may repeat the sign of an amount; they are spoken once."""
    per: str = "per"
    """Word before the unit of a rate."""
    clock: Sequence[str] = ()
    """Words after a time of day, such as "o'clock"."""
    hours: Sequence[str] = ()
    """Beginnings of words that make the range of numbers before them a range of hours."""
    parts_of_day: Sequence[str] = ()
    """Words before a time of day, such as "morning"."""
    scores: Sequence[str] = ()
    """Words near the score of a match, such as "won"."""
    range_ends: Sequence[str] = ()
    """Words after a range that already say "to"."""
    ordinal_endings: str = ""
    """Pattern of the text behind the digits of an ordinal. A group `rest` is spoken unchanged."""
    number_endings: Sequence[str] = ()
    """Case endings that are written directly after a figure."""
    money_endings: Sequence[str] = ()
    """Case endings that are written directly after an amount of money."""
    numbered_nouns: Sequence[str] = ()
    """Nouns before a Roman numeral that is a cardinal, such as "chapter"; in lower case."""
    royal_names: Sequence[str] = ()
    """Names before a Roman numeral that is an ordinal, such as "Henry"."""
    code_names: Sequence[str] = ()
    """Names of codes that are read by their digits, such as "PIN"."""
    code_links: Sequence[str] = ()
    """Words between the name of a code and its digits."""
    latin_words: frozenset[str] = frozenset()
    """Words that show that a sentence in Latin letters is in this language; no words of English."""
    latin_counted: Sequence[str] = ()
    """Words in Latin letters that show the same after a figure."""
