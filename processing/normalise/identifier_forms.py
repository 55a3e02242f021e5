"""Parts of the rules for identifiers: patterns around a code, and what the words beside it show."""

import re
from bisect import bisect_left
from functools import lru_cache

from processing.normalise.identifier_words import LINKS, SECRETS
from processing.normalise.languages.english import COUNTED, ENGLISH
from processing.normalise.surroundings import next_word
from processing.normalise.units import ATTACHED_ONLY
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import UNITS, alternatives, codes_of_forms

_NEAR = 80
"""Characters on either side of a number in which a word may show that it is a code."""
EDGE = r"(?<![\w\u0900-\u0963\u0966-\u0d7f])"
END = r"(?![\w\u0900-\u0963\u0966-\u0d7f])"
FREE = r"(?<![\w.,/*:+₹$€£%-])(?<![\d₹$€£] )"
"""Not part of a number with other digits, signs or a currency."""
WHOLE = r"(?!\d|[.,/:-]\d|%|\+)"


def words_pattern(forms: tuple[str, ...]) -> str:
    """Return a pattern for any of `forms` as whole words, in any case."""
    return rf"{EDGE}(?i:{alternatives(forms)}){END}"


SECRET = re.compile(words_pattern(SECRETS))
LINK = rf"(?:[ .]{{0,2}}(?:(?i:{alternatives(LINKS)})\.?{END}|[:#=(–-])){{0,4}} ?"
NO = re.compile(r"(?<![A-Za-z])[Nn]o(?![A-Za-z])\.?")
_UNITS_AND_MONEY = (frozenset(UNITS) - ATTACHED_ONLY) | frozenset(codes_of_forms(lambda written: written.currencies))
_MAGNITUDES = frozenset(codes_of_forms(lambda written: written.magnitudes))
_MONEY_WORDS = frozenset(
    """rupees rupee rs rs. inr rupaye रुपये रुपए रूपये रु रु. लोग दिन साल वर्ष किलो रूపాయలు రూపాయలు రూ రూ. మంది రోజులు units only total
    words characters hits steps sms""".split()
)


def counts(match: re.Match[str]) -> bool:
    """Return whether the word behind the number is a unit, a currency or something counted."""
    ahead = next_word(match.string, match.end())
    word = ahead.strip(".,;:!?)।")
    return (
        ahead in _UNITS_AND_MONEY
        or word in _UNITS_AND_MONEY
        or word in _MAGNITUDES
        or word.lower() in COUNTED
        or word.lower() in _MONEY_WORDS
        or ahead.startswith(("%", "₹", "$"))
    )


@lru_cache(maxsize=8)
def _places(words: re.Pattern[str], text: str) -> list[int]:
    """Return where `words` begin in `text`; remembered, because each number of a text asks for it."""
    return [found.start() for found in words.finditer(text)]


def is_near(match: re.Match[str], words: re.Pattern[str], *, within: int = _NEAR) -> bool:
    """Return whether one of `words` is within this many characters of the match."""
    places = _places(words, match.string)
    at = bisect_left(places, match.start() - within)
    return at < len(places) and places[at] < match.end() + within


def latin_reader(verbalizer: Verbalizer) -> Verbalizer:
    """Return the verbalizer for digits among Latin letters: English if the sentence is in Latin letters."""
    return verbalizer if verbalizer.block is not None else ENGLISH


_SHORT = 8
"""Digits up to which a code is read without a pause between groups."""


def grouped_digits(code: str, verbalizer: Verbalizer) -> str:
    """Return the digits of `code` one by one; a long one in the groups that it shows, else in groups of three and four.

    A size of groups that the options set comes first.
    """
    if verbalizer.reading.digit_grouping:
        return verbalizer.digits(code)
    groups = re.findall(r"\d+", code)
    if sum(map(len, groups)) <= _SHORT:
        return verbalizer.digits(code)
    return ", ".join([verbalizer.digits(part) for group in groups for part in _groups(group)])


def _groups(digits: str) -> list[str]:
    """Return `digits` in groups of four, of which up to three at the end have three."""
    if len(digits) < 6:
        return [digits]
    short = -len(digits) % 4
    if short * 3 > len(digits):
        short = 0
    fours = len(digits) - 3 * short
    cuts = [*range(0, fours, 4), *range(fours, len(digits), 3)]
    if len(digits) == 10:
        cuts = [0, 3, 6]
    return [digits[start:end] for start, end in zip(cuts, [*cuts[1:], len(digits)], strict=True)]
