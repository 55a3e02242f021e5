"""Rules for capitals, abbreviations and Roman numerals: spoken as words, spelt, or in their long form."""

import re
from string import ascii_uppercase

from processing.abbreviations import LETTER_NAMES
from processing.normalise.short_forms import (
    ALWAYS,
    BEFORE_CAPITAL,
    BEFORE_NUMBER,
    INDIC,
    INDIC_BEFORE_NUMBER,
    MONTHS,
    ORDINARY_CAPITALS,
    SPELT,
    WITH_STROKE,
    WORD_LIKE,
)
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import INDIC_LETTERS, UNITS, Rule, closes_sentence, forms_of_all, last_word, next_word

_ONSETS = frozenset(
    "BL BR CH CL CR DR FL FR GL GR KH PH PL PR SC SH SK SL SM SN SP ST SW TH TR TW WH KN WR BH DH GH".split()
)
_SYLLABLES = re.compile(r"[^AEIOUY]{0,2}[AEIOUY]+(?:[^AEIOUY]{1,2}[AEIOUY]+)*[^AEIOUY]{0,2}")
"""Pronounceable capitals. It has one way to match; `([^A]{0,2}[A]{1,2})+` can split n vowels in 1.6 to the power of n ways."""
_CAPITALS = re.compile(r"(?<![A-Za-z\d.@#&])([A-Z]{2,6})(s?)(?![A-Za-z\d])(?:-(?=[A-Z]{2}))?")
_SHORT = re.compile(r"(?<![A-Za-z.@])[A-Za-z]{1,8}(?:\.[A-Za-z]{1,5}){0,6}\.(?![A-Za-z]*@)")
_BARE = re.compile(r"(?<![A-Za-z.])(?:(Dr|Mr|Mrs|Prof|Smt)(?= [A-Z])|(Ph|Tel|Mob)(?=:? ?[+(\d]))")
_CIRCA = re.compile(r"(?<![\w.])c\. ?(?=1\d{3}(?!\d))")
_STROKED = re.compile(r"(?<![A-Za-z/])(?:[acswdf]/[co]|w/)(?![A-Za-z/])", re.IGNORECASE)
_INDIC_SHORT = re.compile(r"(?<![\u0900-\u0d7f.])(?:[\u0900-\u0963\u0971-\u0d7f\u200c\u200d]{1,8}\.){1,6}")
_INDIC_LETTER = re.compile(rf"[{INDIC_LETTERS}]")
_ROMAN = re.compile(r"(?P<word>[A-Za-z\u0900-\u0d7f]{2,24}) (?P<roman>[IVXLC]{1,7})(?![A-Za-z\d'’-]|\.[A-Za-z])")
_ROMAN_FORM = re.compile(r"(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})")
_NUMBERED_NOUNS = frozenset(forms_of_all(lambda written: written.numbered_nouns))
_ROYAL_NAMES = frozenset(forms_of_all(lambda written: written.royal_names))
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


def spell(word: str, *, beside_digit: bool = False) -> str:
    """Return `word` with spaces between its letters if it is spelt ('GDP'), else unchanged ('NASA', 'Phone')."""
    if beside_digit and len(word) <= 3 and (word.isupper() or len(word) == 1 or not _has_vowel(word)):
        return word if word in WORD_LIKE else " ".join(word.upper())
    return " ".join(word) if word.isupper() and len(word) > 1 and _is_spelt(word) else word


def _has_vowel(word: str) -> bool:
    return not set("AEIOUaeiou").isdisjoint(word)


def _is_spelt(word: str) -> bool:
    if word in SPELT:
        return True
    if word in WORD_LIKE or word in ORDINARY_CAPITALS:
        return False
    if len(word) <= 3 or not _has_vowel(word):
        return True
    return not _SYLLABLES.fullmatch(word) or (
        not _has_vowel(word[0]) and not _has_vowel(word[1]) and word[:2] not in _ONSETS
    )


def _say_capitals(match: re.Match[str], verbalizer: Verbalizer) -> str:
    word, plural = match[1], match[2]
    hyphen = " " if match[0].endswith("-") else ""
    around = match.string[max(0, match.start() - 40) : match.end() + 40]
    shouting = around.isupper() and around.count(" ") >= 2 and word not in SPELT and not _INDIC_LETTER.search(around)
    if not plural and shouting and len(word) > 2 and _has_vowel(word):
        return word + hyphen
    return spell(word) + plural + hyphen


