"""Heights, sizes and lengths in feet and inches."""

import re

from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule

_INCH = re.compile(r"(?<=\d)(?<!['’]\d)(?<!['’]\d\d)(?<!['’] \d)(?<!['’] \d\d)\"(?=[\s,.;)]|$)")
_SCREEN = re.compile(
    r" [^,;.\"]{0,24}?(?i:monitor|tv|screen|display|laptop|pizza|led|tyre|wheels?|tablet|pipe)s?(?![a-z])"
)
_FOOT = re.compile(
    r"(?<=\d)'(?= ?(?:wide|tall|long|high|deep|gain|drop|elevation|ceiling|boat|pole|rope|setback|x|by)(?!\w))"
)
_LENGTH = r"(?:feet|ft|inches|inch|in|km|cm|mm|m|['’\"”])"
_SIDE = r"(?:\d{1,2},\d{3}(?!\d)|\d{1,5})(?:\.\d{1,2}|[½¼¾])?"
_SIZE = re.compile(
    rf"(?<![\w.])(?P<first>{_SIDE}) ?(?P<unit>{_LENGTH}) ?[xX×] ?"
    rf"(?P<second>{_SIDE}) ?(?P<other>{_LENGTH})(?!\w)"
    rf"(?: ?[xX×] ?(?P<third>{_SIDE}) ?(?P<last>{_LENGTH})(?!\w))?"
)
_HEIGHT_SIDE = re.compile(r"(?<![\w.])(?P<feet>\d{1,2})['’](?P<inches>\d{1,2})[\"”](?= ?[xX×] ?\d)")
_LENGTH_NAMES = {"'": "ft", "’": "ft", '"': "inch", "”": "inch", "in": "inch"}


def _say_height_side(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the feet and inches of a side, 5'6" x 3', for the rules of sizes."""
    return f"{match['feet']} ft {match['inches']} inch"


def _say_size(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '10 ft x 12 ft' with a word for the cross and with unambiguous units, for the rule of measures."""
    sides = [("first", "unit"), ("second", "other"), *([("third", "last")] if match["third"] else [])]
    said = [f"{match[side]} {_LENGTH_NAMES.get(match[unit], match[unit])}" for side, unit in sides]
    return f" {verbalizer.signs['cross']} ".join(said)


def _say_inch(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the inch of '12"', unless a quotation is open there."""
    open_quotes = re.findall(r"(?<!\d)\"", match.string[max(0, match.start() - 400) : match.start()])
    if len(open_quotes) % 2:
        return None
    return "-inch" if _SCREEN.match(match.string, match.end()) else " inch"


def _say_foot(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return " ft"


LENGTHS = (
    Rule(_HEIGHT_SIDE, _say_height_side, "'’"),
    Rule(_SIZE, _say_size, "'’\"”fmci "),
    Rule(_INCH, _say_inch, '"'),
    Rule(_FOOT, _say_foot, "'"),
)
"""Rules for heights, sizes, feet and inches."""
