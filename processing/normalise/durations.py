"""Rule for durations: '1h 30m 5s', 'cook 45m'."""

import re

from processing.normalise.surroundings import seen_before
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import BEFORE, Rule

_TIMED = re.compile(
    r"(?i:prep|cook|bake|boil|simmer|rest|wait|timer|duration|runtime|delay(?:ed)?|late|took|takes|lasts?|time|expires?|expiring|valid|within|arriv(?:es|ing)|starts?|ends?|left)[: a-z]{0,8}\Z"
)
"""Words before '15m' that make it minutes."""
_DURATION = re.compile(
    rf"{BEFORE}(?:(\d{{1,3}}) ?h(?:rs?)? ?)?(\d{{1,2}}) ?m(?:ins?)?(?: ?(\d{{1,2}}) ?s(?:ecs?)?)?(?!/(?!(?:day|night|week|month)(?![a-z]))|[A-Za-z\d\u0900-\u0963\u0966-\u0d7f])"
)


def _say_duration(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '1h 30m' or '5m 30s' with unambiguous units, for the rule of measures; '30m' alone may be metres."""
    hours, minutes, seconds = match.groups()
    timed = not seconds and seen_before(_TIMED, match, 24)
    if not hours and not seconds and not (timed and match[0].endswith("m") and " " not in match[0]):
        return None
    parts = ((hours, "hr"), (minutes, "min"), (seconds, "sec"))
    return " ".join([f"{figure} {unit}" for figure, unit in parts if figure])


_TENURE = re.compile(
    r"(?=\d)(?:(?<=for )|(?<=in )|(?<=over )|(?<=enure )|(?<=enure: )|(?<= [xX] ))"
    r"(?P<count>3|6|9|1[258]|2[147]|3[036]|4[258]|60|72|84|96|108|120|180|240) ?M"
    r"(?=[,.;)]|$| ?@| (?:at|is|tenure|plan|EMIs?|FD|RD|and|only|with)(?![a-z]))"
)
"""Number of months, in quarters of a year."""
_TENURED = re.compile(
    r"(?i:EMIs?|loan|tenure|tenor|deposit|interest|p\.a|per annum|lock-in|rental|lease|warranty)(?![a-z])|FD|RD|ROI"
)


def _say_tenure(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '60 months' of '60M' beside words of loans and deposits, which are no millions."""
    near = match.string[max(0, match.start() - 40) : match.end() + 40]
    return f"{match['count']} months" if _TENURED.search(near) else None


_MINUTES = re.compile(
    r"(?:(?<=గం )|(?<=గం\. )|(?<=గంట )|(?<=గంటల )|(?<=గంటలు ))(?P<minutes>[1-5]?\d)ని(?![\u0c00-\u0c7f])"
)


def _say_minutes(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '45 ని' of '1గం 45ని', for the rule of measures; elsewhere the letter is a case ending."""
    return f"{match['minutes']} ని"


_PACE = re.compile(r"(?<![\w.])(\d{1,2})['’](\d{2})[\"”](?= ?/ ?(?:km|mi|mile)(?![a-z]))")


_HOURS = re.compile(r"(?<![\w.,:/-])(?P<hours>[1-9])h(?P<minutes>[0-5]\d)(?!\w)")
_SPENT = re.compile(
    r"(?<![a-z])(?i:prep|cook|bake|boil|simmer|rest|roast|braise|prove|chill|takes?|took|lasts?|in|runtime|duration|flight|flying|drive|journey|trip|layover|about)"
    r"(?: time)?:?(?: [\w.]{1,12}){0,3} \Z"
)
"""Words before '1h20' that make it a duration."""


def _say_hours(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '1 hr 20 min' of 'roast 1h20', for the rule of measures."""
    if not seen_before(_SPENT, match, 48):
        return None
    return f"{match['hours']} hr {int(match['minutes'])} min"


_DAYS = re.compile(r"(?<![\w.,/-])(?P<count>[4-9]|\d{2,3})d(?=[\s,;:)]|\.?$|\. )")
_SPAN = re.compile(
    r"(?i:in|within|for|of|after|next|last|past|every|valid|validity|net|trial|due|streak|over|than)(?:[: ]| is )\Z"
)
"""Words before '45d' that make it days."""


def _say_days(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '45 days' of 'due in 45d', for the rule of measures; '3d' may have three dimensions."""
    return f"{match['count']} days" if seen_before(_SPAN, match, 12) else None


_DAYS_AND_HOURS = re.compile(
    r"(?<![\w.,/-])(?P<days>\d{1,3}) ?d ?(?P<hours>\d{1,2}) ?h(?:rs?)?(?: ?(?P<minutes>\d{1,2}) ?m(?:ins?)?)?(?!\w)"
)


def _say_days_and_hours(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '3 days 4 hr' of '3d 4h', for the rule of measures."""
    days, minutes = match["days"], f" {match['minutes']} min" if match["minutes"] else ""
    return f"{days} day{'s' * (days != '1')} {match['hours']} hr{minutes}"


_PREGNANT = re.compile(r"(?<![\w.,/-])(?P<weeks>\d{1,2}) ?w ?(?P<days>[0-6]) ?d(?!\w)")


def _say_weeks(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '9 weeks 3 days' of '9w3d', for the rule of measures."""
    weeks, days = match.groups()
    return f"{weeks} week{'s' * (weeks != '1')} {days} day{'s' * (days != '1')}"


_PACE_CLOCK = re.compile(r"(?<![\w.,:])(\d{1,2}):([0-5]\d)(?= ?(?:min)? ?/ ?(?:km|mi|mile)(?![a-z]))")


def _say_pace(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '4 min 55 sec' of 4'55"/km and of 4:55/km, for the rule of measures."""
    return f"{match[1]} min {match[2]} sec"


_ELAPSED = re.compile(r"(?<![\w.,:])(\d{1,2}):([0-5]\d):([0-5]\d)(?![\d:]|\.\d)")
_RACE = re.compile(
    "(?i:marathon|race|record|elapsed|duration|lasted|clocked|ironman|triathlon|runtime|dropped at|finish(?:ed)? in|time of)|मैराथन|मॅरेथॉन|दौड़|शर्यत|अवधि|कालावधी|మారథాన్|రేసు|పరుగు|వ్యవధి"
)
"""Words before a time in hours, minutes and seconds that is no time of day."""


def _say_elapsed(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '2 hr 5 min 42 sec' of '2:05:42' behind a race, for the rule of measures."""
    if seen_before(_RACE, match, 40) is None:
        return None
    parts = zip(match.groups(), ("hr", "min", "sec"), strict=True)
    return " ".join([f"{int(figure)} {unit}" for figure, unit in parts if int(figure)])


_HOURS_LONG = re.compile(
    r"(?:(?<= in )|(?<=lasted )|(?<=took )|(?<=after ))(\d{1,2}):([0-5]\d) ?(?:hrs?\.?|hours?)(?![a-z])"
)


def _say_hours_long(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '1 hr 48 min' of 'won in 1:48 hrs', for the rule of measures."""
    return f"{match[1]} hr {int(match[2])} min"


_LAP = re.compile(r"(?<![\w.,:])(?P<minutes>\d{1,2}):(?P<seconds>[0-5]\d)\.(?P<parts>\d{1,3})(?![\w:])")


def _say_lap(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the words of '1:11.097'."""
    seconds = match["seconds"]
    said = verbalizer.digits(seconds) if seconds[0] == "0" else verbalizer.cardinal(int(seconds))
    point = f"{verbalizer.signs['point']} {verbalizer.decimals(match['parts'])}"
    return f"{verbalizer.cardinal(int(match['minutes']))} {said} {point}"


_OLD = re.compile(
    r"(?<=\d) ?(?:yrs?\.?|years?) old(?P<many>s?)(?![A-Za-z])(?:(?<=s)|(?= (?!and |or |who |when |now |is |was |but |with |in |at |on |at )[a-z]))"
)


def _say_old(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'year olds' of '18-25 yr olds', and 'year old' before whom it describes, for the rules of numbers."""
    return f" year old{match['many']}" if verbalizer.code == "en" else None


PACE = (
    Rule(_OLD, _say_old, "y "),
    Rule(_TENURE, _say_tenure, "M"),
    Rule(_PREGNANT, _say_weeks, "w ", needs="d"),
    Rule(_DAYS_AND_HOURS, _say_days_and_hours, "d ", needs="h"),
    Rule(_DAYS, _say_days, "d"),
    Rule(_HOURS, _say_hours, "h"),
    Rule(_MINUTES, _say_minutes, "న", needs="ని"),
    Rule(_PACE, _say_pace, "'’"),
    Rule(_PACE_CLOCK, _say_pace, ":", needs="/"),
    Rule(_ELAPSED, _say_elapsed, ":"),
    Rule(_HOURS_LONG, _say_hours_long, ":"),
    Rule(_LAP, _say_lap, ":"),
)
"""Rules before those of heights and of times of day."""
RULES = (Rule(_DURATION, _say_duration, "m"),)
