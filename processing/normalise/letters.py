"""Rules for abbreviations and Roman numerals: spoken in their long form."""

import re
from collections.abc import Iterable

from processing.abbreviations import LETTER_NAMES, LETTER_NAMES_OR_WORDS
from processing.everyday_forms import EVERYDAY, UNITS_ALONE, WITH_STOP, WITH_STOP_ONLY
from processing.normalise.languages.english import COUNTED
from processing.normalise.short_forms import (
    ALWAYS,
    BEFORE_CAPITAL,
    BEFORE_NO,
    BEFORE_NUMBER,
    BEFORE_OF,
    BEHIND_NUMBER,
    INDIC,
    INDIC_BEFORE_NUMBER,
    INDIC_WITHOUT_STOP,
    MONTHS,
    WITHOUT_STOP,
)
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import (
    INDIC_LETTERS,
    UNITS,
    Rule,
    alternatives,
    closes_sentence,
    forms_of_all,
    last_word,
    next_word,
)


def _cased(forms: Iterable[str]) -> list[str]:
    """Return the forms in lower case, with a capital, and in capitals if they are longer than three letters."""
    return [cased for form in forms for cased in (form, form.capitalize(), *([form.upper()] if len(form) > 3 else []))]


_SHORT = re.compile(
    r"(?<![A-Za-z.@])(?!(?<=\d)(?:st|nd|rd|th|ST|ND|RD|TH)\.)[A-Za-z]{1,8}(?:\.[A-Za-z]{1,5}){0,6}\.(?![A-Za-z]*@)"
)
_BARE = re.compile(
    r"(?<![A-Za-z.])(?:(Dr|Mr|Mrs|Prof|Smt)(?= [A-Z])|(Ph|Tel|Mob)(?=:? ?[+(\d])|(Rm|Pg|Vol|Fig|Ch|Sem)(?= \d)|(Min|Max)(?= (?:due|amt|amount|bal|balance|payment|order|age|dose)(?![a-z])))"
)
_BARE_WORD = re.compile(
    rf"(?<![A-Za-z.@/&-])(?:{alternatives(WITHOUT_STOP)})(?![\w'’@/&-]|\.\w)(?!(?<=[Bb]al)(?! ?(?:[:₹]|INR|Rs|is\b|\.?$)))"
)
_EVERYDAY = re.compile(
    rf"(?<![A-Za-z.@/&#-])(?:(?<![\d+])(?<![\d+] )(?P<unit>{alternatives(UNITS_ALONE)})(?![\w@/&-])|(?P<bare>{alternatives(_cased(EVERYDAY.keys() - WITH_STOP_ONLY))})(?![\w'’@/&-]|\.\w)"
    rf"|(?P<stopped>{alternatives(_cased([*WITH_STOP_ONLY, *WITH_STOP]))})(?=\.))(?P<stop>\.)?(?![A-Za-z\d])"
)
_NUMBER_AHEAD = re.compile(r" ?[:#-]? ?[#+(]?(?:(?:[A-Z]{1,6}[-/])?(?:[A-Z]{1,6}[-/]?)?\d|[Xx*•]{2})")
_NOUN_NO = re.compile(rf"(?<![A-Za-z])(?P<noun>(?i:{alternatives(BEFORE_NO)})) [Nn]o (?=[A-Z]{{0,3}}\d)")
_MONEY_BEHIND = re.compile(r"(?:(?:₹|[Rr]s\.?|INR|\$) ?[\d,.]{1,16}(?: ?/-)?(?: ?[A-Za-z]{1,6})?|\d ?%) ?\Z")
_UNITS_BEHIND_NUMBER = frozenset(("a.m", "p.m", "min", "ft", *BEHIND_NUMBER))
_GREETINGS = frozenset("Hello Hi Dear Thanks Yes No Good Namaste OK Okay The A Our My".split())
_SPACED_NO = re.compile(
    r"(?<![A-Za-z.])(?P<short>H|D|R|[Ss]l|[Ss]r|Sy|Reg|Regn|Roll|Ph|Ref|Acc|S)\. ?[Nn]o\.? ?:? ?(?=[\dA-Z#(])(?P<land>\d{1,4}(?=/))?"
)
_SPACED_NOUNS = {
    "H": "house",
    "D": "door",
    "R": "room",
    "Sl": "serial",
    "sl": "serial",
    "Sr": "serial",
    "sr": "serial",
    "Sy": "survey",
    "Reg": "registration",
} | {**{"Regn": "registration", "Roll": "roll", "Ph": "phone", "Ref": "reference", "Acc": "account", "S": "serial"}}
_CIRCA = re.compile(r"(?<![\w.])c\. ?(?=[12]\d{3}(?!\d)|\d{1,4} (?:BC|CE|AD))")
_INDIC_SHORT = re.compile(r"(?<![\u0900-\u0d7f.])(?:[\u0900-\u0963\u0971-\u0d7f\u200c\u200d]{1,8}\.){1,6}(?:-(?=\d))?")
_INDIC_BARE = re.compile(rf"(?<![\u0900-\u0d7f])(?:{alternatives(INDIC_WITHOUT_STOP)})(?:-| )(?=\d)")
_INDIC_LETTER = re.compile(rf"[{INDIC_LETTERS}]")
_ROMAN = re.compile(
    r"(?P<word>[A-Za-z\u0900-\u0d7f]{2,24})[ -](?P<roman>[IVXLC]{1,7})(?:[-–](?P<second>[IVXL]{1,7}))?(?![A-Za-z\d'’/]|[-–](?![A-F](?![A-Za-z]))|\.[A-Za-z])"
)
_ORDINAL_BEHIND = re.compile(r"\d(?:st|nd|rd|th)\Z")
_FLIGHT_AHEAD = re.compile(r" \d{3,4}(?!\d)")
_ROMAN_FORM = re.compile(r"(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})")
_ROMAN_AHEAD = re.compile(rf"(?=[IVXL])(?:{_ROMAN_FORM.pattern})(?![A-Za-z])")
_NUMBERED_NOUNS = frozenset(forms_of_all(lambda written: written.numbered_nouns))
_ROYAL_NAMES = frozenset(forms_of_all(lambda written: written.royal_names))
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


