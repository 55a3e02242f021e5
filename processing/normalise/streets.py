"""Rules for streets as addresses in English write them: '350 E 42nd St', 'Baker St, London', 'Rte 66', '5th & 9th Aves.'."""

import re

from processing.normalise.languages.english import ENGLISH
from processing.normalise.surroundings import closes_sentence
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule, alternatives

_WAYS = {
    "St": "Street",
    "Sts": "Streets",
    "Ave": "Avenue",
    "Aves": "Avenues",
    "Av": "Avenue",
    "Blvd": "Boulevard",
    "Dr": "Drive",
    "Ln": "Lane",
    "Ct": "Court",
    "Pl": "Place",
    "Pkwy": "Parkway",
    "Sq": "Square",
    "Ter": "Terrace",
    "Cres": "Crescent",
    "Hwy": "Highway",
    "Expy": "Expressway",
    "Fwy": "Freeway",
    "Tpke": "Turnpike",
}
_WAY = alternatives(_WAYS)
_NUMBERED_WAY = re.compile(rf"(?<=\d(?:st|nd|rd|th) )(?P<way>{_WAY})(?P<stop>\.?)(?![\w'’])")
_NAMED_WAY = re.compile(
    rf"(?P<named>(?<![\w.,/])\d{{1,5}}[A-Z]? (?:[NSEW]\.? |[NS][EW] )?(?:[A-Z][a-z]{{1,20}} ){{1,3}})(?P<way>{_WAY})(?P<stop>\.?)(?=[\s,;)]|$)(?! [a-z]{{1,20}} [a-z])"
)
_SIDES = {"N": "north", "S": "south", "E": "east", "W": "west"}
_SIDE_BEFORE = re.compile(
    rf"(?<=\d )(?P<side>[NSEW]{{1,2}})\.? (?=\d{{1,3}}(?:st|nd|rd|th) (?:{_WAY}|Street|Avenue|Place)|[A-Z][a-z]{{2,20}} (?:{_WAY}|Street|Avenue|Road|Drive|Lane)(?![a-z]))"
)
_SIDE_BEHIND = re.compile(
    r"(?:(?<=I[- ]\d\d )|(?<=I[- ]\d )|(?<=I[- ]\d\d\d )|(?<=US[- ]\d\d )|(?<=US[- ]\d\d\d )|(?<=Route \d\d )|(?<=Highway \d\d ))(?P<side>[NSEW])(?![\w.'’])"
)
_FLOOR = re.compile(r"(?<=\d(?:st|nd|rd|th) )[Ff]l(?P<stop>\.?)(?![\w'’])")
_HOME = re.compile(r"(?<=\d) ?(?P<what>bd|ba|br|bdrms?|bth)(?P<stroke> ?[/,|] ?)?(?![\w'’.])")
_HOME_PARTS = {"bd": "bed", "ba": "bath", "br": "bedroom", "bdrm": "bedroom", "bdrms": "bedroom", "bth": "bath"}
_HIGHWAY = re.compile(r"(?<![\w-])(?P<name>US|SR|CA)-(?P<first>[1-9])(?P<second>\d\d)(?![\w-]|[.,]\d)")
_ROUTE = re.compile(r"(?<![\w.])(?:Rte|RTE|Rt)\.? (?=\d{1,3}[A-Z]?(?![\w.,]\d|\d| ?%))")


def _say_way(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'Street' of '42nd St'; the stop stays if it ends the sentence."""
    named = match.groupdict().get("named") or ""
    return f"{named}{_WAYS[match['way']]}{match['stop'] * closes_sentence(match)}"


def _say_side(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'east' of '350 E 42nd St' and of 'I-80 E'."""
    if verbalizer.code != ENGLISH.code or any(letter not in _SIDES for letter in match["side"]):
        return None
    gap = " " if match[0].endswith(" ") else ""
    return " ".join([_SIDES[letter] for letter in match["side"]]) + gap


def _say_floor(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'floor' of '2nd fl.'."""
    return "floor" + match["stop"] * closes_sentence(match)


def _say_home(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the rooms of '3 bd/2 ba'."""
    return f" {_HOME_PARTS[match['what']]}{', ' if match['stroke'] else ''}"


def _say_highway(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'U S one oh one' of 'US-101'."""
    return f"{' '.join(match['name'])} {ENGLISH.two_numbers(int(match['first']), int(match['second']))}"


def _say_route(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the word of 'Rte 66' in Latin letters; in Indic languages RTE is a right."""
    return "Route " if verbalizer.block is None else None


RULES = (
    Rule(_SIDE_BEFORE, _say_side, "NSEW"),
    Rule(_SIDE_BEHIND, _say_side, "NSEW"),
    Rule(_NUMBERED_WAY, _say_way, "SABDLCPTHEF"),
    Rule(_NAMED_WAY, _say_way, "SABDLCPTHEF"),
    Rule(_FLOOR, _say_floor, "fF"),
    Rule(_HOME, _say_home, "b"),
    Rule(_HIGHWAY, _say_highway, "-", needs="-"),
    Rule(_ROUTE, _say_route, "R", needs="R"),
)
"""Rules before those of abbreviations and of directions."""
