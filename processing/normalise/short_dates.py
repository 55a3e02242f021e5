"""Rule for a day and a month with a stroke before a postposition that dates take: '31/10 को', '15/8 నాటికి'."""

import re

from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule

_SHORT_DATE = re.compile(
    r"(?<![\w.,/:-])(?P<day>\d{1,2})/(?P<month>\d{1,2})"
    r"(?=(?: (?:को|तक|तारीख|तारीख़|रोजी|ko|tak|tareekh|tarikh)|న(?= )|నాటికి|కల్లా| తేదీ| నాటికి| వరకు)(?![\w\u0900-\u0963]))"
)
_PARTS = frozenset({(1, 2), (1, 3), (2, 3), (1, 4), (3, 4)})


def _say_short_date(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    day, month = int(match["day"]), int(match["month"])
    if verbalizer.reading.date_order == "mdy" and day <= 12:
        day, month = month, day
    if (day, month) in _PARTS or not (1 <= day <= 31 and 1 <= month <= 12):
        return None
    return verbalizer.date(day, month, None)


_AFTER_WEEKDAY = re.compile(r"(?<=day)(?P<gap>,? )(?P<day>\d{1,2})/(?P<month>\d{1,2})(?![\w/]|[.,]\d)")
_WEEKDAY = re.compile(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\Z")


def _say_after_weekday(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the date of 'Friday 7/18'; a month above twelve is a day."""
    if _WEEKDAY.search(match.string, max(0, match.start() - 9), match.start()) is None:
        return None
    day, month = int(match["day"]), int(match["month"])
    if verbalizer.reading.date_order == "mdy" or month > 12:
        day, month = month, day
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return None
    return f"{match['gap']}{verbalizer.date(day, month, None)}"


_EXAM_DAY = re.compile(
    r"(?<=[a-z])(?P<gap>:? )(?P<day>\d{1,2})/(?P<month>0[1-9]|1[12])(?![\w/]|[.,]\d)(?=[,;.)]|$| and | \()"
)
_EXAMS = re.compile(r"(?i:exams?|tests?|papers?|schedule|date ?sheet|time ?table|viva|practicals?|holidays?)(?![a-z])")
_NEAR = 60
"""Characters in front of a day in which a word shows a list of dates."""


def _say_exam_day(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the date of 'exams: Maths 2/12, Science 4/12', which is no mark."""
    day, month = int(match["day"]), int(match["month"])
    listed = _EXAMS.search(match.string, max(0, match.start() - _NEAR), match.start())
    if verbalizer.reading.date_order == "mdy" or not listed or not 1 <= day <= 31:
        return None
    return f"{match['gap']}{verbalizer.date(day, month, None)}"


RULES = (
    Rule(_AFTER_WEEKDAY, _say_after_weekday, "/"),
    Rule(_EXAM_DAY, _say_exam_day, "/"),
    Rule(_SHORT_DATE, _say_short_date, "/"),
)
