"""Rules for identifiers: one-time codes, accounts, references, trains, vehicles, postal codes. Read digit by digit.

A word beside the number shows what it is (`identifier_words.py`). A number that counts something, or has a unit, stays.
"""

import re
from bisect import bisect_left
from functools import lru_cache

from processing.normalise.identifier_words import (
    BEHIND_CODE,
    BEHIND_DIALLED,
    BUSES,
    DIALS,
    EXPRESSES,
    FLIGHTS,
    HOUSES,
    LINKS,
    NAMED,
    PLACES,
    SECRETS,
    SHOWS_NUMBER,
    STRONG,
    TELEPHONES,
    TRAINS,
)
from processing.normalise.languages.english import COUNTED, ENGLISH
from processing.normalise.units import ATTACHED_ONLY
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import LONG, UNITS, Rule, alternatives, codes_of_forms, last_word, next_word

_NEAR = 80
"""Characters on either side of a number in which a word may show that it is a code."""
_EDGE = r"(?<![\w\u0900-\u0d7f])"
_END = r"(?![\w\u0900-\u0d7f])"
_FREE = r"(?<![\w.,/*:+₹$€£%-])(?<![\d₹$€£] )"
"""Not part of a number with other digits, signs or a currency."""
_WHOLE = r"(?!\d|[.,/:-]\d|%|\+)"


def _words(forms: tuple[str, ...]) -> str:
    return rf"{_EDGE}(?i:{alternatives(forms)}){_END}"


_LINK = rf"(?:[ .]{{0,2}}(?:(?i:{alternatives(LINKS)})\.?{_END}|[:#=(–-])){{0,4}} ?"
_SECRET = re.compile(_words(SECRETS))
_CODE = re.compile(rf"{_FREE}(?P<code>\d{{4,8}}){_WHOLE}")
_NAMED_CODE = re.compile(
    rf"(?P<name>{_words(SECRETS + STRONG + NAMED + TELEPHONES)})(?P<link>{_LINK})"
    rf"(?P<mask>[Xx*•]{{1,16}}[ -]?(?:[Xx*•]{{1,4}}[ -]?){{0,3}})?(?P<code>\d{{3,18}}|\d{{3,7}}(?:-\d{{2,10}}){{1,3}}){_WHOLE}"
)
_MASKED = re.compile(r"(?<![\w*])(?:[Xx*•]{2,16}[ -]?(?:[Xx*•]{2,4}[ -]?){0,3})(?P<code>\d{3,6})(?![\d*])")
_TRAIN = re.compile(rf"(?P<name>{_words(TRAINS)}{_LINK})(?P<code>\d{{5}}(?:/\d{{5}})?){_WHOLE}")
_EXPRESS = re.compile(
    rf"{_FREE}(?P<code>\d{{5}}(?:/\d{{5}})?)(?= (?:[^\W\d][\w\u0900-\u0d7f\u200c]{{0,20}} ){{0,3}}(?:{alternatives(EXPRESSES)}){_END})"
)
_BUS = re.compile(
    rf"(?P<name>{_words(BUSES)}{_LINK})(?P<code>\d{{1,3}})(?: ?-?(?P<letters>[A-Z]{{1,2}}))(?:/(?P<after>\d{{1,2}}|[A-Z]))?{_END}"
)
_FLIGHT = re.compile(
    rf"(?:(?P<name>{_words(FLIGHTS)}{_LINK})(?P<line>[A-Z\d]{{2}})|{_EDGE}(?P<alone>6E))[ -]?(?P<code>\d{{3,4}}){_WHOLE}"
)
_VEHICLE = re.compile(
    r"(?<![\w-])(?P<state>[A-Z]{2})[ -]?(?P<district>\d{1,2})[ -]?(?P<series>[A-Z](?:[ -]?[A-Z]){0,2})[ -]?(?P<code>\d{4})(?![\w-])"
)
_BANK_BRANCH = re.compile(r"(?<!\w)(?P<bank>[A-Z]{4})(?P<branch>0[A-Z\d]{6})(?!\w)")
_TRAIN_PAIR = re.compile(r"(?<![\w.,/])(?P<code>\d{5}/\d{5})(?![\w/])")
_HOUSE = re.compile(
    rf"(?P<name>{_words(HOUSES)}{_LINK})(?P<code>\d{{1,4}}(?:[-/]\d{{1,4}}){{1,5}})(?:[-/]?(?P<letter>[A-Z])(?!\w))?(?!\d|[.,]\d)"
)
_DIALLED = re.compile(rf"{_FREE}(?P<code>[1-9]\d{{2,4}})(?P<ending>కి|కు|ను|పై)?(?!\d|[.,/:-]\d|[%+]|[A-Za-z])")
_DIAL = re.compile(_words(DIALS))
_POSTAL = re.compile(
    rf"(?P<place>{_EDGE}(?:{alternatives(PLACES)}))(?P<between>\.? ?[-–,]? ?)(?P<code>[1-8]\d{{2}} ?\d{{3}}){_WHOLE}"
)
_MANY_DIGITS = re.compile(rf"{_FREE}(?P<code>\d{{9,15}}){_WHOLE}")
_NO = re.compile(r"(?<![A-Za-z])[Nn]o(?![A-Za-z])\.?")
_UNITS_AND_MONEY = (frozenset(UNITS) - ATTACHED_ONLY) | frozenset(codes_of_forms(lambda written: written.currencies))
_MAGNITUDES = frozenset(codes_of_forms(lambda written: written.magnitudes))
_MONEY_WORDS = frozenset(
    """rupees rupee rs rs. inr rupaye रुपये रुपए रूपये रु रु. लोग दिन साल वर्ष किलो रूపాయలు రూపాయలు రూ రూ. మంది రోజులు units only total
    words characters hits steps sms""".split()
)
_SHORT = 8
"""Digits up to which a code is read without a pause between groups."""


