"""Written forms of one language, by which the rules recognise the meaning of a figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

_NONE: Mapping[str, str] = MappingProxyType({})
_PATTERN_SYNTAX = r"()[].\^$?*+{"
"""Characters of `re` that do not stand for themselves at the beginning of a pattern; "" is in it as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenForms:
    """Words, endings and signs of a language beside figures.

    The rules recognise the forms of all languages in every sentence, because sentences mix languages.
    """

    per: str
    """Word before the unit of a rate; empty if the verbalizer overrides `rate`."""
    magnitudes: Mapping[str, str] = field(default_factory=lambda: _NONE)
    """Forms of "thousand", "lakh" …, separated by spaces."""
    currencies: Mapping[str, str] = field(default_factory=lambda: _NONE)
    """Signs and codes of a currency by its ISO 4217 code, separated by spaces."""
    currency_names: Sequence[str] = ()
    """Names of currencies that may repeat the sign of an amount; they are spoken once."""
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
    """Patterns of the text behind the digits of an ordinal, separated by "|". A group `rest` is spoken unchanged.

    Each begins with a character of the text, which triggers the rule: write "वाँ|वीं", not "(?:वाँ|वीं)".
    """
    number_endings: Sequence[str] = ()
    """Case endings that are written directly after a figure."""
    noun_endings: Sequence[str] = ()
    """Case endings that are written directly after an amount of money or a unit."""
    numbered_nouns: Sequence[str] = ()
    """Nouns before a Roman numeral that is a cardinal, such as "chapter"; in lower case."""
    royal_names: Sequence[str] = ()
    """Names before a Roman numeral that is an ordinal, such as "Henry"."""
    code_names: Sequence[str] = ()
    """Names of codes that are read by their digits, such as "PIN"."""
    code_links: Sequence[str] = ()
    """Words between the name of a code and its digits."""
    abbreviations: Mapping[str, str] = field(default_factory=lambda: _NONE)
    """Long forms of abbreviations in the language's own script, where another language of the script has others."""
    units: Mapping[str, str] = field(default_factory=lambda: _NONE)
    """Own spellings of units by the keys of `units.py`, separated by spaces; an underscore is a space, or nothing."""
    rates: Mapping[str, str] = field(default_factory=lambda: _NONE)
    """The same for units behind the stroke of a rate."""
    script_words: frozenset[str] = frozenset()
    """Words that show the language among those of the same script."""
    script_parts: Sequence[str] = ()
    """Letters and groups of them that show the same; each occurrence counts as a word."""
    script_endings: tuple[str, ...] = ()
    """Endings that show the same, of words that are at least two characters longer."""
    script_figures: str = ""
    """Pattern of words between figures that shows the same; its words do not count for another language."""
    hint_words: frozenset[str] = frozenset()
    """Words that languages of the script share, but this one writes far more often; they count if nothing else tells."""
    hint_endings: tuple[str, ...] = ()
    """Endings that show the same, of words that are at least two characters longer."""
    latin_words: frozenset[str] = frozenset()
    """Words that show that a sentence in Latin letters is in this language; no words of English."""
    latin_endings: Sequence[str] = ()
    """Endings of words that show the same."""
    latin_counted: Sequence[str] = ()
    """Words in Latin letters that show the same after a figure."""

    def __post_init__(self) -> None:
        """Raise ValueError for an ordinal ending that begins with syntax of patterns: it would never be found."""
        endings = self.ordinal_endings.split("|") if self.ordinal_endings else []
        hidden = [ending for ending in endings if ending[:1] in _PATTERN_SYNTAX]
        if hidden:
            raise ValueError(f"ordinal_endings: {hidden[0]!r} must begin with a character of the text")
