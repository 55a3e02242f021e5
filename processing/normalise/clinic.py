"""Rules for eyes and reactions: 'R -2.25/-0.50 x 180', '1 gtt OU', 'CaO(s) + CO2(g)'."""

import re

from processing.normalise.surroundings import seen_before, seen_near
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule

_NEAR = 60
_POWER = r"[-+]\d{1,2}\.\d{2}"
"""Power of a glass in dioptres."""
_EYES = {"R": "right", "L": "left", "RE": "right eye", "LE": "left eye", "OD": "right eye", "OS": "left eye"}
_EYE = re.compile(rf"(?<![\w.])(?P<eye>RE|LE|OD|OS|R|L)(?P<joint>[: ]{{1,2}})(?={_POWER})")
_CYLINDER = re.compile(rf"(?<=\.\d\d) ?/ ?(?={_POWER})")
_AXIS = re.compile(rf"(?P<power>{_POWER}) ?[xX×@] ?(?=1?\d{{1,2}}(?:°|(?![\w.]\d|\w)))")
_BOTH = re.compile(r"(?<![\w.])(?:(?P<drops>gtts?)|OU)(?![\w.])")
_OCULAR = re.compile(r"(?i:eyes?|drops?|ophth|vision)(?![a-z])|gtt|q\d{1,2}h|every \d")
_SEXES = {"M": "male", "F": "female"}
_AGED = re.compile(
    r"(?<![\w.,/-])(?P<age>\d{1,3}) ?(?P<year>y(?:rs?|ears?)?\.?(?: ?old)?) ?/ ?(?P<sex>[MF])(?![\w/])"
    r"|(?<![\w.,/-])(?P<alone>[1-9]\d) ?/ ?(?P<other>[MF])(?![\w/])"
)
_FIRST_HOUR = re.compile(r"(?<=mm)/(?=(?:1st )?h(?:ou)?r(?![a-z]))")
_STATES = {"s": "solid", "l": "liquid", "g": "gas", "aq": "aqueous"}
_STATE = re.compile(r"(?<=[A-Za-z\d₂₃₄])\((?P<state>s|l|g|aq)\)")
_SUBSTANCE = re.compile(r"(?<![a-z])(?:[A-Z][a-z]?[\d₂₃₄]{0,2}){1,5}\Z")
_REACTION = re.compile(r"→|⇌|->|[A-Za-z\d)] \+ \d?[A-Z]|\(aq\)|Δ")


def _say_eye(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'right eye ' before the power of its glass."""
    return f"{_EYES[match['eye']]}{match['joint']}"


def _say_cylinder(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return ", "


def _say_axis(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the words before the axis of '-0.50 x 180'."""
    return f"{match['power']} axis "


def _say_both(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'drop' of '1 gtt' and 'both eyes' of 'OU', beside words for eyes."""
    if not seen_near(_OCULAR, match, _NEAR):
        return None
    one = match.string[max(0, match.start() - 3) : match.start()].strip() == "1"
    return f"drop{'s' * (not one)}" if match["drops"] else "both eyes"


def _say_aged(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '45 year old male' of '45 yr/M', and '62 male' of '62/M', for the rules of numbers."""
    if verbalizer.code != "en":
        return None
    return (
        f"{match['age'] or match['alone']}{' year old' * bool(match['year'])} {_SEXES[match['sex'] or match['other']]}"
    )


def _say_first_hour(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the words of 'ESR 34 mm/1st hr'."""
    return " in the " if match.string.startswith("1st", match.end()) else None


def _say_strength(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the strength of '250mg/5ml' in Telugu, the volume first, for the rule of measures."""
    return f"{match['volume']}mlకి {match['weight']}" if verbalizer.code == "te" else None


def _say_state(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the state of a substance in a reaction, 'CO2(g)'; a noun with '(s)' is none."""
    substance = seen_before(_SUBSTANCE, match, 14) and seen_near(_REACTION, match, _NEAR)
    return f" {_STATES[match['state']]}" if substance else None


_STRENGTH = re.compile(
    r"(?<![\w.,/])(?P<weight>\d{1,4}(?:\.\d{1,2})? ?(?:mg|mcg|g|MG)) ?/ ?(?P<volume>\d{1,3}) ?(?:ml|ML|mL)(?![\w/])"
)

RULES = (
    Rule(_STRENGTH, _say_strength, "/", needs="/"),
    Rule(_STATE, _say_state, "("),
    Rule(_EYE, _say_eye, "-+", needs="."),
    Rule(_AXIS, _say_axis, "xX×@", needs="."),
    Rule(_CYLINDER, _say_cylinder, "/", needs="."),
    Rule(_BOTH, _say_both, "tsU"),
    Rule(_AGED, _say_aged, "/"),
    Rule(_FIRST_HOUR, _say_first_hour, "/", needs="mm/"),
)
"""Rules before those of formulas, figures and abbreviations."""