def _say_short(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the long form of an abbreviation. Its stop stays if it also ends the sentence."""
    token = match[0][:-1]
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
    if low == "p.m" and _MONEY_BEHIND.search(behind):
        return "per month"
    if low == "ed" and _ORDINAL_BEHIND.search(behind):
        return "edition"
    if behind[-1:].isdigit():
        if low in _UNITS_BEHIND_NUMBER:
            return BEHIND_NUMBER.get(low)
    elif low in BEFORE_OF and ahead == "of":
        return BEFORE_OF[low]
    if low in ALWAYS:
        return _other_meaning(token, ahead, match) or ALWAYS[low]
    if low == "cl" and _ROMAN_AHEAD.match(ahead):
        return "class"
    if _is_before_number(low, ahead, match) or (low in MONTHS and token[0].isupper()):
        return BEFORE_NUMBER[low]
    if low in BEFORE_CAPITAL:
        return _saint_or_street(low, ahead, match)
    return _initials(token, match)


def _other_meaning(token: str, ahead: str, match: re.Match[str]) -> str:
    """Return the rarer long form of an abbreviation that the words beside it show, or ""."""
    low = token.lower()
    if token == "Ms" and ahead.lower().startswith("no."):
        return "M S"  # an order of a government
    if low == "adv" and not ahead[:1].isupper():
        return "Advanced"
    named = last_word(match.string, match.start())[:1].isupper()
    return "Round" if low == "rd" and ahead[:1].isdigit() and not named else ""


def _saint_or_street(low: str, ahead: str, match: re.Match[str]) -> str | None:
    """Return the long form of an abbreviation that means one thing before a name and another behind it."""
    saint, street = BEFORE_CAPITAL[low]
    before = last_word(match.string, match.start())
    if low == "ft" and before.endswith("sq."):
        return None  # a unit
    named = before[:1].isupper() and before[-1].isalnum()
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
    roman = low not in ("q", "ex") and _ROMAN_AHEAD.match(ahead) is not None
    return low in BEFORE_NUMBER and (roman or _is_numbered(low, match))


def _is_numbered(low: str, match: re.Match[str]) -> bool:
    """Return whether a number follows that the abbreviation belongs to: not that of 'He said no. 5 people came'."""
    if _NUMBER_AHEAD.match(match.string, match.end()) is None:
        return False
    ahead = match.string[match.end() : match.end() + 40].split()
    counts = low == "no" and len(ahead) > 1 and ahead[1].lower().rstrip(".,;:!?") in COUNTED
    return not counts or last_word(match.string, match.start()).lower() in BEFORE_NO


def _say_bare_word(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return WITHOUT_STOP[match[0]]


def _say_everyday(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the long form of an abbreviation; its stop stays if it ends the sentence."""
    if match["unit"]:
        return UNITS_ALONE[match["unit"]] + (match["stop"] or "")
    form = match["bare"] or match["stopped"]
    words = EVERYDAY.get(form.lower()) or WITH_STOP[form.lower()]
    ends = bool(match["stop"]) and closes_sentence(match) and match.string[match.end() : match.end() + 1] != ")"
    return words + "." * ends


def _say_bare(match: re.Match[str], verbalizer: Verbalizer) -> str:
    low = match[0].lower()
    return ALWAYS.get(low) or BEFORE_CAPITAL.get(low, ("",))[0] or BEFORE_NUMBER[low].capitalize()


def _say_noun_no(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return f"{match['noun']} number "


def _say_spaced_no(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'house number' of 'H. No.'; a number with a stroke behind 'S. No.' is that of a survey of land."""
    land = match["land"] or ""
    noun = "survey" if land and match["short"] == "S" else _SPACED_NOUNS[match["short"]]
    return f"{noun} number {land}"


def _say_circa(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return "circa "


def _say_indic_short(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    token = match[0].removesuffix("-")[:-1]
    own = verbalizer.written.abbreviations.get(token)
    words = (
        INDIC.get(token) if own is None or match.string[max(0, match.start() - 1) : match.start()].isdigit() else own
    )
    if token in INDIC_BEFORE_NUMBER and next_word(match.string, match.end())[:1].isdigit():
        words = INDIC_BEFORE_NUMBER[token]
    if match[0].endswith("-") and words is None:
        return None
    if match[0] in UNITS and match.string[max(0, match.start() - 2) : match.start()].rstrip()[-1:].isdigit():
        return None
    if words is None and _INDIC_LETTER.match(match.string, match.end()):
        return None
    if words is None and _is_initial(token, match) and not closes_sentence(match):
        words = token
    if words is None:
        parts = token.split(".")
        if len(parts) < 2 or any(len(part) > 5 for part in parts):
            return None
        words = " ".join(parts)
    glue = "" if match.string[match.end() : match.end() + 1] in ("", " ", ",", ")", "\n") else " "
    return words + ("." if closes_sentence(match) else glue)


def _say_indic_bare(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return f"{INDIC[match[0][:-1]]} "


def _is_initial(token: str, match: re.Match[str]) -> bool:
    """Return whether `token` names a letter; a name that is also a word counts beside another initial."""
    if token in LETTER_NAMES:
        return True
    if token not in LETTER_NAMES_OR_WORDS:
        return False
    ahead = next_word(match.string, match.end())
    return last_word(match.string, match.start()).endswith(".") or (
        ahead.endswith(".") and ahead[:-1] in LETTER_NAMES | LETTER_NAMES_OR_WORDS
    )


def _say_roman(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    word, roman = match["word"], match["roman"]
    if not _ROMAN_FORM.fullmatch(roman) or _FLIGHT_AHEAD.match(match.string, match.end()):
        return None
    number = _roman_value(roman)
    if match["second"]:
        return _say_roman_range(match, verbalizer)
    if word.lower() in _NUMBERED_NOUNS:
        return f"{word} {verbalizer.cardinal(number)}"
    if word in _ROYAL_NAMES:
        return f"{word} {verbalizer.regnal(number)}"
    named = word[0].isupper() or not word[0].isascii()
    sized = roman == "XL" or (match.string[match.end("word")] == "-" and roman in ("CC", "MM", "LL", "XX", "XC", "LX"))
    return (
        f"{word} {verbalizer.cardinal(number)}"
        if named and len(roman) > 1 and not word.isupper() and not sized
        else None
    )


def _say_roman_range(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the words of 'Classes IX-XII'."""
    first, second = match["roman"], match["second"]
    if not _ROMAN_FORM.fullmatch(second) or _roman_value(first) >= _roman_value(second):
        return None
    said = [verbalizer.cardinal(_roman_value(roman)) for roman in (first, second)]
    return f"{match['word']} {said[0]} {verbalizer.signs['to']} {said[1]}"


def _roman_value(roman: str) -> int:
    values = [_VALUES[letter] for letter in roman]
    return sum(-value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True))


SHORT_FORMS = (
    Rule(_SPACED_NO, _say_spaced_no, "."),
    Rule(_SHORT, _say_short, "."),
    Rule(
        _EVERYDAY,
        _say_everyday,
        "".join({end for form in (*EVERYDAY, *WITH_STOP, *UNITS_ALONE) for end in (form[-1], form[-1].upper())}),
    ),
    Rule(_BARE, _say_bare, "DMPST"),
    Rule(_BARE_WORD, _say_bare_word, "".join({form[-1] for form in WITHOUT_STOP})),
    Rule(_NOUN_NO, _say_noun_no, "o"),
    Rule(_CIRCA, _say_circa, "c"),
    Rule(_INDIC_SHORT, _say_indic_short, "."),
    Rule(_INDIC_BARE, _say_indic_bare, "".join({form[-1] for form in INDIC_WITHOUT_STOP})),
    Rule(_ROMAN, _say_roman, "IVX"),
)
"""Rules before those of figures: 'No. 5', 'Chapter IV'."""
