"""Rules for identifiers that stand alone: words elsewhere in the sentence show what they are."""

import re

from processing.normalise.identifier_forms import (
    EDGE,
    FREE,
    SECRET,
    WHOLE,
    counts,
    grouped_digits,
    is_near,
    words_pattern,
)
from processing.normalise.identifier_words import BEHIND_CODE, BEHIND_DIALLED, DIALS, ENTERED, PURPOSES
from processing.normalise.surroundings import last_word, next_word, seen_before
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import LONG, Rule, alternatives

_NEAR, _FAR = 80, 240
"""Characters in which the name of a code may stand, and those before a code of six digits behind "is"."""
_PURPOSE = re.compile(rf"{EDGE}(?i:{alternatives(PURPOSES)})")
_CODE = re.compile(rf"{FREE}(?P<code>\d{{4,8}}){WHOLE}")
_DIALLED = re.compile(
    rf"{FREE}(?P<code>[1-9]\d{{2,4}}|1\d{{3}}[1-9]\d)(?P<ending>కి|కు|ను|పై)?(?!\d|[.,/:-]\d|[%+°]|[A-Za-z])"
)
_DIALLED_PAIR = re.compile(rf"{FREE}(?P<first>1\d{{2,3}}) ?/ ?(?P<second>1\d{{2,3}})(?!\d|[.,/:-]\d|[%+°]|[A-Za-z])")
_DIAL = re.compile(words_pattern(DIALS))
_SPLIT_FREE = re.compile(rf"{FREE}(?P<code>\d{{3}}[ -]\d{{3}}|\d\d(?: \d\d){{2,3}}){WHOLE}(?![ -]\d)")
_TOLD_BEHIND = re.compile(r" is (?:your|the|my|ur)(?![a-z])")
_RUNG = re.compile(rf"{FREE}(?P<code>[1-9]\d{{5,11}}){WHOLE}")
_RING = re.compile(
    r"(?i:(?<![a-z])(?:call|dial|ring|phone|contact|helpline|toll[ -]free|care|missed call|whatsapp|sms|ivr)(?![a-z])(?: (?:us|on|at|to|is|no|number|me|him|her|them|back|now|the|our|line|bank|customer|care|\w{2,8}) ?){0,3}[.: -]{0,3}\Z)"
)
_MANY_DIGITS = re.compile(rf"(?:{FREE}|(?<=[A-Z]/)|(?<=[A-Z]\d[A-Z]/))(?P<code>\d{{9,15}})(?:{WHOLE}|(?=/[A-Z]))")
_UNEQUAL = re.compile(rf"{FREE}(?P<code>\d{{1,5}}-0\d{{5,12}}){WHOLE}")
_BEFORE_YEARS = frozenset("in for since of until till from by during".split())


def _say_code(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the digits of a number in a sentence about a code, wherever it stands: '482910 is your OTP'."""
    if counts(match):
        return None
    before = last_word(match.string, match.start()).lower()
    if before in _BEFORE_YEARS and 1900 <= int(match["code"]) < 2100:
        return None
    told = before.endswith((":", "is", "code", "-", "otp", "hai", "है"))
    if not is_near(match, SECRET, within=_FAR if told and len(match["code"]) == 6 else _NEAR):
        return verbalizer.digits(match["code"]) if _is_entered(match) else None
    ahead = next_word(match.string, match.end())
    word = ahead.strip(".,;:!?()।-").lower()
    if SECRET.match(match.string, match.end() + 1):
        return verbalizer.digits(match["code"])
    ends = not word or not ahead[0].isalnum()
    return verbalizer.digits(match["code"]) if ends or told or word in BEHIND_CODE else None


def _say_split_free(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the digits of '774 129' in a sentence about a code."""
    before = last_word(match.string, match.start()).lower()
    told = before.endswith(
        (":", "is", "code", "-", "otp", "hai", "use", "enter", "password", "पिन", "ओटीपी", "कोड", "पासवर्ड")
    )
    named = _TOLD_BEHIND.match(match.string, match.end()) is not None
    if not (told or named) or counts(match) or not (is_near(match, SECRET) or is_near(match, _PURPOSE)):
        return None
    return verbalizer.digits(match["code"])


def _say_rung(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the digits of a telephone number of any length behind 'call' or 'helpline'."""
    if counts(match) or seen_before(_RING, match, 40) is None:
        return None
    return verbalizer.digits(match["code"])


def _is_entered(match: re.Match[str]) -> bool:
    """Return whether a number is entered for a purpose of codes: 'use 482910 to sign in'."""
    beside = last_word(match.string, match.start()), next_word(match.string, match.end())
    entered = any(word.strip(".,:;!?।").lower() in ENTERED for word in beside)
    return entered and is_near(match, _PURPOSE)


def _say_dialled(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    ahead = next_word(match.string, match.end())
    word = ahead.strip(".,;:!?)।").lower()
    open_end = (
        not word or not ahead[0].isalnum() or match.string[match.end() : match.end() + 1] in (".", ",", ";", ")", "।")
    )
    if not (open_end or word in BEHIND_DIALLED) or not is_near(match, _DIAL):
        return None
    digits = verbalizer.digits(match["code"])
    return verbalizer.with_number_ending(digits, match["code"], match["ending"]) if match["ending"] else digits


def _say_dialled_pair(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the digits of two telephone numbers, 'dial 100/112'."""
    if not is_near(match, _DIAL):
        return None
    return f"{verbalizer.digits(match['first'])} {verbalizer.signs['or']} {verbalizer.digits(match['second'])}"


def _say_many(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    if match["code"].endswith("0000") or counts(match):
        return None
    return grouped_digits(match["code"], verbalizer)


def _say_unequal(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the digits of '2-00456789123', a long group that begins with a nought behind a short one."""
    return grouped_digits(match["code"], verbalizer)


_LANDLINE = re.compile(rf"{FREE}(?P<code>\d{{4}}[ -]\d{{4}}){WHOLE}(?! \d)")
_RINGS = re.compile(
    r"(?<![a-z])(?i:landline|phone|tel|telephone|office|helpline|desk|ph|call)(?:['’]s)?(?: (?:no|number|is|on|at|us))?[ :.]{1,3}\Z"
)


def _say_landline(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the digits of "landline's 2845 6677"."""
    return verbalizer.digits(match["code"]) if seen_before(_RINGS, match, 28) else None


_TICKET = re.compile(r"(?<=[:;,] )(?P<series>[A-Z]{2}) (?P<code>\d{6})(?![\w/-]|[.,]\d)")
_LOTTERY = re.compile(r"(?i:lottery|prize|bumper|draw)(?![a-z])")


def _say_ticket(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the digits of the ticket 'SK 284193' beside words of a lottery."""
    near = seen_before(_LOTTERY, match, 80)
    return f"{match['series']} {verbalizer.digits(match['code'])}" if near else None


RULES = (
    Rule(_TICKET, _say_ticket, LONG, needs=" "),
    Rule(_LANDLINE, _say_landline, LONG),
    Rule(_UNEQUAL, _say_unequal, "-", needs="-0"),
    Rule(_SPLIT_FREE, _say_split_free, LONG + " "),
    Rule(_CODE, _say_code, LONG),
    Rule(_RUNG, _say_rung, LONG),
    Rule(_DIALLED_PAIR, _say_dialled_pair, "/"),
    Rule(_DIALLED, _say_dialled, LONG),
    Rule(_MANY_DIGITS, _say_many, LONG),
)
"""Rules behind those of telephone numbers."""
