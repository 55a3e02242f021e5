"""Rules for quantities of several things and for prices that changed: '23 kg x 2', '6 x 330 ml', '~~₹499~~ ₹299'."""

import re

from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule

_AMOUNT = r"(?:kgs?|gms?|g|mg|mcg|ml|mL|cl|l|L|ltr|lbs?|oz|GB|TB|MB|W|kW)"
"""Units of weight, volume, memory and power; a length beside a cross is a side of something."""
_TIMES = re.compile(
    rf"(?<=\d)(?P<unit> ?{_AMOUNT}) ?[xX×] ?(?=\d{{1,3}}(?![\w.,:/]\d|\d| ?/ ?\d| ?(?:days?|d|weeks?|wks?|months?|mths?|yrs?|years?)(?![a-z])))"
)
_PACK = re.compile(
    rf"(?<![\w.,/x×-])(?P<count>\d{{1,3}}) ?[xX×] ?(?=\d{{1,4}}(?:\.\d{{1,2}})?[ -]?{_AMOUNT}(?![\w/]))(?!\d{{1,3}} ?[xX×] ?\d{{1,4}}(?:\.\d{{1,2}})?[ -]?{_AMOUNT} ?=)"
)
_PRICE = r"(?:[₹$€£]|Rs\.?|INR|USD) ?"
_INSTALMENTS = re.compile(
    rf"(?P<price>(?<!\w){_PRICE}\d[\d,]{{0,12}}(?:\.\d{{1,2}})?(?:/-)?) ?[xX×] ?(?=(?P<count>\d{{1,3}})(?P<span> ?(?:months?|mths?|mos?|days?|weeks?|years?|yrs?|EMIs?|instal\w{{3,6}})(?![a-z]))?(?![\w.,]\d|\d))"
)
_STRUCK = re.compile(rf"~~(?P<old>{_PRICE}\d[^~\n]{{0,24}})~~(?P<gap>[ *_]{{0,4}})(?={_PRICE}\d)")
_TIMES_PRICE = re.compile(r"(?<=\d) ?[xX×] ?(?=(?:[₹$€£]|Rs\.?|INR) ?\d)")
_EURO = re.compile(
    r"(?=\d)(?:(?<=€)|(?<=€ )|(?<=EUR ))(?P<whole>\d{1,3}(?:\.\d{3}){0,4})(?:,(?P<cents>\d\d))(?![\d,]|\.\d)"
    r"|(?<![\w.,])(?P<first>\d{1,3}(?:\.\d{3}){0,4}),(?P<behind>\d\d)(?= ?(?:€|EUR(?!\w)))"
)
_NOW = {"en": "now", "hi": "अब", "mr": "आता", "te": "ఇప్పుడు", "hi-Latn": "ab"}
"""Word before the price behind one that is struck through, by the verbalizer's code."""


def _say_times(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '23 kg times ' of '23 kg x 2', for the rule of measures."""
    return f"{match['unit']} {verbalizer.signs['times']} "


def _say_times_price(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the word of '3 x ₹499'."""
    return f" {verbalizer.signs['times']} "


def _say_pack(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '6 times ' of '6 x 330 ml'."""
    return f"{match['count']} {verbalizer.signs['times']} "


def _say_instalments(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '₹18,450 for ' of '₹18,450 x 36 months', and '$5 times ' of '$5 x 3'."""
    if verbalizer.code != "en":
        return None
    return f"{match['price']} {'for' if match['span'] else verbalizer.signs['times']} "


def _say_struck(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '₹499, now ' of '~~₹499~~ ₹299', for the rules of money."""
    now = f" {_NOW[verbalizer.code]}" if verbalizer.code in _NOW else ""
    return f"{match['old']},{now}{match['gap'] or ' '}"


def _say_euro(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '1250.00' of '€1.250,00', for the rules of money."""
    whole = (match["whole"] or match["first"]).replace(".", "")
    return f"{whole}.{match['cents'] or match['behind']}"


RULES = (
    Rule(_INSTALMENTS, _say_instalments, "xX×"),
    Rule(_EURO, _say_euro, ",", needs=","),
    Rule(_STRUCK, _say_struck, "~", needs="~~"),
)
"""Rules for text before all others."""

FIGURES = (
    Rule(_TIMES_PRICE, _say_times_price, "xX×₹$€£RI "),
    Rule(_PACK, _say_pack, "xX× "),
    Rule(_TIMES, _say_times, " " + "kgmclLoGTMW"),
)
"""Rules before those of sizes and measures."""
