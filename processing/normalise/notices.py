"""Rules for short forms of notices and offices: 'G.O.Ms.No. 45', 'due dt 02 Dec', 'ph no', 'cc: Mr. Rao'."""

import re

from processing.normalise.short_forms import ALWAYS, read_pairs
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule, last_word

_PARTS = read_pairs("""
Ms = M S
Rt = R T
Rc = R C
Lr, Ltr = letter
Cr = crime
Dy = diary
Memo = memo
Procs = proceedings
Dis = disposal
""")
"""Words for the parts of an order's or a file's name that are not initials."""
_OFFICE_NO = re.compile(
    r"(?P<parts>[A-Z](?<![\w.].)[a-z]{0,4}\.(?:[A-Z][a-z]{0,4}\.){0,3}) ?"
    r"(?P<branch>\([A-Z][a-z]{0,2}\)\.? ?)?[Nn]os?\.? ?:? ?(?=[A-Z]{0,4}[-/]?\d)"
)
_DATED = re.compile(r"(?:dt|Dt)(?<![\w.]..)d?(?: ?: ?| )(?=\d{1,2}(?:[-./]\d|(?:st|nd|rd|th)?[ -][A-Z][a-z]{2}))")
_DATES = frozenset("due issue expiry exp birth bill last start end joining submission payment maturity value".split())
"""Words before 'dt' for a date; elsewhere it is "dated"."""
_PHONES = {"ph": "phone", "mob": "mobile", "tel": "telephone"}
_PHONE = "|".join(rf"{form}(?<![\w.@/-]{form})" for short in _PHONES for form in (short, short.capitalize()))
_PHONE_NO = re.compile(rf"(?P<word>{_PHONE})(?= (?:[Nn]o|[Nn]os|[Nn]umber)(?![a-z])|#)")
_COPIES = re.compile(r"(?<!\w)(?:[Bb]?cc|B?CC)(?=:)")


def _say_office_no(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'G O M S number' of 'G.O.Ms.No.'."""
    parts = match["parts"].rstrip(".").split(".")
    if len(parts) == 1 and parts[0] not in _PARTS:
        return None
    if f"{match['parts']}no".lower() in ALWAYS:
        return None
    words = [_PARTS.get(part, part if len(part) > 2 else " ".join(part.upper())) for part in parts]
    if match["branch"]:
        words += match["branch"].strip("(). ").upper()
    return f"{' '.join(words)} number "


def _say_dated(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the word for 'dt' before a date: 'due dt 02 Dec' is "due date"."""
    return "date " if last_word(match.string, match.start()).lower() in _DATES else "dated "


def _say_phone_no(match: re.Match[str], verbalizer: Verbalizer) -> str:
    word = _PHONES[match["word"].lower()]
    return word.capitalize() if match["word"][0].isupper() else word


def _say_copies(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return " ".join(match[0].upper())


RULES = (
    Rule(_OFFICE_NO, _say_office_no, "."),
    Rule(_DATED, _say_dated, "dD", needs="t"),
    Rule(_PHONE_NO, _say_phone_no, "hbl"),
    Rule(_COPIES, _say_copies, ":"),
)
"""Rules before those of abbreviations."""
