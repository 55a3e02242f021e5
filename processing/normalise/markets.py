"""Rules for the notations of markets and plans: '25 bps', 'YoY', '320 kcal/serving', 'Settings → Privacy', 'A | B'."""

import re
from string import ascii_letters

from processing.normalise.surroundings import seen_before
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import NUMBER, Rule

_POINTS = re.compile(r"(?<=\d)(?: |-)?bps(?!\w)|(?<=\d)(?P<one>-)bp(?!\w)")
_DATA = re.compile(r"(?i:speed|data|modem|baud|serial|stream|(?<![a-z])bit|network)")
_NEAR = 40
"""Characters in which a word may show what "bps" means."""
_PERIODS = {"Y": "year", "Q": "quarter", "M": "month", "W": "week", "D": "day"}
_CHANGE = re.compile(r"(?<![A-Za-z-])([YQMWD])-?o-?\1(?![A-Za-z-])|(?<![\w-])([yqm])-(?:o|on)-\2(?![\w-])")
_YEARLY = re.compile(
    r"(?<![\w.,])(?P<count>52) ?[-–]? ?(?:[Ww]|[Ww]k|[Ww]eek)(?=[ -](?:high|low|range|hi|lo|H/L|high/low)(?![a-z]))"
)
_EACH = re.compile(
    rf"(?<![\w.,/])(?P<counted>{NUMBER} ?[A-Za-z]{{1,12}})/(?=(?:serving|side|charge|fill|tank|load|batch|cycle|set|rep|slice|pill|capsule|lap|cookie|tablet|dose|visit|student|child|adult|seat|share|trip|ride"
    r"|user|call|page|word|question|request|token|image|cup|sheet|session|class|lesson|match|game|item|order|delivery|ticket"
    r"|bottle|packet|bag|box|room|floor|flat|village|household|family|farmer|beneficiary|member|candidate|player|guest|employee|customer)(?![a-z]))"
)
_ARROW = re.compile(r" ?(?:→|⇒|(?<=[ \w)])-{1,2}>|=>) ?(?=[\w₹$€£(])")
_FORMULA = re.compile(
    r"(?:(?:[A-Z][a-z]?\d{0,2}){1,6}|(?:[A-Z] ){1,6}(?:one|two|three|four|five|six)| (?:solid|gas|liquid|aqueous))\Z"
)
_PRICED = re.compile(r"[₹$€£]|(?<![A-Za-z])(?:[Rr]s|INR)")
"""Sign of money before an arrow; without it no price changes: 'Room 101 → ₹2,500'."""
_PATH_OF_MENU = re.compile(r"(?<=[\w.'’\"”)]) > (?=['‘\"“]?[A-Za-z])")
_TAPPED = re.compile(
    r"(?i:(?<![a-z])(?:tap|click|go to|open|select|choose|navigate|press|visit|menu|settings)(?![a-z]))"
)
_BAR = re.compile(r"(?<=[\w.)!?%]) [|·] (?=[\w(₹$+])")


_PER_PER = re.compile(r"(?<= per )(?P<unit>[a-z]{3,11})/(?=(?:[a-z]{3,9}|yr|mo)(?![a-z/]))(?P<year>yr)?(?P<month>mo)?")


_MOVE = re.compile(r"(?P<sign>[▲△↑⬆🔺▼▽↓⬇🔻]) ?[-+]?(?=[₹$]?\d)")


