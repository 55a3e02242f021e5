"""Rules for abbreviations in Latin letters: spoken in their long form."""

import re
from collections.abc import Iterable

from processing.abbreviations import NUMBERED
from processing.everyday_forms import EVERYDAY, UNITS_ALONE, WITH_STOP, WITH_STOP_ONLY
from processing.normalise import romans
from processing.normalise.languages.english import COUNTED
from processing.normalise.short_forms import (
    ALWAYS,
    BEFORE_CAPITAL,
    BEFORE_NO,
    BEFORE_NUMBER,
    BEFORE_OF,
    BEHIND_NUMBER,
    DATES,
    MONTHS,
    WITHOUT_STOP,
)
from processing.normalise.surroundings import closes_sentence, last_word, next_word, seen_before
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule, alternatives


def _cased(forms: Iterable[str]) -> list[str]:
    """Return the forms in lower case, with a capital, and in capitals if they are longer than three letters."""
    return [cased for form in forms for cased in (form, form.capitalize(), *([form.upper()] if len(form) > 3 else []))]


_SHORT = re.compile(
    r"(?<![A-Za-z.@])(?!(?<=\d)(?:st|nd|rd|th|ST|ND|RD|TH)\.)[A-Za-z]{1,8}+(?:\.[A-Za-z]{1,5}+){0,6}\.(?![A-Za-z]*@)"
)
_BARE = re.compile(
    r"(?<![A-Za-z.])(?:(Dr|Mr|Mrs|Prof|Smt)(?= [A-Z])|(Ph|Tel|Mob)(?=:? ?[+(\d])|(Rm|Pg|Vol|Fig|Ch|Sem|Apt|Ste)(?= #?\d)|(?<!\d )([Ww]k|rm)(?= \d)|(Sec|Art)(?= \d{1,3}[A-Z]{0,2}(?:\(| of | imposed| in force| invoked| lifted| orders?| IPC| CrPC| BNS| IT |(?<=[A-Z]) ))|([Rr]ef)(?= ?#| ?: ?[A-Z\d])|(?<!\d )(?<!Pro )([Mm]in|[Mm]ax)(?= \d| ?₹| Rs|:? ?\d{1,4}(?:\.\d)? ?°)|(?<!\d)(?<!\d )(?<!Pro )([Mm]in|[Mm]ax)(?= (?:[Dd]ue|amt|[Aa]mount|bal|[Bb]alance|payment|order|age|dose|temp|temperature|marks|wages?|fare|speed|weight|height|qty|limit|stay|level|price|score|cart|value)(?![a-z])))"
)
_TEMPERATURE = re.compile(r"(?<=[Mm]in |[Mm]ax |mum |oom |ody )temp(?![a-z.])")
_SMALL_BARE = {"wk": "week", "Wk": "Week", "rm": "room"}
"""Long forms of _BARE that keep their small letter."""
_BARE_WORD = re.compile(
    rf"(?<![A-Za-z.@/&-])(?P<word>{alternatives(WITHOUT_STOP)})(?![\w'’@/&-]|\.\w)(?!(?<=[Bb]al)(?! ?(?:[:₹]|INR|Rs|is\b|of\b|in\b|\.?\s?$)))(?:\.(?= [a-z\d]|[:,)]))?"
)
_EVERYDAY = re.compile(
    rf"(?<![A-Za-z.@/&#-])(?:(?<![\d+])(?<![\d+] )(?P<unit>{alternatives(UNITS_ALONE)})(?![\w@/&-])|(?P<bare>{alternatives(_cased(EVERYDAY.keys() - WITH_STOP_ONLY))})(?![\w'’@/&-]|\.\w)"
    rf"|(?P<stopped>{alternatives(_cased([*WITH_STOP_ONLY, *WITH_STOP]))})(?=\.(?![A-Za-z\d])))(?P<stop>\.)?(?![A-Za-z\d])"
)
_NUMBER_AHEAD = re.compile(r" ?[:#-]? ?[#+(]?(?:(?:[A-Z]{1,6}[-/])?(?:[A-Z]{1,6}[-/]?)?\d|[Xx*•]{2})")
_NUMBER_TOLD = re.compile(r" (?:is|was|will be):? [A-Z#]{0,6}[-/]?\d")
"""Number behind a verb: 'order no. is 7788'."""
_GOES_ON = re.compile(r"[,;)]| [a-z]| [A-Z]{1,4} ?\d")
"""Text behind 'card no.' in the middle of a sentence, or the code of 'vehicle no. MH 12'."""
_DIVISION_AHEAD = re.compile(r" (?:number )?(?:\d|[A-Z](?![A-Za-z]))")
_MONEY_BEHIND = re.compile(r"(?:(?:₹|[Rr]s\.?|INR|\$) ?[\d,.]{1,16}(?: ?/-)?(?: ?[A-Za-z]{1,6})?|\d ?%) ?\Z")
_RUPEES_IN_WORDS = re.compile(r"\((?:[Rr]upees|[Rr]s\.?) [A-Za-z ,-]{3,80}\) ?\Z")
_UNITS_BEHIND_NUMBER = frozenset(("a.m", "p.m", "min", "ft", "ms", *BEHIND_NUMBER))
_JOINED = re.compile(r"/\Z|\d-\Z| [Pp]er \Z")
_INTEREST = re.compile(r"(?:%|percent|the|an|rate|low|lower|higher|fixed|variable|intro)\Z")
"""Words before 'APR', a rate of interest and no month."""
_SPENT = re.compile(r" of (?:about |over )?(?:₹|Rs|INR)")
"""Sum of money behind 'Exp.', an expenditure."""
_EXPECTED = frozenset(
    "above over around below between tomorrow tmrw soon delivery rainfall snowfall rain today later".split()
)
"""Words behind 'exp.' for "expected"."""
_GREETINGS = frozenset("Hello Hi Dear Thanks Yes No Good Namaste OK Okay The A Our My".split())
_CIRCA = re.compile(r"(?<![\w.])c\. ?(?=[12]\d{3}(?!\d)|(?:\d{1,4} ?[-–—] ?)?\d{1,4} (?:BC|CE|AD))")
_REIGNED = re.compile(r"(?<![\w.])r\. ?(?=(?:c\. ?)?\d{1,4} ?[-–—] ?\d{1,4}(?!\d))")
_BEHIND_ORDINAL = {"ed": "edition", "cir": "Circuit", "c": "century", "cent": "century"}
_ORDINAL_BEHIND = re.compile(r"\d(?:st|nd|rd|th)\Z")


