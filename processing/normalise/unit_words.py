"""Names of units without a figure, and Telugu case endings that stand apart from a unit or an amount."""

import re

from processing.normalise.languages.english import ENGLISH
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import (
    NOUN_ENDINGS,
    RATES,
    UNITS,
    Rule,
    alternatives,
)

_PER_UNIT = re.compile(
    r"(?<= [Pp]er )(?P<per>kg|gm|km|ml|ltr|min|hr|sec|yr|wk|mo|sq ft|cu m)(?:\.(?= [a-z]|\)))?(?![\w'’/-]|\.\w)"
)
_UNIT_ALONE = re.compile(r"(?<![\u0900-\u0963\u0966-\u097f])(?P<unit>किमी|किग्रा|मिमी)(?![\u0900-\u0963])")
"""Short form of a unit without a number: 'प्रति किमी'."""
_TELUGU = NOUN_ENDINGS["కి"]
_NAMES_OF_MANY = {
    name.rpartition(" ")[2]
    for name in [form for unit in _TELUGU.units.values() for form in (unit.one, unit.many)]
    + [money.many for money in _TELUGU.currencies.values()]
    if name.endswith(("లు", "ం"))
}
_ENDING_APART = re.compile(
    rf"(?<![\u0c00-\u0c7f])(?P<name>{alternatives(_NAMES_OF_MANY)}) (?P<ending>కి|కు|కే|లో|లోపు|తో|ని|ను|లకు)(?![\u0c00-\u0c7f\u200c.])"
)
"""Case ending of Telugu apart from the name of a unit or a currency: '1850 sq.ft. లో', '₹500 కి'."""
_COUNTS = {_TELUGU.cardinal(number).rpartition(" ")[2] for number in range(2, 100)} | {"ఒక్క", "అర"}
_SCALE_APART = re.compile(
    rf"(?<![\u0c00-\u0c7f])(?P<count>{alternatives(_COUNTS)}) (?P<scale>వేలు|వందలు|లక్షలు|కోట్లు)(?= (?:కంటే|కన్నా|నుం[డచ]ి|వరకు|వరకూ|దాకా|మధ్య|పైగా|చొప్పున|లోపు|కి|కు|కే|లో|తో|ని|ను)(?![\u0c00-\u0c7f]))"
)
"""Number of thousands, lakhs or crores in Telugu before a postposition: '20,000 నుంచి'."""


def _say_per_unit(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the unit of '200 MB per min' and 'per kg of weight'."""
    return ENGLISH.units[RATES[match["per"]]].per


def _say_unit_alone(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return verbalizer.units[UNITS[match["unit"]]].many


def _say_ending_apart(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'అడుగులలో' of 'అడుగులు లో'."""
    return _TELUGU.with_noun_ending(match["name"], match["ending"])


def _say_scale_apart(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'ఇరవై వేల' of 'ఇరవై వేలు నుంచి'."""
    return match[0][:-1]


WORDS = (
    Rule(_PER_UNIT, _say_per_unit, "p", needs="er "),
    Rule(_UNIT_ALONE, _say_unit_alone, "कम", needs="ि"),
    Rule(_ENDING_APART, _say_ending_apart, "ుం", needs=" "),
    Rule(_SCALE_APART, _say_scale_apart, "ు", needs="లు "),
)
"""Rules behind those of figures."""
