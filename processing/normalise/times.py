"""Times of the clock, and spans of them."""

import re

from processing.normalise.languages.english import ENGLISH
from processing.normalise.pointed_times import POINTED
from processing.normalise.surroundings import closes_sentence, last_word, next_word, seen_near
from processing.normalise.verbalizer import ClockTime, Verbalizer
from processing.normalise.written import (
    LONG,
    PARTS_OF_DAY,
    WORD_GOES_ON,
    Rule,
    alternatives,
    forms_of_all,
)

_ALONE = r"(?<![\w.,:/])"
_MERIDIEM = r"(?: ?(?P<meridiem>[AaPp]\.?[Mm](?:\.(?=\W|$)|(?![A-Za-z\d.]))))"
_SAID = rf"(?: ?(?P<said>{alternatives(forms_of_all(lambda written: written.clock))})(?![{WORD_GOES_ON}]))"
_CLOCK = re.compile(
    rf"{_ALONE}(?P<hour>\d{{1,2}})(?::(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?)(?!\d|:\d|\.\d){_MERIDIEM}?{_SAID}?"
)
_DOTTED = re.compile(
    rf"{_ALONE}(?P<hour>\d{{1,2}})\.(?P<minute>[0-5]\d)(?!\d|\.\d)"
    rf"(?:{_MERIDIEM}{_SAID.replace('said', 'said2')}?|{_SAID})"
)
_WHOLE_HOUR = re.compile(rf"{_ALONE}(?P<hour>\d{{1,2}}){_MERIDIEM}{_SAID}?")
_MILITARY = re.compile(r"(?<![\w.,:/])(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d) ?(?:hrs|Hrs|hours|HRS)(?!\w)")
_UNPARTED = re.compile(
    r"(?:(?<= at )|(?<= by )|(?<= till )|(?<= until )|(?<= from )|(?<=dep )|(?<=arr )|(?<=ETA )|(?<=ETD )|(?<=STD )|(?<=STA ))"
    r"0(?P<hour>[1-9])(?P<minute>[0-5]\d)(?![\w/:-]|[.,]\d)(?! ?(?:hrs|hours|is|to verify))"
)
"""Time of day in four digits that begin with a nought, behind a word that times follow: 'at 0640'."""
_SECRET = re.compile(r"(?i:code|otp|pin|password|extension|ext)(?![a-z])")
_HOURS = re.compile(
    r"(?<![\w.,:/])(0?\d|1[01]):([0-5]\d) ?(?:[-–]|to) ?(1[3-9]|2[0-3]):([0-5]\d)(?![\d:]| ?[AaPp]\.?[Mm])(?: ?(?:hrs|Hrs|HRS|hours)(?![A-Za-z]))?"
)
_HOUR_ENDING = re.compile(r"(?<![\w.,:/-])(?P<hour>1[0-2]|[1-9])(?P<ending>కి|కు|కే|కల్లా)(?![\u0c00-\u0c7f])")
_ONE_O_CLOCK = re.compile(r"(?<![\w.,:/-])1 ?(?:గంటల?|గం\.)(?=[ ,.;)కను]|$)")
_TO_PART_OF_DAY = re.compile(rf"(?<=\d) ?[-–—] ?(?=(?:{alternatives(PARTS_OF_DAY)}) ?\d{{1,2}}(?!\d))")
_TO = re.compile(
    r"(?<=\d)(?P<first> ?(?:[AaPp]\.?[Mm]\.?)?) ?[-–—] ?"
    rf"(?=\d{{1,2}}(?:[:.][0-5]\d)? ?(?:[AaPp]\.?[Mm]|{alternatives(forms_of_all(lambda written: written.hours))})|\d{{1,2}}:[0-5]\d)"
    r"|(?<=:[0-5]\d) ?[-–—] ?(?=\d{1,2}(?![\w:/-]|[.,]\d))"
)
_LETTER_HOURS = re.compile(
    r"(?<![\w.,:/₹$-])(?P<first>1[0-2]|[1-9])(?P<minute>:[0-5]\d)?(?P<part>[ap])(?: ?[-–—] ?| to )(?P<last>1[0-2]|[1-9])(?P<end>:[0-5]\d)?(?P<other>[ap])(?![\w])"
)
_TO_NOON = re.compile(
    r"(?<=[Mm])(?P<stop>\.?) ?[-–—] ?(?=(?:12 )?(?:midnight|noon)(?![a-z]))|(?<=noon) ?[-–—] ?(?=\d)|(?<=midnight) ?[-–—] ?(?=\d)"
)
_FIRST_HOUR = re.compile(
    rf"(?<![\w.,:/₹$-])(?P<hour>1[0-2]|0?[1-9])(?P<minute>:[0-5]\d)?(?P<joint> ?[-–—] ?| (?:{alternatives(('से', 'ते', 'నుండి', 'నుంచి', 'se'))}) )"
    r"(?=(?P<last>1[0-2]|0?[1-9])(?::[0-5]\d)? ?(?P<meridiem>[AaPp])\.?[Mm](?![A-Za-z]))"
)
_SPAN_TO = re.compile(r"\d ?[AaPp]\.?[Mm]\.?(?: बजे| baje)? (?:से|se) \Z")
"""First time of a span in Hindi, whose last has a word behind it: '10am-4pm'."""
_SPAN_TO_TELUGU = re.compile(r"\d ?[AaPp]\.?[Mm]\.? (?:నుండి|నుంచి) \Z")
_SPAN_OF_ONE_PART = re.compile(r"(?<!\S)(?P<part>\S{2,12})(?: [^\s,;.!?।]{1,12}){1,4} (?:से|ते|నుండి|నుంచి|se) (?P=part)\Z")
"""Span of time whose first part of the day is that of its last, which follows."""


