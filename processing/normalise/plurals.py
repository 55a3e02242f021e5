"""Plurals of figures, in English: '100s of people', 'six 4s'."""

import re

from processing.normalise.languages.english import ENGLISH
from processing.normalise.surroundings import last_word, next_word
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule

_HUNDREDS = re.compile(
    r"(?<![\w.])(?:(10|100|1000|10000)s(?= of (?!\d))|(?<=the )(100|1000)s(?!\w)|(?:(?<=[Tt]est )|(?<=ODI )|(?<=tional )|(?<=\d )|(?<=int'l ))(100)s(?![\w/]))"
)
_FOURS = re.compile(r"(?<![\w.])(\d)s(?!\w)")
_SMALL_PLURALS = {"6": "sixes"}
_NUMBER_WORDS = frozenset("one two three four five six seven eight nine ten many several few".split())
_COUNTS_BEFORE = frozenset("hit with and no into of".split())
"""Words before the fours and sixes of cricket; '2s' behind them are seconds."""


def _say_hundreds(match: re.Match[str], verbalizer: Verbalizer) -> str:
    names = {"10": "tens", "100": "hundreds", "1000": "thousands", "10000": "tens of thousands"}
    return names[match[1] or match[2] or match[3]]


def _say_fours(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the words of 'six 4s' or '0s and 1s'; '5s' elsewhere are seconds."""
    before = last_word(match.string, match.start()).lower().strip("(,.;")
    counted = before in _NUMBER_WORDS or (before in _COUNTS_BEFORE and match[1] in "46")
    aged = before in ("under", "over") and next_word(match.string, match.end()) in (
        "are",
        "and",
        "go",
        "travel",
        "eat",
        "get",
    )
    if not (counted or aged or before.isdigit() or re.match(r"(?: and| or|,) \ds", match.string[match.end() :][:8])):
        return None
    return _SMALL_PLURALS.get(match[1]) or f"{ENGLISH.cardinal(int(match[1]))}{'es' if match[1] == '0' else 's'}"


FIGURES = (
    Rule(_HUNDREDS, _say_hundreds, "s"),
    Rule(_FOURS, _say_fours, "s"),
)
