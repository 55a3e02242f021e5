"""Rules for numbers of vehicles, trains, buses and flights."""

import re

from processing.normalise.identifier_forms import (
    EDGE,
    END,
    FREE,
    LINK,
    NO,
    WHOLE,
    counts,
    is_near,
    latin_reader,
    words_pattern,
)
from processing.normalise.identifier_words import AIRLINES, BUSES, EXPRESSES, FLIGHTS, FLOWN, NAMED_TRAINS, TRAINS
from processing.normalise.languages.english import ENGLISH
from processing.normalise.surroundings import keep_stop, next_word, seen_before, seen_near
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import LONG, Rule, alternatives

_TRAIN = re.compile(rf"(?P<name>{words_pattern(TRAINS)}{LINK})(?P<code>\d{{5}}(?:/(?:\d{{5}}|\d\d))?){WHOLE}")
_EXPRESS = re.compile(
    rf"{FREE}(?P<code>\d{{5}}(?:/\d{{5}})?)(?= (?:[^\W\d][\w\u0900-\u0963\u0966-\u0d7f\u200c]{{0,20}} ){{0,3}}(?:{alternatives(EXPRESSES)}){END})"
)
_BERTH = re.compile(
    r"(?<![A-Za-z])(?P<coach>(?:HA|[ABCDEHMS])\d{1,2}) (?P<berth>\d{1,2})(?=[,;.)]| (?:LB|UB|MB|SL|SU|WS)(?![A-Za-z])|$)"
)
_BOOKED = re.compile(r"(?<![A-Za-z])(?:PNR|DOJ|TRN|CNF|WL|RAC|NDLS|[Tt]rains?|[Cc]oach|[Bb]erths?)(?![a-z])")
"""Words near a coach and a berth, 'S5 34'."""
_BUS = re.compile(
    rf"(?P<name>{words_pattern(BUSES)}{LINK})(?P<code>\d{{1,3}})(?: ?-?(?P<letters>(?![AP]M)[A-Z]{{1,2}}))(?:/(?P<after>\d{{1,2}}|[A-Z]))?{END}"
)
_FLIGHT = re.compile(
    rf"(?:(?P<name>{words_pattern(FLIGHTS)}{LINK})(?P<line>[A-Z\d]{{2}})|{EDGE}(?P<alone>6E))[ -]?(?P<code>\d{{3,4}}){WHOLE}"
)
_VEHICLE = re.compile(
    r"(?<![\w-])(?!(?:IS|ON|BY|OF|TO|AT|IN|NO|FY|RS|DT)[ -])(?P<state>[A-Z]{2})[ -]?(?P<district>\d{1,2})[ -]?(?P<series>[A-Z](?:[ -]?[A-Z]){0,2})[ -]?(?P<code>\d{4})(?![A-Za-z0-9_-])"
)
_EXPRESS_BEFORE = re.compile(
    rf"(?P<name>{EDGE}(?:{alternatives(EXPRESSES)}|Bharat|Rath|Tejas|वंदे भारत|अमृत भारत|गरीब रथ) \(?)(?P<code>\d{{5}}(?:/\d{{5}})?)(?![\d.,]\d|\d| ?[₹%+])"
)
_TRAIN_PAIR = re.compile(
    r"(?<![\w.,/])(?P<code>\d{5}/\d{5}|[12]\d{4}/\d\d(?= (?:[A-Z][a-z]{2,16} ){0,3}(?:Exp|Express|Mail|SF|Rajdhani|Shatabdi|Duronto|Vande|Superfast|Passenger|Jan)))(?![\w/])"
)
_TRAIN_NEAR = re.compile(words_pattern(TRAINS))
_NAMED_TRAIN = re.compile(
    rf"{FREE}(?P<code>[12]\d{{4}})(?= (?:(?:[^\W\d][\w\u0900-\u0963\u0966-\u0d7f\u200c]{{0,20}} ){{1,3}}(?:राजधानी|संपर्क क्रांति|राज्यरानी|अंत्योदय|రాజధాని|సంపర్క్ క్రాంతి)|(?:{alternatives(NAMED_TRAINS)})){END})"
)
_RUNS = re.compile(
    r"लेट|देरी|विलंब|उशिर|प्लेटफ|प्लॅटफ|फलाट|स्टेशन|स्थानक|रवाना|पहुँच|पहुंच|सुट|छूट|कोच|टिकट|तिकीट|రైలు|ప్లాట్|స్టేషన్|బయలుదేర|ఆలస్య|చేరు|(?i:coach|late|platform|exp|train|berth|station|pnr|chart)(?![a-z])|टाइम|घंट|मिनट|मिनिट|నిమిష|గంట"
)
"""Words near the number of a train that has the name of a place or a capital."""
_BUS_NEAR = re.compile(words_pattern(BUSES))
_BUS_CODE = r"\d{1,3}-?[A-Z]{1,2}"
_MORE_BUSES = re.compile(rf"(?<= [A-Z])(?:(?:, ?| (?:or|and|या|और|आणि|किंवा|లేదా|మరియు) ){_BUS_CODE}){{1,8}}{END}")
_LISTED_BUS = re.compile(r"(?P<code>\d{1,3})-?(?P<letters>[A-Z]{1,2})")
_LISTED = rf"(?:(?:, ?| (?:or|and|या|और|आणि|किंवा|లేదా|మరియు) ){_BUS_CODE}){{0,8}}"
_BUS_BEHIND = re.compile(
    rf"{FREE}(?P<code>\d{{1,3}})-?(?P<letters>[A-Z]{{1,2}})(?={_LISTED} {words_pattern(BUSES)}(?! (?:fares?|tickets?|pass|drivers?)\b))"
)
_AIRLINE = re.compile(rf"{EDGE}(?P<line>{alternatives(AIRLINES)})[ -]?(?P<code>\d{{3,4}}){WHOLE}")
_FLOWN = re.compile(words_pattern(FLOWN))
_LEG = re.compile(r" \(?[A-Z]{3} [^\W\d]{1,8} [A-Z]{3}(?![A-Z])")
"""Airports behind the number of a flight: 'DEL to BOM'."""
_NIGHTS = re.compile(r"(?<![\w.])(?P<first>\d{1,2}) ?(?P<one>[ND]) ?[/&+-] ?(?P<second>\d{1,2}) ?(?P<other>[ND])(?!\w)")
_STAY = {"N": "night", "D": "day"}
_PRICE = re.compile(r"(?:₹|[Rr]s\.?|INR|\$|€|£) ?[\d,.]{1,12}\Z")
_PER_PERSON = re.compile(r"(?<=\d)(?P<end>/-)? ?pp(?=[,.;:)\s]|$)(?! \d)")
_TRAIN_BEHIND = re.compile(r"(?<!\d)\d{5} [A-Za-z ]{2,24}\Z")
_EXPRESS_NAME = re.compile(r"(?<=[A-Za-z]) Exp\.?(?![A-Za-z])")
_EXPECTED = re.compile(
    r"(?<![A-Za-z])(?P<exp>[Ee]xp)(?:\.|(?= )) ?(?=(?:arr|dep|arrival|departure|delivery|date of)(?![a-z]))"
)
_LINE = re.compile(
    r"(?:(?<![\w.])|(?<=\d))(?P<way>D[nN](?!\w)(?:\.(?! ?[A-Z]))?|(?:(?<=\d )|(?<=\d))U[pP](?!\w)|U[pP](?=(?:/| ?& ?| and )D[nN]| (?:lines?|trains?|loop|locals?)(?![a-z])))"
)
_RAILS = re.compile(
    rf"{words_pattern((*TRAINS, *map(str.lower, EXPRESSES), 'trains', 'local', 'line', 'lines', 'rail', 'railway', 'platform'))}|\d Dn"
)
"""Words beside the direction of a train, '12 Dn', which is no division."""
_WHEELERS = re.compile(r"(?<![\w.,])(?P<count>[234])-?W(?=s?(?!\w))")
_DRIVEN = re.compile(
    r"(?i:vehicle|bike|scooter|car|auto|PUC|parking|insurance|challan|helmet|toll|licen[cs]e|driving|EV|sales|wheeler|MVL|RC)(?![a-z])"
)
"""Words beside '2W', a vehicle of two wheels."""
_WAYS = {"d": "down", "u": "up"}
_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _say_train(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    if counts(match) and next_word(match.string, match.end()) != "runs":
        return None
    name = NO.sub("number", match.groupdict().get("name") or "")
    return name + ", ".join([verbalizer.digits(part) for part in match["code"].split("/")])


def _say_named_train(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the digits of '12301 हावड़ा राजधानी' beside words about trains; the last word is also that for a capital."""
    return _say_train(match, verbalizer) if is_near(match, _RUNS) else None


def _say_berth(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'S5, 34' of 'S5 34' beside words of railways."""
    return f"{match['coach']}, {match['berth']}" if seen_near(_BOOKED, match, 80) else None


def _say_bus(match: re.Match[str], verbalizer: Verbalizer) -> str:
    code = match["code"]
    words = verbalizer.digits(code) if len(code) > 2 else ENGLISH.cardinal(int(code))
    after = match["after"] or ""
    last = after if after.isalpha() or not after else verbalizer.cardinal(int(after))
    return " ".join(filter(None, [match["name"].rstrip(), words, " ".join(match["letters"]), last]))


def _say_flight(match: re.Match[str], verbalizer: Verbalizer) -> str:
    code = match["line"] or match["alone"]
    line = "six E" if code == "6E" else _spelt(code, verbalizer)  # in English, in any language
    return f"{match['name'] or ''}{line} {latin_reader(verbalizer).digits(match['code'])}"


def _say_bus_behind(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the words of a bus before the word for it: '216K bus'."""
    code = match["code"]
    words = verbalizer.digits(code) if len(code) > 2 else ENGLISH.cardinal(int(code))
    return f"{words} {' '.join(match['letters'])}"


def _say_more_buses(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the words of buses behind one that is read already: 'ten H or 47L'."""
    if not is_near(match, _BUS_NEAR):
        return None
    return _LISTED_BUS.sub(lambda code: _say_bus_behind(code, verbalizer), match[0])


def _spelt(line: str, verbalizer: Verbalizer) -> str:
    reader = latin_reader(verbalizer)
    return " ".join([reader.digits(sign) if sign.isdigit() else sign for sign in line])


def _say_airline(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the words of 'AI 302' near a word about flights."""
    if not is_near(match, _FLOWN) and not _LEG.match(match.string, match.end()):
        return None
    return f"{_spelt(match['line'], verbalizer)} {latin_reader(verbalizer).digits(match['code'])}"


def _say_vehicle(match: re.Match[str], verbalizer: Verbalizer) -> str:
    reader = latin_reader(verbalizer)
    letters = (" ".join(match["state"]), " ".join(filter(str.isalpha, match["series"])))
    figures = (reader.digits(match["district"]), reader.digits(match["code"]))
    return " ".join([letters[0], figures[0], letters[1], figures[1]])


def _say_nights(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '3 nights 4 days' of '3N/4D'; the figures are left to later rules."""
    if match["one"] == match["other"]:
        return None
    parts = ((match["first"], match["one"]), (match["second"], match["other"]))
    return " ".join([f"{count} {_STAY[unit]}{'s' * (count != '1')}" for count, unit in parts])


def _say_per_person(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    if seen_before(_PRICE, match, 16) is None:
        return None  # pages
    return f"{match['end'] or ''} per person"


def _say_express_name(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the word of 'Sabari Exp' near a word for a train."""
    numbered = seen_before(_TRAIN_BEHIND, match, 32)
    return " Express" if numbered or is_near(match, _TRAIN_NEAR) else None


def _say_wheelers(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'two wheeler' of '2W' beside words of vehicles, where it is no power."""
    return f"{ENGLISH.cardinal(int(match['count']))} wheeler" if is_near(match, _DRIVEN) else None


def _say_line(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'down' of '12 Dn.' and of 'the Dn line', beside words for trains."""
    gap = " " * match.string[match.start() - 1 : match.start()].isdigit()
    return gap + keep_stop(match, _WAYS[match["way"][0].lower()]) if is_near(match, _RAILS) else None


def _say_expected(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return "Expected " if match["exp"][0] == "E" else "expected "


NAMES = (
    Rule(_EXPRESS_NAME, _say_express_name, "E", needs=" Exp"),
    Rule(_EXPECTED, _say_expected, "x", needs="xp"),
    Rule(_LINE, _say_line, "DU"),
)
"""Rules before those of abbreviations."""

RULES = (
    Rule(_WHEELERS, _say_wheelers, "W", needs="W"),
    Rule(_NIGHTS, _say_nights, "ND"),
    Rule(_PER_PERSON, _say_per_person, "p"),
    Rule(_BERTH, _say_berth, "ABCDEHMS"),
    Rule(_VEHICLE, _say_vehicle, LONG),
    Rule(_TRAIN, _say_train, LONG),
    Rule(_TRAIN_PAIR, _say_train, "/"),
    Rule(_EXPRESS, _say_train, LONG),
    Rule(_NAMED_TRAIN, _say_named_train, LONG),
    Rule(_EXPRESS_BEFORE, _say_train, LONG),
    Rule(_BUS, _say_bus, _CAPITALS),
    Rule(_BUS_BEHIND, _say_bus_behind, _CAPITALS),
    Rule(_MORE_BUSES, _say_more_buses, _CAPITALS),
    Rule(_FLIGHT, _say_flight, LONG),
    Rule(_AIRLINE, _say_airline, LONG),
)