def _say_time(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    found = match.groupdict()
    hour, minute = int(match["hour"]), int(found.get("minute") or 0)
    if hour > 24:
        return None
    written = found.get("meridiem") or ""
    meridiem = written.replace(".", "").lower()
    said = found.get("said") or found.get("said2") or ""
    if not (minute or written) and next_word(match.string, match.end()).startswith("minute"):
        return verbalizer.cardinal(hour)
    before = last_word(match.string, match.start()) in PARTS_OF_DAY
    words = verbalizer.clock(ClockTime(hour, minute, meridiem, said, before, next_word(match.string, match.end())))
    part, _, rest = words.partition(" ")
    if part in PARTS_OF_DAY and _SPAN_OF_ONE_PART.search(
        match.string[max(0, match.start() - 60) : match.start()] + part
    ):
        words = rest
    if found.get("second"):
        second = f" {verbalizer.cardinal(int(found['second'] or 0))}"
        letters = f" {' '.join(meridiem.upper())}" if meridiem else ""
        words = f"{words.removesuffix(letters)}{second}{letters}" if words.endswith(letters) else words + second
    if verbalizer.code.startswith("hi") and _SPAN_TO.search(match.string[max(0, match.start() - 24) : match.start()]):
        ends = match.string[match.end() : match.end() + 1] in ("", *",;)।\n") or closes_sentence(match)
        words += (" तक" if verbalizer.block else " tak") * ends
    if words.endswith("గంటలకు") and _SPAN_TO_TELUGU.search(match.string[max(0, match.start() - 24) : match.start()]):
        words = f"{words[:-2]} వరకు"
    return words + "." * (written.endswith(".") and not said and closes_sentence(match))


def _say_first_hour(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the first time of '4 से 6 PM' with its part of the day; that of '10-6 PM' is in the morning."""
    if verbalizer.code == ENGLISH.code:
        return None
    half = match["meridiem"].lower()
    if int(match["hour"]) % 12 > int(match["last"]) % 12:
        half = "a" if half == "p" else "p"
    part = verbalizer.clock(ClockTime(int(match["hour"]), 0, f"{half}m", "", False, "")).split()[0]
    said = part if part in PARTS_OF_DAY and last_word(match.string, match.start()) not in PARTS_OF_DAY else ""
    joint = match["joint"] if match["joint"].strip("-–— ") else f" {verbalizer.signs['to']} "
    return f"{said} {match['hour']}{match['minute'] or ''}{joint}".lstrip()


def _say_hours(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '09:00-17:00' in hours of half a day, for later rules of English: '9:00 AM to 5:00 PM'."""
    if verbalizer.code != ENGLISH.code:
        return None
    return f"{int(match[1])}:{match[2]} AM to {int(match[3]) - 12}:{match[4]} PM"


def _say_military(match: re.Match[str], verbalizer: Verbalizer) -> str:
    hour = verbalizer.digits("0") + " " if match["hour"][0] == "0" else ""
    minute = int(match["minute"])
    words = f"{hour}{verbalizer.cardinal(int(match['hour']))}"
    return f"{words} {verbalizer.cardinal(minute) if minute else 'hundred'} hours"


def _say_unparted(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'oh six forty' of 'at 0640', for English."""
    if verbalizer.code != ENGLISH.code or seen_near(_SECRET, match, 40, behind=20):
        return None
    hour, minute = verbalizer.cardinal(int(match["hour"])), int(match["minute"])
    if not minute:
        return f"oh {hour} hundred"
    return f"oh {hour} {'oh ' * (minute < 10)}{verbalizer.cardinal(minute)}"


def _say_to(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return f"{match['first'] or ''} {verbalizer.signs['to']} "


def _say_letter_hours(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '7 AM to 11 PM' of '7a-11p', for the rule of times."""
    first, last = (
        f"{match[hour]}{match[minute] or ''} {match[part].upper()}M"
        for hour, minute, part in (("first", "minute", "part"), ("last", "end", "other"))
    )
    return f"{first} {verbalizer.signs['to']} {last}"


def _say_hour_ending(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'మధ్యాహ్నం 2:00కు' of 'మధ్యాహ్నం 2కు', for the rule of times."""
    if last_word(match.string, match.start()) not in PARTS_OF_DAY:
        return None
    return f"{match['hour']}:00{match['ending']}"


def _say_one_o_clock(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'ఒంటి గంట' of 'మధ్యాహ్నం 1 గంటకు', a time of day; elsewhere it is a length of time."""
    return "ఒంటి గంట" if last_word(match.string, match.start()).strip("(\"'“‘") in PARTS_OF_DAY else None


def _say_to_part_of_day(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the word for the dash of 'ఉదయం 10-మధ్యాహ్నం 2'."""
    return f" {verbalizer.signs['to']} "


def _say_to_noon(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the word for the dash of '6 a.m.–midnight'."""
    return f"{match['stop'] or ''} {verbalizer.signs['to']} "


SPANS = (
    Rule(_LETTER_HOURS, _say_letter_hours, "ap"),
    Rule(_ONE_O_CLOCK, _say_one_o_clock, "గ ", needs="1"),
    Rule(_HOUR_ENDING, _say_hour_ending, "క"),
    Rule(_TO_PART_OF_DAY, _say_to_part_of_day, "-–—"),
    Rule(_TO_NOON, _say_to_noon, "-–—mM. dn", needs="n"),
    Rule(_FIRST_HOUR, _say_first_hour, "-–— "),
    Rule(_HOURS, _say_hours, ":"),
    *POINTED,
    Rule(_TO, _say_to, "-–—"),
    Rule(_UNPARTED, _say_unparted, LONG),
)
"""Rules that write both ends of a span so that those of dates and times read them."""
RULES = (
    Rule(_CLOCK, _say_time, ":"),
    Rule(_DOTTED, _say_time, "."),
    Rule(_WHOLE_HOUR, _say_time, "aApP"),
    Rule(_MILITARY, _say_military, "hH"),
)
