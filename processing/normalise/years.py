"""Rules for spans of years: 'FY 2024-25', '1939-45', 'the 1990s', 'under-19s'."""

import re

from processing.normalise.languages.english import ENGLISH
from processing.normalise.surroundings import next_word, seen_before
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import AFTER, Rule

_SESSION = re.compile(
    rf"(?:(?<![A-Za-z])(FY|AY)[ -]?|(?<![\w.,-]))(\d{{4}})[-–/](\d{{2}})(?![\d/-])(?:{AFTER}|(?=(?:లో|లోని|లోనే|కి|కు|కే|వ|నుంచి|నుండి|నాటికి)(?![\u0c00-\u0c63])))"
)
_YEARS = re.compile(r"(?<![\d.,-])(1[0-9]\d\d|20\d\d) ?[-–—] ?(1[0-9]\d\d|20\d\d|\d\d)(?![\d-])(?!\.\d)")
_TIMED = frozenset(
    "timeout timeouts delay delays backoff video clip ad window interval cache later ago left pause plank hold".split()
)
"""Words behind '30s' that make it seconds."""
_LASTING = frozenset(
    """after every within for takes took lasts lasted wait waits under rest
    hold plank sprint jog pause sleep timeout delay interval ttl backoff""".split()
)
"""Words before '30s' that do the same."""
_ENDING = re.compile(
    r"(?i:expir(?:es|ing)|ends?|starts?|begins|closes|valid|back|retry|refresh(?:es)?|resend|done) in ~?\Z"
)
"""Words before '30s' that end in this time."""
_DECADE = re.compile(r"(?<![\w.,])['’]?((?:1[0-9]|20)\d0|\d0)['’]?s(?!\w)")
_ERA = re.compile(r"(?<![\w.,–—-])(?P<year>1[1-9]\d\d)(?= ?(?:AD|CE|BC|BCE|A\.D\.|C\.E\.)(?![A-Za-z]))")
_UNDER_AGE = re.compile(r"(?<=[a-z])-(\d{1,2})s(?!\w)")


def _say_session(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the words of a financial or school year, '2024-25'."""
    first, second = int(match[2]), int(match[3])
    if second != (first + 1) % 100 or not 1900 <= first < 2100:
        return None
    prefix = " ".join(match[1] or "")
    return f"{prefix} {verbalizer.year(first)} {verbalizer.cardinal(second)}".strip()


def _say_years(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    first, second = int(match[1]), int(match[2])
    if len(match[2]) == 2:
        second += first // 100 * 100
    return f"{verbalizer.year(first)} {verbalizer.signs['to']} {verbalizer.year(second)}" if first < second else None


def _say_era(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the year of '1526 AD'."""
    return verbalizer.year(int(match["year"]))


def _say_decade(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    if len(match[1]) == 2 and match[0] == f"{match[1]}s" and _is_timed(match):
        return f"{verbalizer.cardinal(int(match[1]))} {verbalizer.units['sec'].many}"
    return ENGLISH.decade(match[1])


def _is_timed(match: re.Match[str]) -> bool:
    behind = next_word(match.string, match.end()).strip(".,;:!?)").lower()
    before = match.string[max(0, match.start() - 40) : match.start()].rstrip("~≈ ").rpartition(" ")[2]
    ends = seen_before(_ENDING, match, 16)
    return behind in _TIMED or before.lower().strip("(:`'") in _LASTING or ends is not None


def _say_under_age(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the words of '-19s' in 'under-19s'."""
    return f" {ENGLISH.decade(match[1])}"


RANGES = (
    Rule(_SESSION, _say_session, "-–/"),
    Rule(_YEARS, _say_years, "-–—"),
    Rule(_ERA, _say_era, "ACB "),
)

DECADES = (
    Rule(_DECADE, _say_decade, "s"),
    Rule(_UNDER_AGE, _say_under_age, "s"),
)
