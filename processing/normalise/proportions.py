"""Rules for proportions of several parts, which look like times of day, and for an age before a height."""

import re

from processing.normalise.surroundings import last_word, seen_near
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule, read_amount

_AGE_AND_HEIGHT = re.compile(r"(?<![\w.,/])(?P<age>\d\d) ?/ ?(?=\d['’] ?\d{1,2}[\"”'’]|1\d\d ?cms?(?!\w))")
_PROPORTIONS = re.compile(r"(?<![\w.,:])\d{1,3}(?::\d{1,3}(?:\.\d)?){2,3}(?![\d:])")
_CONCRETE = re.compile(
    r"(?i:concrete|mortar|cement|plaster)|(?<![A-Z])M\d\d(?!\d)|कंक्रीट|काँक्रीट|कॉंक्रिट|सीमेंट|सिमेंट|మోర్టార్|కాంక్రీట్|సిమెంట్"
)
_FERTILISER = re.compile(r"(?<![A-Z])NPK(?![A-Z])|(?i:fertili[sz]er)|उर्वरक|खाद|खत |खते|यूरिया|युरिया|एनपीके|ఎరువు|ఎన్‌?పీ‌?కే")
_MIXED = re.compile(
    r"(?i:ratio|proportion|dilut|mix|solution|scale|odds|bonus|stock split|leverage|mortar|concrete|cement|shares? for)|(?<![a-z])[a-z] to [a-z] ="
)
_BEFORE_TIMES = frozenset("at by from till until time after before around about since to and is".split())
_TWO = re.compile(
    r"(?<![\w.,:/])(?P<first>\d{1,3}):(?P<second>\d{1,3}(?:,\d{3}){1,2}|\d{2,6})(?![\d:]|\.\d| ?[AaPp]\.?[Mm])"
)
_RATIO = re.compile(r"(?i:ratio|proportion)|अनुपात|प्रमाण|నిష్పత్తి")
_RATIO_NAMED = re.compile(
    r"(?<![\w.,:/])(?P<first>\d{1,3}):(?P<second>\d{1,3}(?:,\d{3})?)(?= ?(?:(?:के )?अनुपात|(?:च्या )?प्रमाण|నిష్పత్తి))"
)
_PARTS_JOINED = {"hi": " और ", "mr": " "}
_NEAR = 40
"""Characters in which a word may show that parts are in proportion."""


def _say_age(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the age of '29/5\'9"' apart from the height."""
    return f"{match['age']}, "


def _say_proportions(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the words of 'NPK 19:19:19' or of 'ratio 1:2:3', which look like a time of day."""
    figures = [verbalizer.amount(read_amount(figure)) for figure in match[0].split(":")]
    if match.string[max(0, match.start() - 2) : match.start()] == "= ":
        return f" {verbalizer.signs['ratio']} ".join(figures)
    if seen_near(_FERTILISER, match, _NEAR):
        return " ".join(figures)
    if seen_near(_CONCRETE, match, _NEAR):
        return f" {verbalizer.signs['ratio']} ".join(figures)
    shown = int(match[0].partition(":")[0]) > 24 or seen_near(_RATIO, match, _NEAR)
    return f" {verbalizer.signs['ratio']} ".join(figures) if shown else None


def _say_ratio_named(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'ఒకటికి యాభై' of '1:50 నిష్పత్తిలో', whose word for a ratio follows."""
    first, second = (verbalizer.cardinal(int(match[name].replace(",", ""))) for name in ("first", "second"))
    if verbalizer.code == "te":
        return verbalizer.ratio(first, second)
    joint = _PARTS_JOINED.get(verbalizer.code)
    return f"{first}{joint}{second}" if joint else None


_BOOKS = (
    "Gen|Genesis|Exodus|Leviticus|Deuteronomy|Joshua|Samuel|Kings|Job|Psalms?|Proverbs|Ecclesiastes|Isaiah|Jeremiah|Ezekiel|Daniel"
    "|Matthew|Matt|Mark|Luke|John|Acts|Romans|Corinthians|Cor|Galatians|Ephesians|Philippians|Thessalonians|Timothy|Hebrews|James"
    "|Peter|Revelation|Qur['’]?an|Quran|Koran|Surah|Sura|Ayat|Ayah|Gita|Bible"
)
_VERSE = re.compile(
    rf"(?<![A-Za-z])(?P<book>(?:{_BOOKS})\.? (?:[A-Z][a-z'’-]{{1,16}} )?)(?P<chapter>\d{{1,3}}):(?P<verse>\d{{1,3}})(?:[-–](?P<last>\d{{1,3}}))?(?!\d|:)"
)


def _say_verse(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return chapter and verse of 'John 3:16', which are no time of day."""
    last = f" {verbalizer.signs['to']} {verbalizer.cardinal(int(match['last']))}" if match["last"] else ""
    return (
        f"{match['book']}{verbalizer.cardinal(int(match['chapter']))} {verbalizer.cardinal(int(match['verse']))}{last}"
    )


def _say_two(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'one to ten' of '1:10' beside a word about mixing or a scale, which is no time of day."""
    scaled = match["first"] == "1" and "," in match["second"]
    if last_word(match.string, match.start()).lower() in _BEFORE_TIMES and not scaled:
        return None
    if not scaled and not seen_near(_MIXED, match, _NEAR):
        return None
    figures = [verbalizer.cardinal(int(match[name].replace(",", ""))) for name in ("first", "second")]
    return f" {verbalizer.signs['ratio']} ".join(figures)


_SHOE = re.compile(
    r"(?<![A-Za-z])(?P<size>(?:UK|US|EU|IND) ?\d{1,2}(?:\.5)?) ?/ ?(?=(?:UK|US|EU|IND) ?\d{1,2}(?:\.5)?(?![\w/]|\.\d))"
)


def _say_shoe(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the first size of 'UK 8/EU 42' with a pause."""
    return f"{match['size']}, "


RULES = (
    Rule(_SHOE, _say_shoe, "/"),
    Rule(_RATIO_NAMED, _say_ratio_named, ":"),
    Rule(_TWO, _say_two, ":"),
    Rule(_VERSE, _say_verse, ":"),
    Rule(_AGE_AND_HEIGHT, _say_age, "/"),
    Rule(_PROPORTIONS, _say_proportions, ":"),
)
