"""Rules for numbers of houses, land and files in sentences in an Indic script: 'नं. 45/2', '8-3-224/1', '12/45/2026'."""

import re

from processing.normalise.identifier_forms import EDGE
from processing.normalise.surroundings import seen_before
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule

_LOT = re.compile(
    rf"(?P<name>{EDGE}(?:नंबर|क्रमांक|संख्या|నంబర్|సంఖ్య)[ :.-]{{1,2}})(?P<first>\d{{1,4}})/(?P<second>\d{{1,3}})(?![\d/]|[.,]\d)"
)
_DOOR = re.compile(
    r"(?<![\w.,/-])\d{1,3}-\d{1,4}-(?:\d{1,3}(?=/)|(?!19|20)\d{4}(?=/)|\d{3}(?!\d))(?:/\d{1,4})?(?![\w/-]|[.,]\d)"
)
_FILE = re.compile(r"(?<![\w/])(?P<first>\d{1,4})/(?P<second>\d{1,4})/(?P<year>(?:19|20)\d\d)(?![\d/])")
_CHARACTER = r"\w\u0900-\u0963\u0966-\u097f"
_PART = rf"[{_CHARACTER}](?:[{_CHARACTER}]|\.(?=[{_CHARACTER}/-])){{0,20}}"
_OFFICE = re.compile(rf"(?<![{_CHARACTER}₹./-]){_PART}(?:[/-]{_PART}){{2,8}}(?![{_CHARACTER}/-])")
_NUMBERS = frozenset("क्र. सं. क्रमांक संख्या".split())
"""Words that a stroke may join to the number of a file: 'क्र./सी-3-7/2026'."""
_FILED_AS = re.compile(
    r"(?:पत्रांक|पत्र|क्रमांक|क्र\.|संख्या|सं\.|शासनादेश|निर्णय|आदेश|ज्ञापांक|फ़ाइल|फाइल|नंबर|नं\.|नं)[ .:-]{0,3}(?P<branch>[\u0900-\u097f]{1,4} )?\Z"
)
"""Words before the number of an office's file."""
_SECTIONS = re.compile(
    r"(?P<name>(?:धारा|धाराएं|धाराएँ|धाराओं|दफा|दफ़ा|कलम|कलमे|कलमांखाली|अनुच्छेद|सेक्शन|सेक्शन्स)[ :]{1,2})"
    r"(?P<list>\d{1,3}[A-Z]?(?:[,/] ?\d{1,3}[A-Z]?(?![\d.(])){1,9})(?![\w/,.]?\d|[A-Za-z])"
)
_SECTION = re.compile(r"(?P<figure>\d+)(?P<letter>[A-Z]?)")
_HOUSE = re.compile(r"(?<![\w/-])(?P<wing>[A-Z])-(?P<first>\d{1,4})/(?P<second>\d{1,4})(?![\w/-]|[.,]\d)")
_LETTERED = re.compile(r"(?<=\d)(?=(?:[अबकखगघडइफए]|बी|सी|डी)(?![\u0900-\u0963]))")
_DEVANAGARI = 0x0900
_ORDINALS = re.compile(
    r"(?<![\w.,/-])(?P<first>\d{1,2}) ?[-–] ?(?=(?P<last>\d{1,2})(?:वीं|वी|वें|वाँ|वां|वा|వ)(?![\u0900-\u0963\u0c00-\u0c63]))"
)
_FIGURES_ONLY = re.compile(r"(?=[\d-]{0,40}/)(?=[\d/]{0,40}-)[\d/-]{5,60}")
"""Figures with strokes and hyphens, which are no date."""
_LETTERS_OR_FIGURES = re.compile(r"\d+|[^\d]+")
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


