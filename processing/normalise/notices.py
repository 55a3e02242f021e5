"""Rules for short forms of notices and offices: 'G.O.Ms.No. 45', 'due dt 02 Dec', 'ph no', 'cc: Mr. Rao'."""

import re

from processing.normalise.short_forms import ALWAYS, DATES, read_pairs
from processing.normalise.surroundings import last_word
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule

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
F = file
""")
"""Words for the parts of an order's or a file's name that are not initials."""
_OFFICE_NO = re.compile(
    r"(?P<parts>[A-Z](?<![\w.].)[a-z]{0,4}\.(?:[A-Z][a-z]{0,4}\.){0,3}) ?"
    r"(?P<branch>\([A-Z][a-z]{0,2}\)\.? ?)?[Nn]os?\.? ?:? ?(?=[A-Z]{0,4}[-/]?\d)"
)
_DATED = re.compile(r"(?:dt|Dt)(?<![\w.]..)d?(?: ?: ?| )(?=\d{1,2}(?:[-./]\d|(?:st|nd|rd|th)?[ -][A-Z][a-z]{2}))")
_PHONES = {"ph": "phone", "mob": "mobile", "tel": "telephone"}
_PHONE = "|".join(rf"{form}(?<![\w.@/-]{form})" for short in _PHONES for form in (short, short.capitalize()))
_PHONE_NO = re.compile(rf"(?P<word>{_PHONE})(?= (?:[Nn]o|[Nn]os|[Nn]umber)(?![a-z])|#)")
_BRANCH = re.compile(r"(?<=[A-Z.])\((?P<branch>[A-Z]{1,4}|Crl|Civil)\)\.?(?= (?:[Nn]o|\d)|[Nn]o)")
_BRANCHES = {"Crl": "Criminal", "Civil": "Civil"}
_CASE_YEAR = re.compile(r"(?<![\w.,/-])(?P<number>[1-9]\d{1,5})/(?P<year>(?:19[5-9]|20[0-4])\d)(?![\w/-]|[.,]\d)")
_FILE_NO = re.compile(r"(?<=number )(?P<parts>\d{1,4}(?:/\d{1,4}){1,3})-(?=[A-Z][A-Za-z])")
_BRANCH_OF_BANK = re.compile(r"(?<![\w.])Br(?=: ?[A-Z])")
_GENERAL = re.compile(r"(?<![\w.])Gen(?=/(?:OBC|SC|ST|EWS|UR))")
_NOT_AVAILABLE = re.compile(r"(?<=[Nn]ot )avail\.(?= [a-z])")
_GROUND = re.compile(r"(?<![\w.])(?:Gr|Grd|Gnd)\.? ?(?=[Ff]l(?:r|oor)(?![a-z]))")
_NEAR_PLACE = re.compile(r"nr(?<![\w.]nr)(?= [A-Z][a-z])")
_MILESTONE = re.compile(r"(?<![\w.])(?<!\d )(?:[Kk]m|KM)\.? (?=\d{1,4}(?:\.\d)?(?![\d,]|[.:]\d))")
_PERIOD = re.compile(
    r"(?=[ywmqh])(?:(?<=addl\. )|(?<=addl )|(?<=additional )|(?<=extra )|(?<=last )|(?<=next )|(?<=this )|(?<=every )|(?<=per )|(?<=each )|(?<=\dst )|(?<=\dnd )|(?<=\drd )|(?<=\dth )|(?<= a )|(?<=half )|(?<=tax )|(?<=fiscal )|(?<=school )|(?<=model )|(?<=calendar ))(?P<period>yr|wk|mth|qtr|hr|mo(?=\.))(?![\w'’/-])(?:\.(?= [a-z\d(+&]|,))?"
)
_PERIODS = {"yr": "year", "wk": "week", "mth": "month", "qtr": "quarter", "hr": "hour", "mo": "month"}
_LABELS = {
    "sub": "subject",
    "dims": "dimensions",
    "desc": "description",
    "loc": "location",
    "tot": "total",
    "rcpt": "receipt",
}
_LABEL = re.compile(r"(?<![\w.@/-])(?P<label>[Ss]ub|[Dd]ims|[Dd]esc|[Ll]oc|[Tt]ot|[Rr]cpt)\.?(?=: ?\S)(?!:/)")
_ALTERNATE = re.compile(r"(?<![\w.-])[Aa]lt(?:\. ?(?=no|mob|ph|number|[+\d][\d -]{8})| (?=no\.|mob|ph\.))")
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
    return "date " if last_word(match.string, match.start()).lower() in DATES else "dated "


def _say_phone_no(match: re.Match[str], verbalizer: Verbalizer) -> str:
    word = _PHONES[match["word"].lower()]
    return word.capitalize() if match["word"][0].isupper() else word


def _say_label(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the word of 'sub:' and 'dims:' before a colon."""
    word = _LABELS[match["label"].lower()]
    return word.capitalize() if match["label"][0].isupper() else word


def _say_alternate(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the word of 'alt. 9448098765', another telephone number."""
    return "Alternate " if match[0][0] == "A" else "alternate "


def _say_copies(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return " ".join(match[0].upper())


def _say_milestone(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the word of 'at Km 14'."""
    return "kilometer "


def _say_period(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the word of 'last wk' and '2nd yr'."""
    return _PERIODS[match["period"]]


def _say_branch(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the branch of a court in 'W.P.(C) 1123/2026'."""
    return f" {_BRANCHES.get(match['branch']) or ' '.join(match['branch'])}"


def _say_case_year(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the number and the year of a case, 'O.S. 123/2020'; a month and a year are a date."""
    number = int(match["number"])
    if number <= 12:
        return None
    return f"{verbalizer.cardinal(number)} {verbalizer.signs['by']} {verbalizer.year(int(match['year']))}"


def _say_file_no(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the numbers of a file, '12/3/2026-Estt.', which are no date."""
    parts = [int(part) for part in match["parts"].split("/")]
    words = [verbalizer.year(part) if 1950 <= part < 2050 else verbalizer.cardinal(part) for part in parts]
    return f"{' '.join(words)} "


def _say_branch_of_bank(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return "Branch"


def _say_not_available(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return "available"


def _say_ground(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return "ground "


def _say_near_place(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return "near"


def _say_general(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return "General"


RULES = (
    Rule(_BRANCH, _say_branch, "("),
    Rule(_BRANCH_OF_BANK, _say_branch_of_bank, ":", needs="Br"),
    Rule(_NOT_AVAILABLE, _say_not_available, ".", needs="avail."),
    Rule(_GROUND, _say_ground, "G"),
    Rule(_NEAR_PLACE, _say_near_place, "n", needs=" nr "),
    Rule(_GENERAL, _say_general, "/", needs="Gen"),
    Rule(_OFFICE_NO, _say_office_no, "."),
    Rule(_DATED, _say_dated, "dD", needs="t"),
    Rule(_PHONE_NO, _say_phone_no, "hbl"),
    Rule(_MILESTONE, _say_milestone, "mM", needs=" "),
    Rule(_PERIOD, _say_period, "rkho"),
    Rule(_COPIES, _say_copies, ":"),
    Rule(_LABEL, _say_label, ":"),
    Rule(_ALTERNATE, _say_alternate, "l", needs="lt"),
)
"""Rules before those of abbreviations."""

FIGURES = (Rule(_FILE_NO, _say_file_no, "-"), Rule(_CASE_YEAR, _say_case_year, "/"))
"""Rules before those of dates and fractions."""
