"""Rules for a day and a month with a stroke between them and no year: '31/10 को', 'Friday 7/18', '02/14'."""

import re

from processing.normalise.numbers import NUMBER_NAMES
from processing.normalise.surroundings import last_word, seen_before
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule

_DAY_AND_MONTH = r"(?P<first>\d{1,2})/(?P<second>\d{1,2})"
_BEFORE_POSTPOSITION = re.compile(
    rf"(?<![\w.,/:-]){_DAY_AND_MONTH}"
    r"(?=(?: (?:को|तक|तारीख|तारीख़|रोजी|ko|tak|tareekh|tarikh)|న(?= )|నాటికి|కల్లా| తేదీ| నాటికి| వరకు)(?![\w\u0900-\u0963]))"
)
_BEHIND_DATE = re.compile(
    rf"(?P<word>(?:पेशी|सुनवाई|सुनावणी|तारीख|तारीख़|तिथि|दिनांक|मुदत)[ :]{{1,3}}){_DAY_AND_MONTH}(?![\w/-]|[.,]\d)"
)
"""Day and month behind a word for a date: 'अगली पेशी 12/12'."""
_PARTS = frozenset({"1/2", "1/3", "2/3", "1/4", "3/4"})
_AFTER_WEEKDAY = re.compile(rf"(?<=day)(?P<gap>,? ){_DAY_AND_MONTH}(?![\w/]|[.,]\d)")
_WEEKDAY = re.compile(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\Z")
_EXAM_DAY = re.compile(
    r"(?<=[a-z])(?P<gap>:? )(?P<first>\d{1,2})/(?P<second>0[1-9]|1[12])(?![\w/]|[.,]\d)(?=[,;.)]|$| and | \()"
)
_EXAMS = re.compile(r"(?i:exams?|tests?|papers?|schedule|date ?sheet|time ?table|viva|practicals?|holidays?)(?![a-z])")
_SPAN = re.compile(
    r"(?<![\w.,/:-])(?P<first>\d{1,2})/(?P<second>\d{1,2})(?P<joint> to | till | until | ?[-–] ?)"
    r"(?P<day>\d{1,2})/(?P<month>\d{1,2})(?![\w/:%-]|[.,]\d)"
)
_NEAR = 60
"""Characters in front of a day in which a word shows a list of dates."""
_PADDED = re.compile(r"(?<![\w.,/])(?P<first>\d\d)/(?P<second>\d\d)(?![\d/]|[.,]\d)")
_NUMBERED = NUMBER_NAMES | {"vision", "acuity"}
"""Words before two numbers that are no date."""


def _say_date(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the day and the month in the order that is set. A number above twelve is the day in any order."""
    day, month = int(match["first"]), int(match["second"])
    if verbalizer.reading.date_order == "mdy":
        day, month = month, day
    if month > 12:
        day, month = month, day
    return verbalizer.date(day, month, None) if 1 <= day <= 31 and 1 <= month <= 12 else None


def _say_before_postposition(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    return None if match[0] in _PARTS else _say_date(match, verbalizer)


def _say_behind_date(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the date of 'अगली पेशी 12/12'."""
    date = _say_date(match, verbalizer)
    return date and f"{match['word']}{date}"


def _say_after_weekday(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the date of 'Friday 7/18'."""
    date = _say_date(match, verbalizer) if seen_before(_WEEKDAY, match, 9) else None
    return date and f"{match['gap']}{date}"


def _say_exam_day(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the date of 'exams: Maths 2/12, Science 4/12', which is no mark."""
    if verbalizer.reading.date_order == "mdy" or not seen_before(_EXAMS, match, _NEAR):
        return None
    date = _say_date(match, verbalizer)
    return date and f"{match['gap']}{date}"


def _say_span(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return both dates of '15/9 to 26/9': no parts, because a day above twelve stands before its month."""
    if verbalizer.reading.date_order == "mdy":
        return None
    days, months = (int(match["first"]), int(match["day"])), (int(match["second"]), int(match["month"]))
    if not (12 < max(days) <= 31 and all(0 < month <= 12 for month in months) and min(days) > 0):
        return None
    dates = [verbalizer.date(day, month, None) for day, month in zip(days, months, strict=True)]
    joint = match["joint"] if match["joint"].strip("-– ") else f" {verbalizer.signs['to']} "
    return joint.join(dates)


def _say_padded(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the date of '02/14', of which one part has a nought in front."""
    padded = "0" in (match["first"][0], match["second"][0])
    if not padded or last_word(match.string, match.start()).lower() in _NUMBERED:
        return None
    return _say_date(match, verbalizer)


_SHORT_YEAR = re.compile(r"(?<=\d)(?P<sign>[/.-])['’](?=[0-4]\d(?!\w|[.,]\d))")


def _say_short_year(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the sign of '31/3/'24' alone, for the rules of dates."""
    return match["sign"]


RULES = (
    Rule(_SHORT_YEAR, _say_short_year, "'’"),
    Rule(_SPAN, _say_span, "/"),
    Rule(_AFTER_WEEKDAY, _say_after_weekday, "/"),
    Rule(_EXAM_DAY, _say_exam_day, "/"),
    Rule(_BEHIND_DATE, _say_behind_date, "/"),
    Rule(_BEFORE_POSTPOSITION, _say_before_postposition, "/"),
)

FIGURES = (Rule(_PADDED, _say_padded, "/"),)
"""Rules behind those of dates, times and measures, before that of fractions."""