def _say_short(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the long form of an abbreviation. Its stop stays if it also ends the sentence."""
    token = match[0][:-1]
    if token in ("min", "sec", "hr", "ft", "yr") and seen_before(_JOINED, match, 5):
        return None  # a rate, or a measure such as '30-min.'
    words = _long_form(token, match)
    if words is None:
        return None
    glue = " " if match.string[match.end() : match.end() + 1].isalnum() else ""
    ends = closes_sentence(match) and match.string[match.end() : match.end() + 1] != ")"
    return words + ("." if ends else glue)


def _long_form(token: str, match: re.Match[str]) -> str | None:
    low = token.lower()
    behind = match.string[max(0, match.start() - 32) : match.start()].rstrip(" ")
    ahead = next_word(match.string, match.end())
    if low == "p.m" and (_MONEY_BEHIND.search(behind) or seen_before(_RUPEES_IN_WORDS, match, 90)):
        return "per month"
    if low in _BEHIND_ORDINAL and _ORDINAL_BEHIND.search(behind):
        return _BEHIND_ORDINAL[low]
    if behind[-1:].isdigit():
        if low in _UNITS_BEHIND_NUMBER:
            return "feet" if token == "Ft" else BEHIND_NUMBER.get(low)
    elif low in BEFORE_OF and ahead == "of":
        return BEFORE_OF[low]
    if low in ALWAYS:
        return _other_meaning(token, ahead, match) or ALWAYS[low]
    if low == "cl" and romans.AHEAD.match(ahead):
        return "class"
    named_month = low in MONTHS and token[0].isupper() and not match.string[match.start() - 1 : match.start()].isdigit()
    named_month = named_month and not (token == "APR" and _INTEREST.search(behind))
    if _is_before_number(low, ahead, match) or named_month:
        return BEFORE_NUMBER[low]
    if low in BEFORE_CAPITAL:
        return _saint_or_street(low, ahead, match)
    return _initials(token, match)


_FOUNDED = re.compile(r"(?:1[5-9]|20)\d\d(?!\d)|in|by|on|since|as|under")
"""Words and years behind 'est.' for "established"."""


_NAME_BEHIND = re.compile(r"(?<![\w.])[A-Z][A-Za-z]{1,11} \Z")


def _other_meaning(token: str, ahead: str, match: re.Match[str]) -> str:
    """Return the rarer long form of an abbreviation that the words beside it show, or ""."""
    low = token.lower()
    if token == "Max" and not ahead[:1].isdigit() and _NAME_BEHIND.search(match.string, 0, match.start()):
        return "Max"  # of Mad Max, iPhone 16 Pro Max
    if token == "Ms" and ahead.lower().startswith("no."):
        return "M S"  # an order of a government
    if low == "dt" and last_word(match.string, match.start()).lower() in DATES:
        return "date"
    if token == "EST" and not ahead[:1].isdigit():
        return "E S T"
    if low == "est" and not _FOUNDED.match(ahead):
        return "estimated"
    if low == "adv" and not ahead[:1].isupper():
        return "Advanced"
    named = last_word(match.string, match.start())[:1].isupper()
    return "Round" if low == "rd" and ahead[:1].isdigit() and not named else ""


def _saint_or_street(low: str, ahead: str, match: re.Match[str]) -> str | None:
    """Return the long form of an abbreviation that means one thing before a name and another behind it."""
    saint, street = BEFORE_CAPITAL[low]
    before = last_word(match.string, match.start())
    if low == "ft" and before.lower().endswith(("sq.", "sq")):
        return None  # a unit
    named = before[:1].isupper() and before[-1].isalnum()
    if match[0] == "DR." and before[-1:].isdigit():
        return "D R"  # debit
    if low == "dr":
        ends = closes_sentence(match) or match.string[match.end() : match.end() + 1] in (",", ";", ")")
        return street if named and ends and before not in _GREETINGS else saint
    return saint if ahead[:1].isupper() and not named else street


def _initials(token: str, match: re.Match[str]) -> str | None:
    """Return 'M G' of 'M.G.' and 'K' of 'K.' before a name."""
    if token == "Ch" and next_word(match.string, match.end())[:1].isupper():
        return token
    parts = token.split(".")
    if len(parts) > 1 and all(len(part) == 1 or part.isupper() for part in parts):
        return " ".join("".join(parts).upper())
    return token if len(token) == 1 and token.isupper() and not closes_sentence(match) else None


def _is_before_number(low: str, ahead: str, match: re.Match[str]) -> bool:
    roman = low not in ("q", "ex") and romans.AHEAD.match(ahead) is not None
    return low in BEFORE_NUMBER and (roman or _is_numbered(low, match))


def _is_numbered(low: str, match: re.Match[str]) -> bool:
    """Return whether a number follows that the abbreviation belongs to: not that of 'He said no. 5 people came'."""
    if _NUMBER_AHEAD.match(match.string, match.end()) is None:
        told = _NUMBER_TOLD if last_word(match.string, match.start()).lower() not in NUMBERED else _GOES_ON
        return low == "no" and told.match(match.string, match.end()) is not None
    ahead = match.string[match.end() : match.end() + 40].split()
    counts = low == "no" and len(ahead) > 1 and ahead[1].lower().rstrip(".,;:!?") in COUNTED
    return not counts or last_word(match.string, match.start()).lower() in BEFORE_NO


def _say_bare_word(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return WITHOUT_STOP[match["word"]]


def _say_everyday(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the long form of an abbreviation; its stop stays if it ends the sentence."""
    if match["unit"]:
        return UNITS_ALONE[match["unit"]] + (match["stop"] or "")
    form = match["bare"] or match["stopped"]
    words = EVERYDAY.get(form.lower()) or WITH_STOP[form.lower()]
    if words == "experience":
        ahead = next_word(match.string, match.end() + bool(match["stop"]))
        words = "expense" if ahead.startswith("ratio") else "expiry" if ahead[:2].isdigit() and "/" in ahead else words
        words = (
            "expected" if ahead in _EXPECTED else "expenditure" if _SPENT.match(match.string, match.end()) else words
        )
    if words == "dividend" and _DIVISION_AHEAD.match(match.string, match.end()):
        words = "division"
    ends = bool(match["stop"]) and closes_sentence(match) and match.string[match.end() : match.end() + 1] != ")"
    return words + "." * ends


def _say_bare(match: re.Match[str], verbalizer: Verbalizer) -> str:
    low = match[0].lower()
    if match[0] in _SMALL_BARE:
        return _SMALL_BARE[match[0]]
    return ALWAYS.get(low) or BEFORE_CAPITAL.get(low, ("",))[0] or BEFORE_NUMBER[low].capitalize()


def _say_temperature(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'temperature' of 'Min temp -2°C'."""
    return "temperature"


def _say_reigned(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the word of 'Akbar (r. 1556–1605)'."""
    return "reigned "


def _say_circa(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return "circa "


RULES = (
    Rule(_SHORT, _say_short, "."),
    Rule(
        _EVERYDAY,
        _say_everyday,
        "".join({end for form in (*EVERYDAY, *WITH_STOP, *UNITS_ALONE) for end in (form[-1], form[-1].upper())}),
    ),
    Rule(_BARE, _say_bare, "DMPSTAWRVFCmw"),
    Rule(_BARE_WORD, _say_bare_word, "".join({form[-1] for form in WITHOUT_STOP})),
    Rule(_TEMPERATURE, _say_temperature, "t", needs="temp"),
    Rule(_REIGNED, _say_reigned, "r", needs="r."),
    Rule(_CIRCA, _say_circa, "c"),
)
"""Rules before those of figures."""