def _say_move(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'up' or 'down' of '▲ 0.5%'."""
    if verbalizer.code != "en":
        return None
    gap = " " * match.string[match.start() - 1 : match.start()].isalnum()
    return f"{gap}{'up' if match['sign'] in '▲△↑⬆🔺' else 'down'} "


def _say_per_per(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'day per' of 'two rupees per day/book'."""
    period = "year" if match["year"] else "month" if match["month"] else ""
    return f"{match['unit']} per {period}"


_PER_PERIOD = re.compile(r"(?<=[a-z])/(?P<unit>mo|yr|wk|hr)(?![\w/])")
_PERIOD_NAMES = {"mo": "month", "yr": "year", "wk": "week", "hr": "hour"}


def _say_per_period(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'per month' of 'price/mo'."""
    return f" {verbalizer.each} {_PERIOD_NAMES[match['unit']]}"


_LAKH_A_YEAR = re.compile(r"(?<=\d) ?(?:LPA|lpa)(?!\w)")
_PER_FOOT = re.compile(r"(?<=\d)(?:/-)? ?psf(?!\w)")
_MENU = re.compile(r"(?<=[A-Z])(?P<rest>[a-z]{1,20}) > (?=[A-Z][a-z])")


_PER_FIELD = re.compile(r"(?<=[A-Za-z])/(?=(?:acre|hectare|ha|bigha)(?![a-z/]))")


_PER_AREA = re.compile(r"(?<=[a-z])/(?P<unit>sq\.? ?yd|sq\.? ?ft|sft|sqft|gm|kg|cent|gajam|gaj)(?![a-z/])")


def _say_per_area(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'per square yard' of '28k/sq yd', whose sum is words by now."""
    unit = match["unit"]
    name = {"gm": "gram", "kg": "kilogram"}.get(unit)
    if name is None:
        name = "square yard" if "yd" in unit else "square foot" if unit.startswith("s") else unit
    return f" {verbalizer.each} {name}"


def _say_per_field(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the word of '50 kg DAP/acre'."""
    return f" {verbalizer.each} "


def _say_lakh_a_year(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return "lakh per annum" of '12 LPA', for the rules of money."""
    return " lakh per annum"


def _say_per_foot(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the rate of '₹9,200 psf', for the rules of money."""
    return "/sqft"


def _say_menu(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the entries of a menu with a pause, 'Settings > Display'."""
    return f"{match['rest']}, "


def _say_path_of_menu(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the pause of 'tap Profile > forgot pin > OTP'; one sign alone may compare."""
    near = match.string[max(0, match.start() - 60) : match.end() + 60]
    shown = near.count(" > ") > 1 or seen_before(_TAPPED, match, 48)
    return ", " if shown else None


def _say_points(match: re.Match[str], verbalizer: Verbalizer) -> str:
    near = match.string[max(0, match.start() - _NEAR) : match.end() + _NEAR]
    if match["one"]:
        return " basis point"
    return " bits per second" if _DATA.search(near) else " basis points"


def _say_change(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'year on year' of 'YoY'."""
    letter = (match[1] or match[2]).upper()
    if letter == "M" and "%" not in match.string[max(0, match.start() - _NEAR) : match.end() + _NEAR]:
        return None  # "man of the match"
    period = _PERIODS[letter]
    return f"{period} on {period}"


def _say_yearly(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '52 week' of '52W high'."""
    return f"{match['count']} week"


def _say_each(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return f"{match['counted']} {verbalizer.each} "


def _say_arrow(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return "to" between figures, "gives" in a reaction, and a pause between words."""
    before, ahead = (
        match.string[max(0, match.start() - 24) : match.start()],
        match.string[match.end() : match.end() + 32],
    )
    if ("+" in before or " + " in ahead) and _FORMULA.search(before):
        return " gives "
    figures = before[-1:].isdigit() or before.endswith("%")
    if ahead[:1] in tuple("₹$€£") and not _PRICED.search(before[-12:]):
        return ", "
    return f" {verbalizer.signs['to']} " if figures and ahead[:1] in tuple("0123456789₹$€£") else ", "


def _say_bar(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return ", "


RULES = (
    Rule(_MOVE, _say_move, "▲△↑⬆🔺▼▽↓⬇🔻"),
    Rule(_CHANGE, _say_change, "YQMWDyqm", needs="o"),
    Rule(_ARROW, _say_arrow, "→⇒>"),
    Rule(_MENU, _say_menu, ">"),
    Rule(_PATH_OF_MENU, _say_path_of_menu, ">", needs=" > "),
    Rule(_BAR, _say_bar, "|·"),
)
"""Rules for text with or without figures."""

FIGURES = (
    Rule(_YEARLY, _say_yearly, "Ww -"),
    Rule(_LAKH_A_YEAR, _say_lakh_a_year, "Ll "),
    Rule(_PER_FOOT, _say_per_foot, "p /", needs="psf"),
    Rule(_POINTS, _say_points, "b -", needs="bp"),
    Rule(_EACH, _say_each, " " + ascii_letters, needs="/"),
)
"""Rules before those of measures."""

WORDS = (
    Rule(_PER_PERIOD, _say_per_period, "/"),
    Rule(_PER_PER, _say_per_per, "/"),
    Rule(_PER_AREA, _say_per_area, "/"),
    Rule(_PER_FIELD, _say_per_field, "/"),
)
"""Rules behind those of figures."""