def grouped_digits(code: str, verbalizer: Verbalizer) -> str:
    """Return the digits of `code` one by one; a long one in the groups that it shows, else in groups of three and four.

    A size of groups that the options set comes first.
    """
    if verbalizer.reading.digit_grouping:
        return verbalizer.digits(code)
    groups = re.findall(r"\d+", code)
    if sum(map(len, groups)) <= _SHORT:
        return verbalizer.digits(code)
    return ", ".join([verbalizer.digits(part) for group in groups for part in _groups(group)])


def _groups(digits: str) -> list[str]:
    """Return `digits` in groups of four, of which up to three at the end have three."""
    if len(digits) < 6:
        return [digits]
    short = -len(digits) % 4
    if short * 3 > len(digits):
        short = 0
    fours = len(digits) - 3 * short
    cuts = [*range(0, fours, 4), *range(fours, len(digits), 3)]
    if len(digits) == 10:
        cuts = [0, 3, 6]
    return [digits[start:end] for start, end in zip(cuts, [*cuts[1:], len(digits)], strict=True)]


def _counts(match: re.Match[str]) -> bool:
    """Return whether the word behind the number is a unit, a currency or something counted."""
    ahead = next_word(match.string, match.end())
    word = ahead.strip(".,;:!?)।")
    return (
        ahead in _UNITS_AND_MONEY
        or word in _UNITS_AND_MONEY
        or word in _MAGNITUDES
        or word.lower() in COUNTED
        or word.lower() in _MONEY_WORDS
        or ahead.startswith(("%", "₹", "$"))
    )


