"""Rules for 'No.' as a number: 'H. No. 12', 'SVC No 1021', 'No. of days'."""

import re

from processing.normalise.languages.english import COUNTED
from processing.normalise.short_forms import BEFORE_NO
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule, alternatives

_MIDDLE_NO = re.compile(r"(?<=[A-Za-z] )(?<![.!?] )No(?P<colon>:?) (?=\d)")
_NO_OF = re.compile(r"(?<![A-Za-z.])(?P<no>[Nn]o)s?\. ?(?=of (?!course|use|the))")
_NOUN_NO = re.compile(
    rf"(?<![A-Za-z])(?=[A-Za-z]{{3,20}} [Nn]o )(?P<noun>(?i:{alternatives(BEFORE_NO)})) [Nn]o (?=[A-Z]{{0,6}}[-/]?\d)"
)
_NOUN_NO_ALONE = re.compile(
    rf"(?<![A-Za-z])(?P<noun>(?i:{alternatives((*BEFORE_NO, 'contact', 'conductor', 'driver', 'whatsapp', 'cell', 'helpline', 'meter'))})) [Nn]o\.(?= [a-z])"
)
"""'conductor no.' without the number itself."""
_COLON_NO = re.compile(r"(?<=[a-z] )[Nn]o ?: ?(?=[+\d][\d-]{3})")
_STOPPED_NO = re.compile(r"(?<=[A-Za-z] )(?:[Nn]o\. ?(?=[A-Z]{1,6}[\d/]|[A-Z]\.\d|\+\d)|NO (?=\d{3}))")
"""'no.' before a code that begins with letters, and 'NO' in capitals before figures."""
_SPACED_NO = re.compile(
    r"(?<![A-Za-z.])(?P<short>H|D|R|[Ss]l|[Ss]r|Sy|Reg|Regn|Roll|Ph|Ref|Acc|S)\. ?[Nn]o\.? ?:? ?(?=[\dA-Z#(])(?P<land>\d{1,4}(?=/))?"
)
_SPACED_NOUNS = {
    "H": "house",
    "D": "door",
    "R": "room",
    "Sl": "serial",
    "Sr": "serial",
    "S": "serial",
    "Sy": "survey",
    "Reg": "registration",
    "Regn": "registration",
    "Roll": "roll",
    "Ph": "phone",
    "Ref": "reference",
    "Acc": "account",
}


def _say_noun_no(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return f"{match['noun']} number "


def _say_middle_no(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'number' of 'SVC No 1021'; a count behind 'No' is a refusal."""
    ahead = match.string[match.end() : match.end() + 40].split()
    return None if len(ahead) > 1 and ahead[1].lower().rstrip(".,;:!?") in COUNTED else f"number{match['colon']} "


def _say_no_of(match: re.Match[str], verbalizer: Verbalizer) -> str:
    number = "Number" if match["no"][0] == "N" else "number"
    return f"{number}{'s' * ('s' in match[0])} "


def _say_spaced_no(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'house number' of 'H. No.'; a number with a stroke behind 'S. No.' is that of a survey of land."""
    land = match["land"] or ""
    noun = "survey" if land and match["short"] == "S" else _SPACED_NOUNS[match["short"].capitalize()]
    return f"{noun} number {land}"


RULES = (
    Rule(_NO_OF, _say_no_of, "."),
    Rule(_SPACED_NO, _say_spaced_no, "."),
    Rule(_STOPPED_NO, lambda match, verbalizer: "number ", "oO"),
    Rule(_NOUN_NO, _say_noun_no, "o"),
    Rule(_COLON_NO, lambda match, verbalizer: "number: ", ":", needs="o"),
    Rule(_NOUN_NO_ALONE, lambda match, verbalizer: f"{match['noun']} number", "o", needs="o. "),
    Rule(_MIDDLE_NO, _say_middle_no, "N"),
)
"""Rules before those of other abbreviations."""
