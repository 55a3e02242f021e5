"""Written forms by which the rules recognise what a figure is, for one language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class WrittenForms:
    """Words, endings and signs of a language that tell the rules what a figure is.

    The rules recognise the forms of all languages in every sentence, because sentences mix languages.
    """

    magnitudes: Mapping[str, str] = field(default_factory=lambda: _NONE)
    """Forms of "thousand", "lakh" …, separated by spaces."""
    currencies: Mapping[str, str] = field(default_factory=lambda: _NONE)
    """Signs and codes of a currency by its ISO 4217 code, separated by spaces."""
    currency_names: Sequence[str] = ()
    """Names of currencies that are written after an amount with a sign, and spoken once."""
    per: str = "per"
    """Word before the unit of a rate."""
    clock: Sequence[str] = ()
    """Words after a time of day, such as "o'clock"."""
    hours: Sequence[str] = ()
    """Beginnings of words that make the number before them a time of day, in ranges."""
    parts_of_day: Sequence[str] = ()
    """Words before a time of day, such as "morning"."""
    scores: Sequence[str] = ()
    """Words near the score of a match, such as "won"."""
    range_ends: Sequence[str] = ()
    """Words after a range that already say "to"."""
    ordinal_endings: str = ""
    """Pattern of what follows the digits of an ordinal. A group `rest` is spoken as it stands."""
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
    """Words by which a sentence typed in Latin letters is known to be in this language; none of English."""
    latin_counted: Sequence[str] = ()
    """Latin words that, after a figure, show the same."""
