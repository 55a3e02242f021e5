"""Rules for directions and the sky in weather reports: '480 km SE of Chennai', 'wind NE 12 kmph', 'P. cloudy'."""

import re

from processing.normalise.languages.english import ENGLISH
from processing.normalise.surroundings import seen_near
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule

_NAMES = {"N": "north", "S": "south", "E": "east", "W": "west"}
_INDIC_NAMES = {
    "te": {"N": "ఉత్తరం", "S": "దక్షిణం", "E": "తూర్పు", "W": "పశ్చిమం"},
    "hi": {"N": "उत्तर", "S": "दक्षिण", "E": "पूर्व", "W": "पश्चिम"},
    "mr": {"N": "उत्तर", "S": "दक्षिण", "E": "पूर्व", "W": "पश्चिम"},
}
_SIDE = "(?:[NS]{1,2}[EW]|[EW][NS][EW]|[NSEW])"
_DIRECTION = re.compile(
    rf"(?:(?<=km )|(?<=kms )|(?<=miles ))(?P<far>{_SIDE})(?= of )|(?<![\w.&])(?P<of>[NS][EW])(?= of [A-Z])"
    rf"|(?:(?<=from the )|(?<=to the )|(?<=in the )|(?<=towards the ))(?P<quarter>[NS][EW])(?![\w-]|/| (?:[A-Z]|[a-z]+ [A-Z]))"
    rf"|(?:(?<=[Ww]ind )|(?<=[Ww]inds )|(?<=[Ww]ind: )|(?<=[Ww]inds: ))(?P<wind>{_SIDE})(?= ?(?:at |@ ?)?\d)"
    rf"|(?:(?<=km/h )|(?<=kmph )|(?<=knots )|(?<=mph )|(?<=kmph, ))(?P<blows>[NS][EW])(?![\w/-])"
    rf"|(?:(?<=[Hh]ead )|(?<=[Hh]eading )|(?<=[Dd]rive )|(?<=[Tt]hen )|(?<=[Cc]ontinue )|(?<=[Gg]o )|(?<=[Tt]urn ))(?P<turn>{_SIDE})(?= (?:on|onto|for|toward|towards|to|along|at)(?![a-z]))"
    rf"|(?<![\w.&])(?P<faces>{_SIDE})(?=[- ]facing(?![a-z]))"
    rf"|(?<![\w.&])(?P<from>{_SIDE})(?= winds?(?![a-z])| @? ?\d{{1,3}} ?(?:kmph|km/h|kt|knots))"
)
_COORDINATE = re.compile(
    r"(?<=\d)(?P<arc>°(?: ?\d{1,2}['’](?: ?\d{1,2}(?:\.\d{1,3})?[\"”])?)?) ?(?P<side>[NSEW])(?![\w'’])(?P<stroke> ?/ ?(?=\d))?"
)
_REGION = re.compile(
    r"(?<![\w.&])(?P<side>[NSEW])\. (?=(?:India|Korea|Africa|America|Bengal|Delhi|Goa|Godavari|Coastal|Sikkim|Gujarat|Karnataka|Kerala|Maharashtra"
    r"|Rajasthan|Bihar|Odisha|Andhra|Telangana|Tamil|Kashmir|Dinajpur|Champaran|Singhbhum|Mumbai|Chennai|Kolkata|Zone)(?![a-z]))"
)
_PARTLY = re.compile(r"(?<![\w.])P(?:t?ly)?\.? ?(?=[Cc]loudy)")


def _say_direction(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'south east' of 'SE'."""
    return " ".join([_NAMES[letter] for letter in match[0]]) if verbalizer.code == ENGLISH.code else None


_DEW = re.compile(r"(?<=[Dd]ew )pts?\.?(?= ?:? ?\d)")


def _say_dew(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the word of 'dew pt. 61°'."""
    return "point"


def _say_region(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'North' of 'N. Coastal AP'."""
    return f"{_NAMES[match['side']].capitalize()} "


def _say_partly(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return "partly "


def _say_coordinate(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the side of '15.2°N/86.5°E' as a word, with a pause behind the first; the figures are left to later rules."""
    names = _NAMES if verbalizer.block is None else _INDIC_NAMES.get(verbalizer.code, _NAMES)
    return f"{match['arc']} {names[match['side']]}{', ' * bool(match['stroke'])}"


_KNOTS = re.compile(r"(?<=\d) ?kt(?!\w)")
_BLOWS = re.compile(r"(?i:winds?|gust(?:s|ing)?|runway|airspeed|headwind|crosswind)(?![a-z])|QNH|METAR")


def _say_knots(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the usual unit of 'wind 15 kt', which is no carat."""
    return " kts" if seen_near(_BLOWS, match, 40) else None


RULES = (
    Rule(_KNOTS, _say_knots, "k", needs="kt"),
    Rule(_COORDINATE, _say_coordinate, "°"),
    Rule(_DIRECTION, _say_direction, "NSEW", needs=" "),
    Rule(_REGION, _say_region, "NSEW", needs=". "),
    Rule(_DEW, _say_dew, "p", needs="ew p"),
    Rule(_PARTLY, _say_partly, "P", needs="loudy"),
)
"""Rules before those of abbreviations and figures."""
