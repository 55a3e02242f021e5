"""Rules for short forms with a stroke: 'c/o', 'b/w', '45 y/o', and for measures of music, 'in 6/8'."""

import re

from processing.normalise.surroundings import next_word, seen_near
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule

_LONG = {
    "s/o": "son of",
    "d/o": "daughter of",
    "f/o": "father of",
    "r/o": "resident of",
    "h/o": "history of",
    "k/c/o": "known case of",
    "a/c": "account",
    "a/cs": "accounts",
    "w/d": "withdrawal",
    "c/b": "cashback",
    "u/s": "under section",
    "r/w": "read with",
    "m/s": "Messrs",
    "w/": "with",
    "b/w": "between",
    "w/e": "weekend",
    "w/c": "week commencing",
    "w.e.f": "with effect from",
    "d/n": "day night",
    "s/r": "strike rate",
    "w.r.t": "with respect to",
    "y/o": "year old",
    "c/f": "carried forward",
    "b/f": "brought forward",
    "p/m": "per month",
    "b/c": "because",
    "o/s": "outstanding",
    "f/u": "follow up",
    "t/t": "treatment",
    "s/p": "status post",
    "b/h": "behind",
    "w/in": "within",
    "c/c": "centre to centre",
}
_OWN = frozenset("my his her our their your its the a an".split())
"""Words behind 'c/o' in an address; before other words in lower case a patient complains."""
_STROKED = re.compile(
    r"(?<![A-Za-z/.])(?:k/c/o|a/cs|w/d|c/b|[acswdfhr]/[co]|[hc]/w|b/[wfc]|o/s|f/u|t/t|s/p|w/in|c/f|w/[ec]|w/(?!\d)|u/s|r/w|d/n|s/r|(?<=\d )y/o|(?<=\d-)y/o|(?<=\d)y/o|(?-i:M/[sS])\.?|b/h\.?)(?![A-Za-z/])",
    re.IGNORECASE,
)
_SCHOOL = re.compile(
    r"(?i:class|school|maths?|english|hindi|telugu|science|teacher|chapter|submit|exercise|ex|diary|notebook|read|learn|write|revise|pages?|pg|ans|words|sheets?|chart|monday|tuesday|wednesday|thursday|friday|copy|finish|today's)(?![a-z])"
)
"""Words beside 'h/w' that make it homework, and 'c/w' classwork."""
_COOLED = re.compile(
    r"(?:rooms?|bus(?:es)?|coach(?:es)?|cars?|cabs?|taxis?|halls?|sleepers?|seaters?|compartments?|technicians?|mechanics?|repairs?"
    r"|servic(?:e|es|ing)|units?|gas|remotes?|vents?|temperature|works?|is on|is off|on|off)(?![a-z])"
)
"""Words behind 'A/C', air conditioning."""
_INITIALISM = re.compile(r"[A-Z\d]{2,4}(?!\w)")
_OWED = re.compile(
    r"ATM|(?i:principal|loan|amount|amt|balance|bal|bill|dues?|card|payment|invoice|total|rent|fees?)(?![a-z])|[₹$€]|Rs"
)
"""Words beside 'o/s', a sum that is owed."""
_SCANNED = re.compile(
    r"(?:MRI|CT|USG|X-?[Rr]ay|HRCT|ECG|(?i:scan|spine|lesions?|fracture|disc|bulge|changes|effusion|infection|findings))(?![A-Za-z])"
)
"""Words beside 's/o' in a report, where it is no father's name."""
_SHARE = re.compile(r"(?: ratio)?(?: of| is| =|:)? 0?\.\d")
_METER = re.compile(r"(?i:tempo|bpm|waltz|time signature|beats? per|bars?|rhythm)(?![a-z])")
"""Words beside a measure of music, 'in 6/8'."""
_SIGNATURE = re.compile(r"(?<=in )(?P<beats>\d{1,2})/(?P<unit>4|8|16)(?![\d/]|[.,]\d)")
_NEAR = 60
_DOTTED = re.compile(r"(?<![A-Za-z.])(?:w\.e\.f|w\.r\.t)\b\.?", re.IGNORECASE)


def _say_stroked(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    low = match[0].lower()
    ahead = next_word(match.string, match.end())
    if low == "w/o":
        return "wife of" if ahead[:1].isupper() and not _INITIALISM.match(ahead) else "without"
    if low == "c/o":
        return "complains of" if ahead[:1].islower() and ahead not in _OWN else "care of"
    if low in ("o/s", "w/d", "c/b") and not seen_near(_OWED, match, _NEAR):
        return None
    if low == "s/o" and seen_near(_SCANNED, match, _NEAR):
        return "suggestive of"
    if low == "c/c" and not match.string[: match.start()].endswith(("mm ", "cm ")):
        return None
    if low == "w/c" and _SHARE.match(match.string, match.end()):
        return "water cement" if " ratio" in match.string[match.end() : match.end() + 7] else "water cement ratio"
    if low in ("h/w", "c/w"):
        school = seen_near(_SCHOOL, match, _NEAR)
        return ("homework" if low == "h/w" else "classwork") if school else "hardware" if low == "h/w" else None
    if match[0] in ("A/C", "a/c") and _COOLED.match(match.string, match.end() + 1):
        return "A C"
    if low == "y/o" and match.string[match.start() - 1].isdigit():
        return " year old"
    return _LONG.get(low.rstrip("."))


RULES = (Rule(_STROKED, _say_stroked, "/"), Rule(_DOTTED, _say_stroked, "."))
"""Rules before those of abbreviations."""


def _say_signature(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'six eight' of 'in 6/8' beside a word of music."""
    if not seen_near(_METER, match, _NEAR):
        return None
    return f"{verbalizer.cardinal(int(match['beats']))} {verbalizer.cardinal(int(match['unit']))}"


FIGURES = (Rule(_SIGNATURE, _say_signature, "/"),)
"""Rules behind those of dates, times and measures, before that of fractions."""
