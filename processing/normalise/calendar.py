"""Rules for dates and years, and the order of those for times. In a numeric date the day comes before the month, as in India, unless the options say not."""

import re

from processing.normalise import durations, times, years
from processing.normalise.languages import VERBALIZERS
from processing.normalise.languages.english import COUNTED, ENGLISH
from processing.normalise.surroundings import keep_stop, last_word, next_word, seen_before, seen_near
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import BEFORE, LONG, Rule, alternatives

_MONTH_OF = {
    name: number
    for verbalizer in VERBALIZERS
    for number, names in enumerate(verbalizer.months, start=1)
    for name in names.split()
}
_MONTH_OF |= {name.upper(): number for name, number in _MONTH_OF.items() if name.isascii()}
MONTH = alternatives(_MONTH_OF)
_LOWER_MONTH = re.compile(
    r"(?<![\w.,/-])(?P<day>\d{1,2}) (?P<month>jan|feb|apr|jun|jul|aug|sept|sep|oct|nov|dec)(?![\w'’-]|\.\w)"
)
_MONTH_ABBREVIATION = alternatives(name for name in _MONTH_OF if name.isascii() and len(name) <= 4)
_MONTH_BEGINS = "".join({name[0] for name in _MONTH_OF}) + "osnrt"
_MONTH_ENDS = "".join({name[-1] for name in _MONTH_OF}) + ".,-'’"
_ISO = re.compile(rf"{BEFORE}(\d{{4}})([-/])(\d{{1,2}})\2(\d{{1,2}})(?![\d/-])")
_COMPACT = re.compile(rf"{BEFORE}(\d{{1,2}})({_MONTH_ABBREVIATION})(?:'?(\d{{4}}|\d{{2}}))?(?!\w)")
_ISO_TIME = re.compile(rf"{BEFORE}(\d{{4}}-\d\d-\d\d)[T :](\d\d:\d\d)(:\d\d)?(?:\.\d{{1,9}})?(?P<utc>Z)?(?![\w:])")
_NUMERIC = re.compile(rf"{BEFORE}(\d{{1,2}})([/.-])(\d{{1,2}})\2(\d{{4}}|\d{{2}})(?![\d/]|-\d)(?!\.\d)")
_DAY_MONTH = re.compile(
    rf"{BEFORE}(\d{{1,2}})(?:st|nd|rd|th|ST|ND|RD|TH)?(?P<joint> of |[ -])({MONTH})(?![A-Za-z\u0900-\u0963\u0966-\u0d7f])\.?(?:,?[ -](\d{{4}})(?!\d)|-(\d\d)(?![\d-])| ?['’](\d\d)(?!\d))?"
)
_DAYS_OF_MONTH = re.compile(
    rf"{BEFORE}(\d{{1,2}}) ?[-–] ?(?=(\d{{1,2}})[ -](?:{MONTH})(?![A-Za-z\u0900-\u0963\u0966-\u0d7f]))"
)
_MONTH_TO = re.compile(
    rf"(?:(?<=[a-z])|(?<=[\u0900-\u0d7f])) ?[-–] ?(?=\d{{1,2}}(?:st|nd|rd|th)? (?:{MONTH})(?![A-Za-z\u0900-\u0963\u0966-\u0d7f]))"
)
_DATE_TO = re.compile(rf"(?<=\d) ?[-–] ?(?=(?:{MONTH})\.?,? \d)")
_DATE_BEHIND = re.compile(rf"(?<![A-Za-z])(?:{MONTH})\.?,? ?['’]?\d{{1,4}}(?:, \d{{4}})?\Z")
_MONTH_AND_YEAR = re.compile(
    r"(?<![\w.,/-])(?<!number )(?P<month>0?[1-9]|1[0-2])/(?P<year>(?:19|20)\d\d)(?![\d/])"
    r"|(?P<word>(?i:valid|exp|expiry|expires?|expiring|till|thru|through|upto|until|वैधता|समाप्ति|एक्सपायरी|मान्य|గడువు|చెల్లుబాటు|ఎక్స్‌పైరీ)(?i: (?:till|upto|thru|until|date|on|by|in))?[ .:]{1,2})"
    r"(?P<short>0[1-9]|1[0-2])/(?P<end>\d\d)(?![\d/])"
)
_UNTIL = re.compile(r"(?i:till|thru|through|upto|until)")
_VALID = re.compile(
    r"(?i:valid|exp(?:iry|ires?|iring)?|cards?|visa|passport|licen[cs]e|warranty|insurance|policy|subscription|membership)(?![a-z])|वैधता|मान्य|కార్డ్|చెల్లు"
)
"""Words beside 'till 05/27' that make it a month and a year."""
_DAY_AND_DAY = re.compile(
    rf"{BEFORE}(\d{{1,2}})(?P<joint> ?& ?| and |, ?)(?=(\d{{1,2}})(?:(?:, ?| ?& ?| and )\d{{1,2}}){{0,3}}[ -](?:{MONTH})(?![A-Za-z\u0900-\u0963\u0966-\u0d7f]))"
)
_BEFORE_PART_OF_DAY = re.compile(
    r"(?<![\w.,/-])(?P<day>\d{1,2})/(?P<month>\d{1,2})(?= (?:midnight|morning|noon|afternoon|evening|night|udayam|sayantram|ratri|raatri|subah|shaam|raat|ఉదయం|సాయంత్రం|రాత్రి|मध्यरात्रि|सुबह|शाम)(?!\w))"
)
"""Day and month before a part of the day: '3/11 midnight'."""
_DAY_WITH_ENDING = re.compile(
    r"(?<![\w.,/-])(?P<day>\d{1,2})/(?P<month>\d{1,2})(?P<ending>న|కు|కి|లోపు)(?![\u0c00-\u0c63])"
)
_SET = re.compile(r"వాయిదా|గడువు|తేదీ|తేది|పెళ్లి|పరీక్ష|పోలింగ్|ముహూర్తం|విచారణ|సమావేశం")
"""Words before a day and a month with a case ending: 'వాయిదా 12/12కు'."""
_ON_DAY = re.compile(
    r"(?<![A-Za-z])(?P<word>(?i:retire[sd]?|retirement|appointment|appt|visit|surgery|check-?up|exam|concert|event|starts|begins|ends|opens|closes|rsvp|scheduled|renews|expires|arrives|departs|leaves|returns|ships|posted|updated|thru|through|effective|starting|on|dated|dt|date|due|by|since|from|till|until|before|after) )(?P<day>\d{1,2})/(?P<month>\d{1,2})"
    r"(?P<to> ?(?:to|till|and|-|–) ?)?(?(to)(?P<last>\d{1,2})/(?P<end>\d{1,2}))(?![\d/]|[.,]\d| ?%)"
    r"(?=[,;:.)]|$| (?:at|and|to|by|from|for|in|is|was|or|after|before|between|with|as|till|but|if|hashtag|EOD|COB|midnight|noon|morning|evening|night|onwards|itself)(?![a-z])| ?[@(&–-]| \d{1,2}(?:[:.]\d\d)? ?[AaPp]\.?[Mm])"
)
_FACTORED = re.compile("(?i:divid|multipl|increas|reduc|scaled)")
_DEADLINE = re.compile(
    r"(?i:submit|submission|admit cards?|deadline|apply|applications?|register|pay|fees?|forms?|dues|return|rsvp|results?|complete|finish|send|reply)(?![a-z])"
)
"""Words before 'by 5/2' that make it a date."""
_FERTILISER = re.compile(r"NPK|N-P-K|(?i:fertili[sz]e|plant food|lawn|garden)")
"""Words beside parts of a fertiliser, '10-10-10', which are no date."""
_PADDED = re.compile(r"(?<![\w.,/:-])([0-3]\d)-([01]\d)(?![\w/:-]|[.,]\d)")
_MONTH_DAY = re.compile(
    rf"(?<![A-Za-z])({MONTH})\.? (\d{{1,2}})(?:st|nd|rd|th)?(?![\d:.,/-]\d|\d|[A-Za-z%వ])(?:,? (\d{{4}})(?!\d))?"
)
_MONTH_DAYS = re.compile(
    rf"(?<![A-Za-z])({MONTH})\.? (\d{{1,2}})(?: ?[-–] ?| to )(\d{{1,2}})(?![\d:.,/-]\d|\d|[A-Za-z%])"
)
_MONTH_YEAR = re.compile(rf"(?<![A-Za-z])({MONTH})\.?(?:,? | ?-)?(?:(\d{{4}})|['’](\d\d))(?!\d|,\d)")
_MONTH_OF_YEAR = re.compile(rf"(?<![\w/-])(?P<month>{_MONTH_ABBREVIATION})-(?P<year>2\d|3[0-5])(?![\w/-]|[.,:]\d)")
_BEFORE_DAYS = frozenset("on by till from since before after until dated".split())
"""Words before 'Oct-25' that make it a day."""
_NUMBERED = frozenset(
    "version v ver release section sec clause chapter rule para python node java php ios kernel".split()
)
_DATED = frozenset("On By Dt Dated Date Till From Since Until DOB".split())