def _say_named(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    name, link, code = match["name"].lower(), match["link"], match["code"]
    digits = sum(map(str.isdigit, code))
    shown = not {word.strip(".:#=(–-") for word in link.lower().split()}.isdisjoint(SHOWS_NUMBER) or "#" in link
    if name in SECRETS:
        least = 3
    elif name in STRONG:
        least = 3 if name in ("id", "आईडी", "ఐడీ", "ఐడి") else 4
    elif name in TELEPHONES:
        least = 6
    else:
        least = 4 if shown or name in ("account", "acct", "a/c") else 7
    if match["mask"]:
        least = 3
    if digits < least or ("-" in code and digits < 9) or _counts(match):
        return None
    words = verbalizer.digits(code) if name in TELEPHONES else grouped_digits(code, verbalizer)
    return f"{match['name']}{_spoken_link(link, match['mask'], verbalizer)}{words}"


def _spoken_link(link: str, mask: str | None, verbalizer: Verbalizer) -> str:
    """Return the words between a name and its digits; a mask of English is "ending"."""
    plain = _NO.sub("number", re.sub(r" ?[#=–-] ?", " ", link)).rstrip() or " "
    ends = mask and verbalizer.code == ENGLISH.code and not re.search(r"(?i)end(?:ing|s|ed)", link)
    return f"{plain.rstrip()}{' ending' if ends else ''}{'' if plain.endswith('(') else ' '}"


def _say_masked(match: re.Match[str], verbalizer: Verbalizer) -> str:
    before = match.string[max(0, match.start() - 14) : match.start()].lower()
    ending = "ending " if verbalizer.code == ENGLISH.code and not re.search(r"end(?:ing|s|ed)", before) else ""
    return ending + verbalizer.digits(match["code"])


@lru_cache(maxsize=8)
def _places(words: re.Pattern[str], text: str) -> list[int]:
    """Return where `words` begin in `text`; remembered, because each number of a text asks for it."""
    return [found.start() for found in words.finditer(text)]


def _is_near(match: re.Match[str], words: re.Pattern[str]) -> bool:
    places = _places(words, match.string)
    at = bisect_left(places, match.start() - _NEAR)
    return at < len(places) and places[at] < match.end() + _NEAR


def _say_code(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the digits of a number in a sentence about a code, wherever it stands: '482910 is your OTP'."""
    if _counts(match) or not _is_near(match, _SECRET):
        return None
    ahead = next_word(match.string, match.end())
    word = ahead.strip(".,;:!?()।-").lower()
    ends = not word or not ahead[0].isalnum()
    told = last_word(match.string, match.start()).lower().endswith((":", "is", "code", "-", "otp", "hai", "है"))
    return verbalizer.digits(match["code"]) if ends or told or word in BEHIND_CODE else None


def _say_train(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    if _counts(match):
        return None
    name = _NO.sub("number", match.groupdict().get("name") or "")
    return name + ", ".join([verbalizer.digits(part) for part in match["code"].split("/")])


def _say_bus(match: re.Match[str], verbalizer: Verbalizer) -> str:
    code = match["code"]
    words = verbalizer.digits(code) if len(code) > 2 else ENGLISH.cardinal(int(code))
    after = match["after"] or ""
    last = after if after.isalpha() or not after else verbalizer.cardinal(int(after))
    return " ".join(filter(None, [match["name"].rstrip(), words, " ".join(match["letters"]), last]))


def _say_flight(match: re.Match[str], verbalizer: Verbalizer) -> str:
    reader = _reader(verbalizer)
    line = " ".join([reader.digits(sign) if sign.isdigit() else sign for sign in match["line"] or match["alone"]])
    return f"{match['name'] or ''}{line} {reader.digits(match['code'])}"


def _reader(verbalizer: Verbalizer) -> Verbalizer:
    """Return the verbalizer for digits among Latin letters: English if the sentence is in Latin letters."""
    return verbalizer if verbalizer.block is not None else ENGLISH


def _say_vehicle(match: re.Match[str], verbalizer: Verbalizer) -> str:
    reader = _reader(verbalizer)
    letters = (" ".join(match["state"]), " ".join(filter(str.isalpha, match["series"])))
    figures = (reader.digits(match["district"]), reader.digits(match["code"]))
    return " ".join([letters[0], figures[0], letters[1], figures[1]])


def _say_branch(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the letters and digits of a bank's branch code, 'HDFC0001234'."""
    branch = [ENGLISH.digits(sign) if sign.isdigit() else sign for sign in match["branch"]]
    return " ".join([*match["bank"], *branch])


def _say_house(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '8-2-293/A' as numbers one after the other; a single stroke is spoken."""
    code, letter = match["code"], match["letter"] or ""
    single = code.count("/") == 1 and "-" not in code
    joint = f" {verbalizer.signs['by']} " if single else " "
    words = joint.join([verbalizer.cardinal(int(part)) for part in re.findall(r"\d+", code)])
    return f"{match['name']}{words} {letter}".rstrip()


def _say_dialled(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    ahead = next_word(match.string, match.end())
    word = ahead.strip(".,;:!?)।").lower()
    open_end = (
        not word or not ahead[0].isalnum() or match.string[match.end() : match.end() + 1] in (".", ",", ";", ")", "।")
    )
    if not (open_end or word in BEHIND_DIALLED) or not _is_near(match, _DIAL):
        return None
    digits = verbalizer.digits(match["code"])
    return verbalizer.with_number_ending(digits, match["code"], match["ending"]) if match["ending"] else digits


def _say_postal(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    if _counts(match) or match["code"].endswith("000"):
        return None
    dashed = "," if match["between"].strip(" .") else ""
    return f"{match['place']}{dashed} {verbalizer.digits(match['code'])}"


def _say_many(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    if match["code"].endswith("0000") or _counts(match):
        return None
    return grouped_digits(match["code"], verbalizer)


RULES = (
    Rule(_VEHICLE, _say_vehicle, LONG),
    Rule(_TRAIN, _say_train, LONG),
    Rule(_TRAIN_PAIR, _say_train, "/"),
    Rule(_EXPRESS, _say_train, LONG),
    Rule(_BANK_BRANCH, _say_branch, LONG),
    Rule(_BUS, _say_bus, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    Rule(_FLIGHT, _say_flight, LONG),
    Rule(_HOUSE, _say_house, "-/"),
    Rule(_NAMED_CODE, _say_named, LONG),
    Rule(_MASKED, _say_masked, LONG),
    Rule(_POSTAL, _say_postal, LONG),
)
"""Rules before all others for figures."""

REST = (
    Rule(_CODE, _say_code, LONG),
    Rule(_DIALLED, _say_dialled, LONG),
    Rule(_MANY_DIGITS, _say_many, LONG),
)
"""Rules behind those of telephone numbers."""
