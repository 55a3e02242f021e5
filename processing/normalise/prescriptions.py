"""Rules for prescriptions in English: medicines, doses such as '1-0-1', how often and how long."""

import re

from processing.normalise.surroundings import last_word, seen_before, seen_near
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule

_FORMS = {
    "Tab": "tablet",
    "Tabs": "tablets",
    "Cap": "capsule",
    "Caps": "capsules",
    "Syp": "syrup",
    "Syr": "syrup",
    "Inj": "injection",
    "Oint": "ointment",
}
_TIMES = {
    "OD": "once a day",
    "BD": "twice a day",
    "BID": "twice a day",
    "TDS": "three times a day",
    "TID": "three times a day",
    "QID": "four times a day",
    "HS": "at bedtime",
    "SOS": "if needed",
    "sos": "if needed",
    "PRN": "as needed",
    "prn": "as needed",
    "od": "once a day",
    "bd": "twice a day",
    "tds": "three times a day",
    "qid": "four times a day",
    "hs": "at bedtime",
    "STAT": "immediately",
    "stat": "immediately",
    "a/c": "before food",
    "p/c": "after food",
    "b/f": "before food",
    "B/F": "before food",
    "a/f": "after food",
    "A/F": "after food",
    "BBF": "before breakfast",
    "ABF": "after breakfast",
    "AC": "before food",
    "PC": "after food",
    "ac": "before food",
    "pc": "after food",
    "s/c": "under the skin",
    "S/C": "under the skin",
    "i/v": "into the vein",
    "I/V": "into the vein",
    "i/m": "into the muscle",
    "I/M": "into the muscle",
}
_DOTTED_TIMES = {short.lower(): words for short, words in _TIMES.items() if short.isalpha()}
_OFTEN = re.compile(r"(?:(?i:od|bd|bid|tds|tid|qid)|\d-\d-\d) \Z")
_SIDE = re.compile(
    r"(?<![\w.])(?P<side>[RLrl]t)\.? (?=(?:kidney|lung|lobe|lower|upper|knee|eye|ear|leg|arm|hand|foot|hip|shoulder|breast|ovary|side|ventric\w{2,4}|atri\w{2}"
    r"|femur|femoral|wrist|ankle|elbow|thigh|iliac|ureter|renal|cheek|temporal|parietal|frontal|index|middle|thumb|big toe)(?![a-z]))"
)
_ADVISED = re.compile(r"(?<![\w.])[Aa]dv\.?:? (?=[a-z]|MRI|USG|CT|X-?ray)")
_PRESCRIBED = re.compile(r"(?<![A-Za-z])Rx(?=:)")
_LETTERS = {"d": "days", "h": "hours"}
_SPANS = {"7": "days", "52": "weeks", "12": "months"}
_FORM = re.compile(
    r"(?<![A-Za-z-])(Tabs?|Caps?|Syp|Syr|Inj|Oint)(?:\. ?| )(?=(?!Fund|Index)[A-Z\u0904-\u0939]|\d-\d-\d)"
)
_MEDICINE = re.compile(
    r"(?<![A-Za-z])(?:Tab|Cap|Sy[pr]|Inj|Oint)s?(?![a-z])|ointment|cream|lotion|(?<![a-z])gel(?![a-z])|[Aa]pply|\d ?(?:mg|mcg|ml|IU)(?![a-z])|[\d½¼] (?:tab|cap)s?(?![a-z])|tablet|capsule|syrup|injection|drops?(?![a-z])|IU(?![a-z])|puffs?|inhalers?|spray|every \d{1,2}(?: ?[-–] ?\d{1,2})? hours|once a (?:day|week|month)|twice a (?:day|week)|daily|weekly|sachets?|fever|cough|complains of|c/o|k/c/o|h/o|Rx|PO(?![A-Z])|known case|history of|physio(?:therapy)?(?![a-z])|MRI|X-?ray|fracture|diabetic|hypertensive|asthma|(?<![A-Z])(?:HTN|T2DM|DM|CAD|COPD|CKD)(?![A-Z])|(?<!\d)\d-\d-\d(?!\d)|औषध|दवा|गोली|गोळी|गोळ्या|सिरप|चम्मच|चमचा|टैबलेट|टॅबलेट|कैप्सूल|कॅप्सूल|बूंद|थेंब"
)
_VITAMIN = re.compile(r"(?<![A-Za-z])[Vv]it(?:\.? ?|-)(?=[A-EK]\d{0,2}(?![A-Za-z]))")
_PATIENT = re.compile(
    r"(?<![A-Za-z])Pt\.? (?=(?:is|was|has|had|c/o|k/c/o|h/o|complains?|complained|advised|came|presented|presents|admitted|discharged"
    r"|to|on|with|not|stable|conscious|afebrile|counsell?ed|name)(?![a-z]))"
)
_REFERENCE = re.compile(r"(?<![\w.])ref(?=[:.]? ?[<>]? ?\d{1,4}(?:\.\d{1,3})?(?: ?[-–] ?\d|\)))")
_TIME = re.compile(rf"(?<![A-Za-z&])(?:{'|'.join(_TIMES)})(?![A-Za-z&])")
_DOTTED_TIME = re.compile(
    r"(?<![\w.])(?:[aopsb]\.[cdsb]|h\.s|[btq]\.[idw]\.[dsi]|t\.d\.s|s\.o\.s|p\.r\.n)(?:\.(?= [a-z\dx(]|[,;])|(?![\w.]))",
    re.IGNORECASE,
)
_DOSE = re.compile(
    r"(?<=[\dA-Za-z])(?<![Tt]ake)(?<![Dd]ose)(?<![Dd]osage)(?<! is)(?<!\b[Aa]) (?=[0-4]-[0-4]-[0-4](?:-[0-4])?(?![\d-])(?! (?:win|formation|system|shape|lead|record)))"
)
_LENGTH = re.compile(
    r"(?<=\s)(?:[x×X] ?|(?P<word>for|after|in|within) (?=\d{1,3}/))(?P<count>\d{1,3})(?:/(?P<span>7|52|12)(?!\d)| ?(?P<unit>days?|d|weeks?|wks?|months?|mths?|mos?|years?|yrs?|hrs?|hours?|mins?|minutes?|doses?|h)(?![a-z]))"
)
_REVIEWED = re.compile(r"(?i:review|follow|f/u|opd|recheck|repeat|come back)")
_INDIC_LENGTH = re.compile(
    r"(?<=\S) [x×X] ?(?=\d{1,3} ?(?:दिन|दिवस|सप्ताह|हफ़्त|हफ्त|आठवड|महीन|महिन|वेळा|बार(?![\u0900-\u0963])|రోజు|వారా|నెల|din(?!n)|rojul|hafte|vaaral))"
)
_EVERY = re.compile(
    r"(?<![A-Za-z\d])[qQ] ?(?P<hours>\d{1,2}(?: ?[-–] ?\d{1,2})?) ?(?:[hH](?:rs?|ourly)?|(?P<unit>y|yrs?|wks?|w|mos?|min|d))(?![A-Za-z])"
)
_EVERY_UNITS = {"": "hours", "y": "years", "w": "weeks", "mi": "minutes", "mo": "months", "d": "days"}
"""Unit of an interval by the first letter of its short form; two letters of those with m."""
_UNITS = re.compile(r"(?<=\d) ?U(?![\w/.-]|\.\w)")
_INSULIN = re.compile(
    r"(?i:insulin|units? (?:before|after|at)(?![a-z])|glargine|lantus|humalog|novorapid|novomix|mixtard|actrapid|tresiba|toujeo|apidra|basaglar|heparin|botox)"
)
_COUNTED_FORM = re.compile(r"(?<=[\d½¼]) ?(?P<form>tab|cap)(?P<more>s?)(?:\.(?= [a-z]|,)|(?![\w.]))")
_TAKEN = re.compile(
    r"(?i:take|daily|food|meal|bedtime|a day|morning|mg|dose|at night|OD|BD|BID|TID|QID|PRN|TDS)(?![a-z])"
)
_NEAR = 60
"""Characters in front of a short form in which a medicine shows its meaning."""