def _say_month_of_year(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'October 2025' of 'bill for Oct-25', for the rule of months and years."""
    if not match["month"][0].isupper() or last_word(match.string, match.start()).lower() in _BEFORE_DAYS:
        return None
    return f"{match['month']} 20{match['year']}"


def _full_year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < 40 else 1900)


def _date(day: str, month: str, year: str, verbalizer: Verbalizer) -> str | None:
    first, second = int(day), int(month)
    if second > 12 >= first:
        first, second = second, first
    return verbalizer.date(first, second, _full_year(year)) if 1 <= first <= 31 and 1 <= second <= 12 else None


def _say_iso_time(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '2024-02-29T10:00:00Z' as a date and a time of day, for later rules."""
    seconds = "" if match[3] in (None, ":00") else match[3]
    return f"{match[1]} {match[2]}{seconds}{' UTC' if match['utc'] else ''}"


def _say_iso(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    return _date(match[4], match[3], match[1], verbalizer)


def _say_compact(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the words of '05Mar24'."""
    day = int(match[1])
    return (
        verbalizer.date(day, _MONTH_OF[match[2]], _full_year(match[3]) if match[3] else None)
        if 1 <= day <= 31
        else None
    )


def _say_lower_month(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the month of '23 nov' with its capital, for the rules of dates."""
    return f"{match['day']} {match['month'].capitalize()}"


def _say_days(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the first day of '15-16 August 2024' in words, for the rule of the date behind it."""
    first, second = int(match[1]), int(match[2])
    return f"{verbalizer.day_of_month(first)} {verbalizer.signs['to']} " if 1 <= first < second <= 31 else None


def _say_month_to(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the word for the dash of '21 March-19 April'."""
    return f" {verbalizer.signs['to']} " if last_word(match.string, match.start()) in _MONTH_OF else None


def _say_date_to(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the word for the dash of 'Nov 5-Dec 3' and 'Nov 2026-Jan 2027'."""
    dated = seen_before(_DATE_BEHIND, match, 24)
    return f" {verbalizer.signs['to']} " if dated else None


def _say_month_and_year(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the words of '12/2024', or of '05/27' behind a word such as "expires"."""
    month = int(match["month"] or match["short"])
    if match["word"] and _UNTIL.match(match["word"]) and seen_near(_VALID, match, 40) is None:
        day = int(match["end"])
        return f"{match['word']}{verbalizer.date(day, month, None)}" if 12 < day < 32 and 1 <= month <= 12 else None
    if not 1 <= month <= 12:
        return None
    year = _full_year(match["year"] or match["end"])
    return f"{match['word'] or ''}{verbalizer.month_name(month)} {verbalizer.year(year)}"


def _say_day_and_day(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the first day of '14 & 15 Nov' in words, for the rule of the date behind it."""
    first, second = int(match[1]), int(match[3])
    if not 1 <= first < second <= 31:
        return None
    joint = ", " if match["joint"].startswith(",") else f" {verbalizer.signs['and']} "
    return verbalizer.day_of_month(first) + joint


def _say_on_day(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the words of 'on 11/12 at', or of 'from 3/2 to 7/2'."""
    if match["word"].lower() == "by " and not _is_dated(match):
        return None
    pairs = [(match["day"], match["month"])] + ([(match["last"], match["end"])] if match["to"] else [])
    if verbalizer.reading.date_order == "mdy":
        pairs = [(day, month) for month, day in pairs]
    pairs = [(month, day) if int(month) > 12 >= int(day) else (day, month) for day, month in pairs]
    if not all(1 <= int(day) <= 31 and 1 <= int(month) <= 12 for day, month in pairs):
        return None
    said = [verbalizer.date(int(day), int(month), None) for day, month in pairs]
    joint = (
        ""
        if not match["to"]
        else f" {match['to'].strip()} "
        if match["to"].strip().isalpha()
        else f" {verbalizer.signs['to']} "
    )
    return match["word"] + joint.join(said)


def _is_dated(match: re.Match[str]) -> bool:
    """Return whether 'by 04/12' is no factor, such as that of 'multiply by 9/5'."""
    if seen_before(_FACTORED, match, 30):
        return False
    if seen_before(_DEADLINE, match, 60):
        return True
    padded = "0" in (match["day"][0], match["month"][0])
    return padded or int(match["day"]) > 12 or int(match["month"]) > 10


def _say_day_with_ending(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the date of '5/12న', and of 'వాయిదా 12/12కు' behind a word of dates."""
    day, month = int(match["day"]), int(match["month"])
    dated = match["ending"] == "న" or seen_before(_SET, match, 40)
    if not (1 <= day <= 31 and 1 <= month <= 12) or (day, month) in ((1, 2), (1, 4), (3, 4)) or not dated:
        return None
    return verbalizer.with_number_ending(verbalizer.date(day, month, None), match["month"], match["ending"])


def _say_before_part_of_day(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the date of '3/11 midnight'; '1/2 morning' may be a half."""
    day, month = int(match["day"]), int(match["month"])
    if not (1 <= day <= 31 and 1 <= month <= 12) or (day, month) in ((1, 2), (1, 3), (1, 4), (3, 4)):
        return None
    return verbalizer.date(day, month, None)


def _say_padded(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the words of a day and a month of which one has a zero in front, '02-10'."""
    day, month = int(match[1]), int(match[2])
    padded = "0" in (match[1][0], match[2][0])
    return verbalizer.date(day, month, None) if padded and 1 <= day <= 31 and 1 <= month <= 12 else None


def _say_numeric(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    if match[2] == "." and len(match[4]) == 2 and (int(match[4]) < 10 or _is_version(match)):
        return None
    if match[2] == "-" and int(match[1]) + 2 == int(match[3]) + 1 == int(match[4]):
        return None  # a list, '8-9-10'
    if match[2] == "-" and seen_near(_FERTILISER, match, 40):
        return None
    first, second = match[1], match[3]
    day, month = (second, first) if verbalizer.reading.date_order == "mdy" else (first, second)
    return _date(day, month, match[4], verbalizer)


def _is_version(match: re.Match[str]) -> bool:
    """Return whether the word before a number with stops makes it a version or a section."""
    before = last_word(match.string, match.start())
    return before.lower().rstrip(":") in _NUMBERED or (
        before[:1].isupper() and before.isalpha() and before not in _DATED
    )


def _month(written: str, verbalizer: Verbalizer) -> str:
    """Return the verbalizer's name of a month that is written short in Latin letters, else the month as written."""
    return verbalizer.month_name(_MONTH_OF[written]) if written.isascii() and len(written) <= 4 else written


def _say_day_month(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    day = int(match[1])
    if not 1 <= day <= 31:
        return None
    month = _MONTH_OF[match[3]]
    year = match[4] or match[5] or match[6]
    words = verbalizer.date(day, month, _full_year(year) if year else None)
    of = "of " * (match["joint"] == " of " and verbalizer.code == ENGLISH.code)
    words = words.replace(verbalizer.month_name(month), of + _month(match[3], verbalizer), 1)
    return keep_stop(match, words)


def _say_month_day(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    day = int(match[2])
    if not 1 <= day <= 31 or next_word(match.string, match.end()).lower().rstrip(".,;:!?") in COUNTED:
        return None
    tail = f" {verbalizer.year(int(match[3]))}" if match[3] else ""
    return f"{_month(match[1], verbalizer)} {verbalizer.day_of_month(day)}{tail}"


def _say_month_days(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the words of 'June 21-24'."""
    first, second = int(match[2]), int(match[3])
    if not 1 <= first < second <= 31:
        return None
    days = [verbalizer.day_of_month(day) for day in (first, second)]
    return f"{_month(match[1], verbalizer)} {days[0]} {verbalizer.signs['to']} {days[1]}"


def _say_month_year(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    return f"{_month(match[1], verbalizer)} {verbalizer.year(_full_year(match[2] or match[3]))}"


RULES = (
    Rule(_LOWER_MONTH, _say_lower_month, " "),
    Rule(_ISO_TIME, _say_iso_time, "-"),
    Rule(_ISO, _say_iso, "-/"),
    Rule(_NUMERIC, _say_numeric, "/.-"),
    Rule(_COMPACT, _say_compact, "".join({name[0] for name in _MONTH_OF if name.isascii()})),
    Rule(_MONTH_AND_YEAR, _say_month_and_year, "/"),
    Rule(_MONTH_TO, _say_month_to, "-–"),
    Rule(_DATE_TO, _say_date_to, "-–"),
    Rule(_DAYS_OF_MONTH, _say_days, "-–"),
    Rule(_DAY_AND_DAY, _say_day_and_day, "&, "),
    Rule(_ON_DAY, _say_on_day, "/"),
    Rule(_DAY_WITH_ENDING, _say_day_with_ending, "/"),
    Rule(_BEFORE_PART_OF_DAY, _say_before_part_of_day, "/"),
    Rule(_PADDED, _say_padded, "-"),
    *times.SPANS,
    Rule(_DAY_MONTH, _say_day_month, _MONTH_BEGINS),
    Rule(_MONTH_OF_YEAR, _say_month_of_year, "-"),
    Rule(_MONTH_DAYS, _say_month_days, "-– "),
    Rule(_MONTH_DAY, _say_month_day, _MONTH_ENDS),
    Rule(_MONTH_YEAR, _say_month_year, LONG + "'’"),
    *times.RULES,
    *years.RANGES,
    *durations.RULES,
    *years.DECADES,
)
