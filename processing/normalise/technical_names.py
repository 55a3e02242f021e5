"""Rules for numbers of standards, keys of a keyboard and brands with a figure: 'RFC 2616', 'Ctrl+Shift+Esc', '3M tape'."""

import re

from processing.normalise.languages.english import ENGLISH
from processing.normalise.surroundings import seen_before
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import LONG, Rule, alternatives

_STANDARD = re.compile(
    r"(?<![A-Za-z])(?P<name>(?P<request>RFCs?)|ISO(?:/IEC)?|IEC|IEEE|DIN|ANSI|FIPS|NIST|EN) (?P<first>\d{3,5})(?:(?P<dash>[-–])(?P<second>\d{3,5}))?(?![\w]|[.,]\d)"
)
_EDITION = re.compile(r"(?<=\d):(?P<year>(?:19|20)\d\d)(?![\d:])")
_NAMED_EDITION = re.compile(r"(?:ISO|IEC|EN|IS|BS|DIN|ASTM)[ /A-Z-]{0,12}\d{3,5}(?:-\d{1,2})?\Z")
_BROADCAST = re.compile(r"(?<=H)\.26(?P<last>[45])(?!\w|\.\d)")
_KEYS = {
    "Ctrl": "Control",
    "ctrl": "control",
    "CTRL": "Control",
    "Cmd": "Command",
    "cmd": "command",
    "CMD": "Command",
    "Esc": "Escape",
    "ESC": "Escape",
    "Del": "Delete",
    "Opt": "Option",
    "PgUp": "Page Up",
    "PgDn": "Page Down",
    "PrtSc": "Print Screen",
    "Ins": "Insert",
}
_KEY = re.compile(
    rf"(?<![\w+-])(?P<name>{alternatives(_KEYS)})(?=(?:[+-]| \+ )[A-Z\d])|(?:(?<=\w\+)|(?<=\w \+ )|(?<=[Pp]ress )|(?<=[Hh]it )|(?<=[Hh]old )|(?<=the ))(?P<last>{alternatives(_KEYS)})(?=[\s.,;:)]|$)"
)
_SIGN_NAMES = {
    "@": "at",
    "#": "hash",
    "$": "dollar",
    "%": "percent",
    "&": "ampersand",
    "*": "star",
    "!": "exclamation mark",
    "?": "question mark",
    "^": "caret",
    "_": "underscore",
    "+": "plus",
    "=": "equals",
    "-": "dash",
    "~": "tilde",
}
_ONE_SIGN = re.compile(r"(?<=\W)[@#$%&*!?^_+=~-](?=\W)")
_SIGNS = re.compile(
    r"(?<=[\s(])(?P<signs>[@#$%&*!?^_+=~-](?:(?:, ?| or | and | या | और | లేదా | किंवा | आणि )[@#$%&*!?^_+=~-]){1,9})(?=[\s).,;]|$)"
)
_BRAND = re.compile(
    r"(?<![\w.,-])3M(?=['’]s|\u2122|®| (?:tape|sticker|mask|filter|command|adhesive|company|India|products?|respirator|film|glue|pads?|hooks?|strips?)(?![a-z]))"
)


def _pairs(digits: str) -> str:
    """Return four digits as two numbers, 'eighty six oh one'; three and five digits one by one."""
    if len(digits) != 4 or digits[0] == "0":
        return ENGLISH.digits(digits)
    return ENGLISH.two_numbers(int(digits[:2]), int(digits[2:]))


def _say_standard(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the number of 'RFC 2616' by digits and of 'ISO 8601' by pairs; 'ISO 9001' stays a number."""
    if verbalizer.block is not None:
        return None
    first, second = match["first"], match["second"]
    joint = f" {ENGLISH.signs['to']} "
    if match["request"]:
        said = [ENGLISH.digits(part) for part in (first, second) if part]
        return f"{match['name']} {joint.join(said)}"
    if int(first) % 1000 < 10:
        return None
    return f"{match['name']} {_pairs(first)}{match['dash'] or ''}{second or ''}"


def _say_edition(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the year of 'ISO 9001:2015'."""
    named = seen_before(_NAMED_EDITION, match, 28)
    return f" {ENGLISH.year(int(match['year']))}" if named else None


def _say_broadcast(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the digits of 'H.264'."""
    return f" {ENGLISH.digits('26' + match['last'])}"


def _say_key(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'Control' of 'Ctrl+C'."""
    return _KEYS[match["name"] or match["last"]]


def _say_signs(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the names of '@, # or $', the signs that a password may have."""
    said = _ONE_SIGN.sub(lambda sign: _SIGN_NAMES[sign[0]], f" {match['signs']} ")
    return said.strip()


def _say_brand(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '3 M' of '3M tape', a brand and no millions."""
    return f"{ENGLISH.cardinal(3)} M"


RULES = (
    Rule(_SIGNS, _say_signs, "@#$%&*!?^_+=~"),
    Rule(_BROADCAST, _say_broadcast, ".", needs="H.26"),
    Rule(_KEY, _say_key, "CcEDOPI"),
)
"""Rules for text with or without figures."""

FIGURES = (
    Rule(_EDITION, _say_edition, ":"),
    Rule(_STANDARD, _say_standard, LONG),
    Rule(_BRAND, _say_brand, "M"),
)
"""Rules before those of years and models."""