def _say_form(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return f"{_FORMS[match[1]]} "


def _say_vitamin(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return f"{match[0][0]}itamin "


def _say_patient(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return "Patient "


def _say_reference(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the word before the bounds of a laboratory, '(ref 0.4-4.2)'."""
    return "reference"


def _follows_medicine(match: re.Match[str]) -> bool:
    return seen_before(_MEDICINE, match, _NEAR) is not None


def _say_time(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'twice a day' of 'BD' behind a medicine; 'a/c' is one only behind how often."""
    if match[0] in ("a/c", "p/c", "ac", "pc") and not seen_before(_OFTEN, match, 8):
        return None
    seen = _follows_medicine(match) or (match[0] == "sos" and seen_before(_REVIEWED, match, _NEAR))
    return _TIMES[match[0]] if seen else None


def _say_side(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'right' of 'Rt. kidney'."""
    return "right " if match["side"][0] in "Rr" else "left "


def _say_advised(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the word of 'adv. physio' beside what shows a patient."""
    return "advised " if seen_near(_MEDICINE, match, _NEAR) else None


def _say_prescribed(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return "prescription"


def _say_dotted_time(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'three times a day' of 't.i.d.' behind a medicine."""
    words = _DOTTED_TIMES.get(match[0].replace(".", "").lower())
    if not words or not _follows_medicine(match):
        return None
    return words.removeprefix("at ") if last_word(match.string, match.start()) == "at" else words


def _say_pause(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Separate a dose from the number of the medicine: '650 1-1-1'."""
    return ", "


def _say_length(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'for 3 days' of 'x 3/7' or 'x 3 days'."""
    seen = match["word"] and seen_before(_REVIEWED, match, _NEAR)
    if not (seen or _follows_medicine(match)):
        return None
    unit = _LETTERS.get(match["unit"], match["unit"]) or _SPANS[match["span"]]
    one = match["count"] == "1" and unit.endswith("s")
    return f"{match['word'] or 'for'} {match['count']} {unit[:-1] if one else unit}"


def _say_indic_length(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Separate a dose from its length in an Indic language: '1-0-1 x 5 दिन'."""
    return ", " if _follows_medicine(match) else None


def _say_every(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'every 12 hours' of 'Q12H'."""
    unit = match["unit"] or ""
    return f"every {match['hours']} {_EVERY_UNITS[unit[: 2 if unit.startswith('m') else 1]]}"


def _say_units(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the units of 'insulin 12 U'."""
    named = seen_near(_INSULIN, match, 2 * _NEAR, behind=_NEAR)
    return f" {verbalizer.units['unit'].many}" if named else None


def _say_counted_form(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the word of '2 tabs' beside what shows a medicine."""
    if seen_near(_TAKEN, match, _NEAR) is None:
        return None
    return f" {'tablet' if match['form'] == 'tab' else 'capsule'}{match['more']}"


RULES = (
    Rule(_EVERY, _say_every, "qQ"),
    Rule(_COUNTED_FORM, _say_counted_form, "tc"),
    Rule(_LENGTH, _say_length, "xX×/"),
    Rule(_INDIC_LENGTH, _say_indic_length, "xX×"),
    Rule(_TIME, _say_time, "ODBTQHSPA/dstcn"),
    Rule(_DOTTED_TIME, _say_dotted_time, "."),
    Rule(_UNITS, _say_units, "U"),
    Rule(_DOSE, _say_pause, "-"),
    Rule(_FORM, _say_form, "TCSIO"),
    Rule(_PATIENT, _say_patient, "P", needs="Pt"),
    Rule(_REFERENCE, _say_reference, "f", needs="ref"),
    Rule(_VITAMIN, _say_vitamin, "Vv", needs="it"),
    Rule(_SIDE, _say_side, "RLrl"),
    Rule(_ADVISED, _say_advised, "v", needs="dv"),
    Rule(_PRESCRIBED, _say_prescribed, "R", needs="Rx"),
)
"""Rules before those of abbreviations and figures. The forms come last, because they show what the others mean."""
