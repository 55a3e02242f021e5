"""Ratios, shares and pairs of values whose joint is no choice: '60:40 ratio', '30/70 %', '32/24 °C'."""

import re

from processing.normalise.languages.english import ENGLISH
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule

_CLAUSES = re.compile(r"(?<=\d) ?\((?P<first>[a-h])\) ?[-–] ?\((?P<last>[b-z])\)")
_SHARES = re.compile(r"(?<![\w./])(?P<shares>\d{1,2}(?:\.\d{1,2})?(?:/\d{1,2}(?:\.\d{1,2})?){2,4})(?= ?%)")
_OUT_OF_SIZE = re.compile(r"(?<=\d)(?P<unit> ?(?:ft|feet|km|TMC|L))/(?=\d{1,4}(?:\.\d{1,2})?(?P=unit)(?!\w))")
_TWO_WARMTHS = re.compile(r"(?<![\w./])(?P<high>\d{1,2})/(?=\d{1,2} ?°C)")
_TWO_PLACES = re.compile(
    r"(?<![\w/])(?P<first>(?P<list>WL|RAC|RLWL|GNWL|PQWL|TQWL) ?\d{1,3}) ?/ ?(?=(?:(?P=list)|RAC|CNF) ?\d{1,3}(?!\w))"
)
"""Places on a waiting list, at booking and now: 'WL 24/WL 11'."""
_TWO_SHARES = re.compile(r"(?<=%) ?/ ?(?=\d{1,3}(?:\.\d{1,2})?%)")
_AT_RATE = re.compile(r"(?<=[\dKkpP]) ?@ ?(?=\d{2,3} ?(?:[Hh][Zz]|fps|FPS)(?!\w))")
_NAMED_RATIO = re.compile(r"(?<![A-Za-z:])([A-Z][A-Za-z]{0,8}):(?=[A-Z][A-Za-z]{0,8} ratio)")
_RATE_WORD = re.compile(
    r"(?<![A-Za-z])(?P<what>(?i:once|twice|thrice|rate|price|cost|charges?|fees?|fare|rent|wages?|speed|amount|income|GDP))/(?=[a-z]{3,8}(?![a-z/]))"
)


def _say_clauses(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return ' a to d' of 'Q. 1(a)-(d)'."""
    return f" {match['first']} {verbalizer.signs['to']} {match['last']}"


def _say_shares(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '12, 18, 28' of '12/18/28%', which is no date."""
    return match["shares"].replace("/", ", ")


def _say_out_of_size(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the word of '18.4 ft/24 ft'."""
    return f"{match['unit']} of " if verbalizer.code == ENGLISH.code else None


def _say_two_warmths(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the first of '31/18°C' with a pause."""
    return f"{match['high']}, "


def _say_two_places(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the first of 'WL 24/WL 11' with a pause."""
    return f"{match['first']}, "


def _say_two_shares(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the pause of '10%/14%'."""
    return ", "


def _say_at_rate(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the word of '4K@120Hz'."""
    return f" {verbalizer.signs['at']} "


def _say_named_ratio(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return f"{match[1]} {verbalizer.signs['ratio']} "


def _say_rate_word(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return f"{match['what']} {verbalizer.each} "


SHARES = (
    Rule(_RATE_WORD, _say_rate_word, "/"),
    Rule(_NAMED_RATIO, _say_named_ratio, ":"),
    Rule(_AT_RATE, _say_at_rate, "@"),
    Rule(_CLAUSES, _say_clauses, "-–", needs="("),
    Rule(_SHARES, _say_shares, "/", needs="%"),
    Rule(_OUT_OF_SIZE, _say_out_of_size, "/"),
    Rule(_TWO_WARMTHS, _say_two_warmths, "/", needs="°"),
    Rule(_TWO_PLACES, _say_two_places, "/"),
    Rule(_TWO_SHARES, _say_two_shares, "/", needs="%"),
)
"""Rules for ratios, shares and pairs of values."""