def _say_office(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the numbers and the names of a file, 'संकीर्ण-2023/प्र.क्र.45/का-2', whose strokes are no choice."""
    first, *others = re.findall(r"[/-]|[^/-]+", match[0])
    named = re.search(r"[\u0904-\u0939]", match[0]) is not None
    filed = seen_before(_FILED_AS, match, 32)
    if verbalizer.block != _DEVANAGARI or not re.search(r"\d", match[0]) or not (filed or first in _NUMBERS):
        return None
    if not named and ((filed and filed["branch"]) or not _FIGURES_ONLY.fullmatch(match[0])):
        return None
    said, last = _part(first, verbalizer), first
    if first in _NUMBERS:
        said, last, others = f"{first} {_part(others[1], verbalizer)}", others[1], others[2:]
    for joint, part in zip(others[::2], others[1::2], strict=True):
        if joint == "/":
            said += f" {verbalizer.signs['by']}" if last.isdigit() and part.isdigit() else ","
        said, last = f"{said} {_part(part, verbalizer)}", part
    return said


def _say_sections(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the sections of a law one after the other, 'धारा 420/467/468' and 'धारा 147,148'; two may be a pair, '302/34'."""
    sections = _SECTION.findall(match["list"])
    if verbalizer.block is None or ("," not in match["list"] and len(sections) < 3):
        return None
    return match["name"] + ", ".join(
        [f"{verbalizer.cardinal(int(figure))} {letter}".rstrip() for figure, letter in sections]
    )


_NAMES_OF_LETTERS = "ए|बी|सी|डी|ई|एफ|जी|एच|अ|ब|क|ख|ग|घ|ड"
_STROKE_LETTER = re.compile(
    rf"(?<=\d)/(?=(?:{_NAMES_OF_LETTERS})(?![\u0900-\u0963]))|(?<![\u0900-\u0d7f\w/])(?P<letter>{_NAMES_OF_LETTERS})/(?=\d{{1,4}}(?:/\d{{1,4}})?(?![\d/]))"
)


def _say_lettered(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Set a letter apart from its number, which is no choice: 'गट 112/1अ', 'मकान 112/ए', 'बी/402'."""
    return f"{match.groupdict().get('letter') or ''} "


def _part(part: str, verbalizer: Verbalizer) -> str:
    """Return one part of a file's number: figures in words, and a name as written, for the rules of abbreviations."""
    if not part.isdigit():
        named = part if "." in part[:-1] else part.rstrip(".")
        return " ".join(
            [_part(one, verbalizer) if one.isdigit() else one for one in _LETTERS_OR_FIGURES.findall(named)]
        )
    if len(part) > 5 or (part[0] == "0" and len(part) > 3):
        return verbalizer.digits(part)
    year = len(part) == 4 and part.startswith(("19", "20"))
    return verbalizer.year(int(part)) if year else verbalizer.cardinal(int(part))


def _say_house(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the numbers of 'D-12/3, रामघाट रोड' in the language of the sentence."""
    if verbalizer.block is None:
        return None
    first, second = (verbalizer.cardinal(int(match[name])) for name in ("first", "second"))
    return f"{match['wing']} {first} {verbalizer.signs['by']} {second}"


def _say_ordinals(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '10-12वीं', classes one after the other, with the word for the dash."""
    if verbalizer.block is None or int(match["first"]) >= int(match["last"]):
        return None
    return f"{verbalizer.cardinal(int(match['first']))} {verbalizer.signs['to']} "


NAMES = (Rule(_OFFICE, _say_office, "/", "/"),)
"""Rule before those of abbreviations."""

FILES = (Rule(_SECTIONS, _say_sections, ",/"), Rule(_HOUSE, _say_house, "/", "/"))
"""Rules before those of identifiers."""

RULES = (
    Rule(_LETTERED, _say_lettered, "अबकखगघडइफएस"),
    Rule(_STROKE_LETTER, _say_lettered, "/", needs="/"),
    Rule(_ORDINALS, _say_ordinals, "-–"),
    Rule(_LOT, _say_lot, "/", "/"),
    Rule(_DOOR, _say_door, "-", "-"),
    Rule(_FILE, _say_file, "/", "/"),
)
"""Rules before those of scores, ranges and dates."""
