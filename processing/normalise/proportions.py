"""Rules for proportions of several parts, which look like times of day, and for an age before a height."""

import re

from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule

_AGE_AND_HEIGHT = re.compile(r"(?<![\w.,/])(?P<age>\d\d) ?/ ?(?=\d['’] ?\d{1,2}[\"”'’])")
_PROPORTIONS = re.compile(r"(?<![\w.,:])\d{1,3}(?::\d{1,3}){2,3}(?![\d:])")
_FERTILISER = re.compile(r"(?<![A-Z])NPK(?![A-Z])|(?i:fertili[sz]er)|उर्वरक|खाद|एनपीके|ఎరువు|ఎన్‌?పీ‌?కే")
_RATIO = re.compile(r"(?i:ratio|proportion)|अनुपात|प्रमाण|నిష్పత్తి")
_NEAR = 40
"""Characters in which a word may show that parts are in proportion."""


def _is_near(words: re.Pattern[str], match: re.Match[str]) -> bool:
    return words.search(match.string, max(0, match.start() - _NEAR), match.end() + _NEAR) is not None


def _say_age(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the age of '29/5\'9"' apart from the height."""
    return f"{match['age']}, "


def _say_proportions(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the words of 'NPK 19:19:19' or of 'ratio 1:2:3', which look like a time of day."""
    figures = [verbalizer.cardinal(int(figure)) for figure in match[0].split(":")]
    if _is_near(_FERTILISER, match):
        return " ".join(figures)
    return f" {verbalizer.signs['ratio']} ".join(figures) if _is_near(_RATIO, match) else None


RULES = (Rule(_AGE_AND_HEIGHT, _say_age, "/"), Rule(_PROPORTIONS, _say_proportions, ":"))
