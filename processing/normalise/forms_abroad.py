"""Rules for figures of American life: '401(k)', 'Form 1040', '24/7/365', '$3.49/gal', 'B-52s'."""

import re

from processing.normalise.languages.english import ENGLISH
from processing.normalise.surroundings import seen_near
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule

_PLAN = re.compile(r"(?<![\w.,-])4(?P<last>0[13]|57) ?\(?(?P<letter>[kKab])\)?(?![\w)])(?=s?(?:[\s.,;:!?)]|$))")
_NONPROFIT = re.compile(r"(?<![\w.,-])501\(?c\)?\((?P<section>\d{1,2})\)")
_TAX_FORM = re.compile(
    r"(?:(?<=Form )|(?<=form )|(?<=Forms ))(?P<form>1040|1095|1098|1099|1120|1065)(?=[\s.,;:)-]|$)"
    r"|(?<![\w.,$₹-])(?P<alone>1040|1099)(?=(?:-[A-Z]{1,4})?(?:s| (?:forms?|contractors?|income|EZ|NEC|MISC|INT|employees?)))"
)
_ALWAYS_OPEN = re.compile(r"(?<![\w./-])24/7/365(?![\w/])")
_SIGHT = re.compile(
    r"(?<![\w./-])20/(?P<other>20|10|15|25|30|40|50|60|70|80|100|200|400)(?= (?:vision|eyesight|sight|hindsight)(?![a-z])|(?:,| in| O[DSU])(?= | [A-Z]))"
)
_EYES = re.compile(r"(?i:vision|acuity|eyesight|sight|hindsight)|(?<![A-Z])O[DSU](?![A-Z])")
_GALLON = re.compile(r"(?<=[\d¢])/(?P<unit>gals?|lb|oz|ea|qt|pt|pkg|yd|t|MT|mt)(?![A-Za-z])(?P<stop>\.(?= [a-z]))?")
_FOR_AREA = re.compile(
    r"(?<=[a-z])/(?=\d{1,4} ?(?:sq\.? ?(?:ft|m|yds?)|g|kg|ml|mL|L|oz|lbs?|km|mi|people|acres?|ha)(?![A-Za-z]))"
)
_MILEAGE = re.compile(r"(?<=\d)/(?=\d{2,3} ?mpg(?![a-z]))")
_SPREAD = re.compile(r"(?<=[a-z])/(?=(?:gal|qt)(?![a-z]))(?P<unit>gal|qt)")
_UNITS = {
    "gal": "gallon",
    "gals": "gallon",
    "lb": "pound",
    "oz": "ounce",
    "qt": "quart",
    "pt": "pint",
    "pkg": "package",
    "yd": "yard",
    **dict.fromkeys(("t", "mt", "MT"), "tonne"),
}
_PLURAL_MODEL = re.compile(r"(?<![\w.-])(?P<letter>[A-Z]{1,2})-(?P<number>\d{2,3})s(?![\w'’])")
_THOUSANDS = re.compile(r"(?<![\w.,])(?:1,000|10,000|100,000)s(?= of|[\s.,;)]|$)")


_FOR_MANY = re.compile(
    r"(?<=[\d¢])(?: ?/ ?| per )(?P<one>1?)(?P<scale>[KMBkm])(?= (?:input |output )?(?:tok|tokens?|requests?|reqs?|calls?|rows?|users?|views|impressions|chars|characters|words|messages|minutes|events|queries)(?![a-z]))"
)
_SCALES = {"K": "thousand", "M": "million", "B": "billion"}


def _say_for_many(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the words of '$0.60/M tokens' and '$2/1K requests'."""
    return f" {verbalizer.each} {'one ' * bool(match['one'])}{_SCALES[match['scale'].upper()]}"


def _say_plan(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'four oh one K' of '401(k)'."""
    last = f"oh {ENGLISH.cardinal(int(match['last'][1]))}" if match["last"][0] == "0" else "fifty seven"
    return f"four {last} {match['letter'].upper()}"


def _say_nonprofit(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'five oh one C three' of '501(c)(3)'."""
    return f"five oh one C {ENGLISH.cardinal(int(match['section']))}"


def _say_tax_form(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'ten forty' of 'Form 1040'."""
    form = match["form"] or match["alone"]
    return f"{ENGLISH.cardinal(int(form[:2]))} {ENGLISH.cardinal(int(form[2:]))}"


def _say_always_open(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return "twenty four seven three sixty five"


def _say_sight(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'twenty twenty' of '20/20 vision'."""
    if not seen_near(_EYES, match, 40):
        return None
    return f"twenty {ENGLISH.cardinal(int(match['other']))}"


def _say_gallon(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the unit of '$3.49/gal' and 'each' of '$2/ea'."""
    if verbalizer.block is not None:
        return None
    return " each" if match["unit"] == "ea" else f" {verbalizer.each} {_UNITS[match['unit']]}"


def _say_for_area(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the word of '5 lb lime/100 sq ft'."""
    return f" {verbalizer.each} "


def _say_mileage(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the word of '28/36 mpg', in the city and on the highway."""
    return f" {verbalizer.signs['by']} "


def _say_plural_model(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'B fifty twos' of 'B-52s'."""
    return f"{' '.join(match['letter'])} {ENGLISH.plural(ENGLISH.cardinal(int(match['number'])))}"


def _say_thousands(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'thousands' of '1,000s'."""
    first = match[0][:-1].replace(",", "")
    return {"1000": "thousands", "10000": "tens of thousands"}.get(first, "hundreds of thousands")


FIGURES = (
    Rule(_FOR_MANY, _say_for_many, "/¢ "),
    Rule(_PLAN, _say_plan, "( kKab", needs="4"),
    Rule(_NONPROFIT, _say_nonprofit, "(c", needs="501"),
    Rule(_TAX_FORM, _say_tax_form, "1"),
    Rule(_ALWAYS_OPEN, _say_always_open, "/", needs="/365"),
    Rule(_SIGHT, _say_sight, "/", needs="20/"),
    Rule(_GALLON, _say_gallon, "/¢"),
    Rule(_FOR_AREA, _say_for_area, "/"),
    Rule(_MILEAGE, _say_mileage, "/", needs="mpg"),
    Rule(_SPREAD, _say_gallon, "/ft "),
    Rule(_PLURAL_MODEL, _say_plural_model, "s", needs="-"),
    Rule(_THOUSANDS, _say_thousands, "s", needs="00s"),
)
"""Rules before those of dates, money, fractions and clauses."""
