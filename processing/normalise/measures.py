"""Measured things, ordinals and fractions: a number and what makes it more than a number."""

import re

from processing.normalise.english import English
from processing.normalise.hindi import Hindi
from processing.normalise.tongue import Tongue
from processing.normalise.units import ATTACHED_ONLY, RATES, UNITS
from processing.normalise.written import (
    BEFORE,
    DASH,
    MAGNITUDES,
    NUMBER,
    Rule,
    alternatives,
    closes_sentence,
    next_word,
    read_amount,
)
from processing.words import split_words

_MEASURE = re.compile(
    rf"(?<![\w.,])(?P<number>{NUMBER})(?P<magnitude>{MAGNITUDES})(?:{DASH}(?P<second>{NUMBER}))?"
    rf"(?P<space>[ -]?)(?P<unit>{alternatives(UNITS)})(?: ?/ ?(?P<per>{alternatives(RATES)}))?"
    r"(?![A-Za-z0-9\u0900-\u0963\u0c3e-\u0c56])(?!(?<=[\u0c00-\u0c63])[\u0c00-\u0c63])"
)
_INCHES = re.compile(r"(?<=\d)in(?![\w-])|(?<=\d)(?P<feet> ?(?:ft|feet|foot) ?\d{1,2}) in(?![\w-])")
_HEIGHT = re.compile(r"(?<![\w.,])(\d{1,2})['’] ?(\d{1,2})(?:[\"”]|['’]{2})")
_ORDINAL = re.compile(rf"{BEFORE}(\d{{1,9}}|\d{{1,3}}(?:,\d{{2,3}}){{1,3}})(?:st|nd|rd|th)(?![A-Za-z0-9])")
_HINDI_ORDINAL = re.compile(
    rf"{BEFORE}(\d{{1,9}}) ?-?(वाँ|वां|वा|वीं|वी|वें|वे|ला|ली|ले|रा|री|रे|था|थी|थे|ठा|ठी|ठे)(?![\u0900-\u0963])"
)
_TYPED_ORDINAL = re.compile(rf"{BEFORE}(\d{{1,9}})-?(vaan|vein|veen|vin|van|va|vi|ve)(?![A-Za-z])")
_TELUGU_ORDINAL = re.compile(rf"{BEFORE}(\d{{1,9}}) ?-?వ(?P<rest>ది|సారి|రోజు|తేదీ|తేది)?(?![\u0c00-\u0c63])")
_VULGAR = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅛": (1, 8), "⅜": (3, 8)}
_UNIT = alternatives(UNITS.keys() - ATTACHED_ONLY)
_OF_UNIT = rf"(?: ?(?P<unit>{_UNIT})(?![A-Za-z0-9\u0900-\u0963\u0c3e-\u0c56]))?"
_VULGAR_FORM = re.compile(rf"(?:{BEFORE}(?P<whole>\d{{1,9}}) ?)?(?P<vulgar>[{''.join(_VULGAR)}]){_OF_UNIT}")
_FRACTION = re.compile(
    rf"{BEFORE}(?:(?P<whole>\d{{1,4}})[ -])?(?P<over>\d{{1,2}})/(?P<under>\d{{1,2}})(?![\d/]){_OF_UNIT}"
)
_SAME_UNIT = re.compile(r"(?<=\d)(%|°C?) ?[-–—] ?(?=\d{1,6}(?:\.\d{1,3})?\1)")
_MEASURED = tuple(split_words("""వేగ దూర బరువు పొడవు ఎత్తు వెడల్పు లోతు మేర పరిధి వరకు పాల నీ బియ్యం డేటా స్థల సామర్థ్య"""))
"""How words begin that name what is measured in Telugu; the unit before them is oblique."""
_ENGLISH = English()


def _say_measure(match: re.Match[str], tongue: Tongue) -> str | None:
    written, per = match["unit"], match["per"]
    if written in ATTACHED_ONLY and match["space"] and not per:
        return None
    amount = read_amount(match["number"], magnitudes=match["magnitude"])
    words = tongue.amount(amount, counted=True)
    if written == "%" and amount.whole == 100 and isinstance(tongue, Hindi):
        words = words.rpartition(" ")[2]
    if match["second"]:
        second = tongue.amount(read_amount(match["second"]), counted=True)
        words = f"{tongue.amount(amount)} {tongue.signs['to']} {second}"
    said = tongue.measure(
        words,
        UNITS[written],
        RATES[per] if per else None,
        one=not match["second"] and (amount.is_one or (match["space"] == "-" and isinstance(tongue, English))),
        described=next_word(match.string, match.end()).startswith(_MEASURED),
    )
    return said + "." * (match[0].endswith(".") and closes_sentence(match))


def _say_inches(match: re.Match[str], tongue: Tongue) -> str:
    """'6in', '6 ft 2 in'."""
    return f"{match['feet'] or ''} inch"


def _say_height(match: re.Match[str], tongue: Tongue) -> str:
    feet, inches = (
        tongue.measure(tongue.cardinal(int(figure)), UNITS[unit], None, one=int(figure) == 1, described=False)
        for figure, unit in ((match[1], "ft"), (match[2], "inch"))
    )
    return f"{feet} {inches}"


def _say_english_ordinal(match: re.Match[str], tongue: Tongue) -> str:
    return _ENGLISH.ordinal(int(match[1].replace(",", "")))


def _say_ordinal(match: re.Match[str], tongue: Tongue) -> str:
    return tongue.ordinal(int(match[1]), match[2])


def _say_telugu_ordinal(match: re.Match[str], tongue: Tongue) -> str:
    return tongue.ordinal(int(match[1])) + (match["rest"] or "")


def _say_vulgar(match: re.Match[str], tongue: Tongue) -> str:
    return _part(match, *_VULGAR[match["vulgar"]], tongue)


def _say_fraction(match: re.Match[str], tongue: Tongue) -> str | None:
    """'1 3/4', '1/2 kg'; two numbers alone with a stroke between may be something else."""
    over, under = int(match["over"]), int(match["under"])
    alone = not match["unit"] and (not match["whole"] or over > 9)
    return _part(match, over, under, tongue) if 0 < over < under and not alone else None


def _part(match: re.Match[str], over: int, under: int, tongue: Tongue) -> str:
    whole = int(match["whole"] or 0)
    words = tongue.fraction(whole, over, under)
    if not match["unit"]:
        return words
    said = tongue.measure(words, UNITS[match["unit"]], None, one=not whole, described=False)
    return said + "." * (match[0].endswith(".") and closes_sentence(match))


def _say_dash(match: re.Match[str], tongue: Tongue) -> str:
    return "-"


RULES = (
    Rule(_SAME_UNIT, _say_dash, "%°"),
    Rule(_INCHES, _say_inches, "i"),
    Rule(_HEIGHT, _say_height, "'’"),
    Rule(_FRACTION, _say_fraction, "/"),
    Rule(_VULGAR_FORM, _say_vulgar, "".join(_VULGAR)),
    Rule(_MEASURE, _say_measure, "".join({form[0] for form in UNITS}) + "-–ह"),
    Rule(_ORDINAL, _say_english_ordinal, "tnrs"),
    Rule(_HINDI_ORDINAL, _say_ordinal, "वलरथठ"),
    Rule(_TYPED_ORDINAL, _say_ordinal, "v"),
    Rule(_TELUGU_ORDINAL, _say_telugu_ordinal, "వ"),
)
