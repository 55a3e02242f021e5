"""Rules for how often something happens: '3x/week', 'retry ×3', 'delivery attempted 2x.'."""

import re

from processing.normalise.languages.english import ENGLISH
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule

_OFTEN = re.compile(r"(?<=ed )(?P<count>[2-9])[x×](?=[.,;:!?)]|$)(?!\.\d)")
_REPEATED = re.compile(
    r"(?<=[a-z]) [×x](?P<count>[2-9]|1\d)(?!\w|[./-]\d)(?! ?(?:cm|mm|m|in|ft|days?|weeks?)(?![a-z]))"
)
_PERIODS = "day|week|wk|month|mo|year|yr|hour|hr|night"
_SO_OFTEN = re.compile(
    rf"(?<![\w.,/])(?P<count>\d{{1,2}}) ?[xX×](?: ?/ ?| (?:a|per|each|every) )(?P<period>{_PERIODS})(?![a-z])(?P<stop>\.(?= [a-z]))?"
)
_LONG_PERIODS = {"wk": "week", "mo": "month", "yr": "year", "hr": "hour"}
_TIMES = {1: "once", 2: "twice"}


def _say_so_often(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'three times a week' of '3x/week'."""
    if verbalizer.code != ENGLISH.code:
        return None
    count, period = int(match["count"]), match["period"]
    article = "an" if period in ("hour", "hr") else "a"
    times = _TIMES.get(count) or f"{ENGLISH.cardinal(count)} times"
    return f"{times} {article} {_LONG_PERIODS.get(period, period)}"


def _say_often(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'twice' of 'delivery attempted 2x.'."""
    if verbalizer.code != ENGLISH.code:
        return None
    return "twice" if match["count"] == "2" else f"{match['count']} times"


def _say_repeated(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'three times' of 'retry ×3'."""
    return f" {match['count']} times" if verbalizer.code == ENGLISH.code else None


FIGURES = (
    Rule(_SO_OFTEN, _say_so_often, "xX× "),
    Rule(_OFTEN, _say_often, "x×"),
    Rule(_REPEATED, _say_repeated, "x×"),
)
"""Rules before those of factors, sizes and counts."""
