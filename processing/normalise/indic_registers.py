"""Rules for numbers of houses, land and files in sentences in an Indic script: 'नं. 45/2', '8-3-224/1', '12/45/2026'."""

import re

from processing.normalise.identifier_forms import EDGE
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule

_LOT = re.compile(
    rf"(?P<name>{EDGE}(?:नंबर|क्रमांक|संख्या|నంబర్|సంఖ్య)[ :.-]{{1,2}})(?P<first>\d{{1,4}})/(?P<second>\d{{1,3}})(?![\d/]|[.,]\d)"
)
_DOOR = re.compile(
    r"(?<![\w.,/-])\d{1,3}-\d{1,4}-(?:\d{1,3}(?=/)|(?!19|20)\d{4}(?=/)|\d{3}(?!\d))(?:/\d{1,4})?(?![\w/-]|[.,]\d)"
)
_FILE = re.compile(r"(?<![\w/])(?P<first>\d{1,4})/(?P<second>\d{1,4})/(?P<year>(?:19|20)\d\d)(?![\d/])")
_ORDINALS = re.compile(
    r"(?<![\w.,/-])(?P<first>\d{1,2}) ?[-–] ?(?=(?P<last>\d{1,2})(?:वीं|वी|वें|वाँ|वां|वा|వ)(?![\u0900-\u0963\u0c00-\u0c63]))"
)
_MONTHS, _DAYS = 12, 31


def _say_lot(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return both numbers of a house or a piece of land, 'नंबर 45/2', which is no score."""
    if verbalizer.block is None:
        return None
    joint = verbalizer.signs["by"]
    return (
        f"{match['name']}{verbalizer.cardinal(int(match['first']))} {joint} {verbalizer.cardinal(int(match['second']))}"
    )


def _say_door(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the numbers of a house one after the other, as door numbers of Telugu towns are said."""
    if verbalizer.block is None:
        return None
    return " ".join([verbalizer.cardinal(int(part)) for part in re.findall(r"\d+", match[0])])


def _say_file(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the numbers of a file and its year, '12/45/2026', if they are no date."""
    first, second = int(match["first"]), int(match["second"])
    date = min(first, second) <= _MONTHS and max(first, second) <= _DAYS
    if verbalizer.block is None or date:
        return None
    joint = f" {verbalizer.signs['by']} "
    return joint.join([verbalizer.cardinal(first), verbalizer.cardinal(second), verbalizer.year(int(match["year"]))])


def _say_ordinals(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '10-12वीं', classes one after the other, with the word for the dash."""
    if verbalizer.block is None or int(match["first"]) >= int(match["last"]):
        return None
    return f"{verbalizer.cardinal(int(match['first']))} {verbalizer.signs['to']} "


RULES = (
    Rule(_ORDINALS, _say_ordinals, "-–"),
    Rule(_LOT, _say_lot, "/", "/"),
    Rule(_DOOR, _say_door, "-", "-"),
    Rule(_FILE, _say_file, "/", "/"),
)
"""Rules before those of scores, ranges and dates."""