def _say_short(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the long form of an abbreviation. Its stop stays if it also ends the sentence."""
    token = match[0][:-1]
    words = _long_form(token, match)
    if words is None:
        return None
    glue = " " if match.string[match.end() : match.end() + 1].isalnum() else ""
    return words + ("." if closes_sentence(match) else glue)


def _long_form(token: str, match: re.Match[str]) -> str | None:
    low = token.lower()
    ahead = next_word(match.string, match.end())
    if low in ("a.m", "p.m") and match.string[max(0, match.start() - 8) : match.start()].rstrip(" ")[-1:].isdigit():
        return None
    if low in ALWAYS:
        return ALWAYS[low]
    if low in BEFORE_NUMBER and ahead and (ahead[0].isdigit() or _ROMAN_FORM.fullmatch(ahead)):
        return BEFORE_NUMBER[low]
    if low in MONTHS and token[0].isupper():
        return BEFORE_NUMBER[low]
    if low in BEFORE_CAPITAL:
        saint, street = BEFORE_CAPITAL[low]
        before = last_word(match.string, match.start())
        if low == "ft" and (before[-1:].isdigit() or before.endswith("sq.")):
            return None  # a unit
        return saint if ahead[:1].isupper() and not before[:1].isupper() else street
    parts = token.split(".")
    if len(parts) > 1 and all(len(part) == 1 or part.isupper() for part in parts):
        return " ".join("".join(parts).upper())
    if len(token) == 1 and token.isupper() and not closes_sentence(match):
        return token
    return None


def _say_bare(match: re.Match[str], verbalizer: Verbalizer) -> str:
    low = match[0].lower()
    return ALWAYS.get(low) or BEFORE_NUMBER[low].capitalize()


def _say_circa(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return "circa "


def _say_stroked(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    low = match[0].lower()
    if low == "w/o":
        return "wife of" if next_word(match.string, match.end())[:1].isupper() else "without"
    return WITH_STROKE.get(low)


def _say_indic_short(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    token = match[0][:-1]
    own = verbalizer.written.abbreviations.get(token)
    words = (
        INDIC.get(token) if own is None or match.string[max(0, match.start() - 1) : match.start()].isdigit() else own
    )
    if token in INDIC_BEFORE_NUMBER and next_word(match.string, match.end())[:1].isdigit():
        words = INDIC_BEFORE_NUMBER[token]
    if match[0] in UNITS and match.string[max(0, match.start() - 2) : match.start()].rstrip()[-1:].isdigit():
        return None
    if words is None and _INDIC_LETTER.match(match.string, match.end()):
        return None
    if words is None and token in LETTER_NAMES and not closes_sentence(match):
        words = token
    if words is None:
        parts = token.split(".")
        if len(parts) < 2 or any(len(part) > 5 for part in parts):
            return None
        words = " ".join(parts)
    glue = "" if match.string[match.end() : match.end() + 1] in ("", " ", ",", ")", "\n") else " "
    return words + ("." if closes_sentence(match) else glue)


def _say_roman(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    word, roman = match["word"], match["roman"]
    if not _ROMAN_FORM.fullmatch(roman):
        return None
    number = _roman_value(roman)
    if word.lower() in _NUMBERED_NOUNS:
        return f"{word} {verbalizer.cardinal(number)}"
    if word in _ROYAL_NAMES:
        return f"{word} {verbalizer.regnal(number)}"
    named = word[0].isupper() or not word[0].isascii()
    sized = roman == "XL"
    return (
        f"{word} {verbalizer.cardinal(number)}"
        if named and len(roman) > 1 and not word.isupper() and not sized
        else None
    )


def _roman_value(roman: str) -> int:
    values = [_VALUES[letter] for letter in roman]
    return sum(-value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True))


SHORT_FORMS = (
    Rule(_STROKED, _say_stroked, "/"),
    Rule(_SHORT, _say_short, "."),
    Rule(_BARE, _say_bare, "DMPST"),
    Rule(_CIRCA, _say_circa, "c"),
    Rule(_INDIC_SHORT, _say_indic_short, "."),
    Rule(_ROMAN, _say_roman, "IVX"),
)
"""Rules before those of figures: 'No. 5', 'Chapter IV'."""

CAPITALS = (Rule(_CAPITALS, _say_capitals, ascii_uppercase),)
"""Rules after those of figures, whose units and codes are also capitals."""
