"""Decision whether a stop ends a sentence, from the text within a fixed distance of it.

The full stop is the hard case: it also ends abbreviations, initials and list numbers, and it stands in numbers.
"""

import re

from processing.abbreviations import (
    BEFORE_NAME,
    BEFORE_NO,
    BEFORE_NUMBER,
    BEHIND_FIGURE,
    BEHIND_NO,
    CALENDAR,
    FOLLOWED,
    LETTER_NAMES,
    LETTER_NAMES_OR_WORDS,
    MAY_END,
    NEVER_LAST,
    NUMBERED,
    PLACES,
    QUOTATIVE_STEMS,
    QUOTATIVES,
    STARTERS,
    SUFFIXES,
    TIME_ZONES,
    TITLES,
)
from processing.emotion import TAG

_DANDA = "।॥|"
_NO_TOKEN = re.compile(r"[\s\"'“”‘’()\[\]{}<>,;:!?।॥–—-]")
"""Character that cannot be part of the word before a stop."""
_FIGURE = re.compile("[0-9]")
_AHEAD = re.compile(r"[\s\"'“‘«(\[{<*_–—-]*(?:(?<=\[)[a-z _-]{1,32}\]\s*)?(?P<word>[^\W\d_]*)(?P<digit>#?[\d₹$€£])?")
_LIST_MARK = re.compile(r"\d{1,3}|[IVXLC]{1,5}|[ivx]{1,4}|[A-Za-z]")
_ROMAN = re.compile(r"[IVXLC]+")
_BEFORE_ROMAN = frozenset("std cl".split())
"""Abbreviations before "I", a numeral: 'Std. I to IX'."""
_INDIC_SHORT = re.compile("(?:[\u0900-\u0963\u0c00-\u0c7f]{1,3}\\.){1,4}[\u0900-\u0963\u0c00-\u0c7f]{1,3}")
"""Initials in an Indic script, two or more, such as 'वि.वि'."""
_INITIALS = re.compile(r"(?:Crl\.|CRL\.)?(?:[A-Za-z]{1,2}\.)*[A-Z]|(?:[A-Za-z]\.)+[A-Za-z]{1,4}")
_SHORT_PART = re.compile(r"[\u0900-\u0d7f]{1,4}\.")
"""Second part of an abbreviation with stops inside ('ली.' of 'मि.ली.')."""
TAGS = re.compile(rf"(?:\s*{TAG.pattern})+\s*")
_OPENERS = " \t\"'“‘«([{*_-"
_MERIDIEMS = frozenset(("a.m", "p.m"))
_CODE_AHEAD = re.compile(
    r" ?(?:[A-Z]{1,6}(?:[-/][A-Z]{1,6}){0,3}[-/]\d|[A-Z]{1,6}\d\d|[A-Z]{1,6}\d[A-Z\d]{5}|[A-Z]\.\d{1,4}/|\+\d)"
)
"""Code of capitals and digits behind "no.", such as LAB/2025, or a telephone number."""
_SPACED_CODE = re.compile(r" [A-Z]{1,4} \d")
"""Code behind 'vehicle no.', such as MH 12."""
_TOLD_NUMBER = re.compile(r" (?:is|was) [\d+]")
_TOLD = frozenset("is was will".split())
"""Words behind 'order no.' before its number."""
_VOWELS = frozenset("aeiouyAEIOUY")
_COUNTED = frozenset("min mins sec secs hr hrs yr yrs km kg cm mm ml gm gms ltr mg am pm a.m p.m".split())
"""Units and halves of the day."""
_ITEM_AHEAD = re.compile(r" {1,2}\d{1,2}\.\s")
"""Number of the next item of a list: 'soak for 20 min. 3. Cook'."""
_LETTERED = re.compile(r" [A-H][-–,)]")
"""Letter behind an abbreviation that names a part: 'sec. A-D' of a class."""
REACH = 32
"""Characters that are inspected on either side of a stop; longer than any abbreviation."""


def is_sentence_end(text: str, start: int, stop: int, after: int, close: int) -> bool:
    """Return whether the run of stops text[stop:after] ends the sentence that begins at `start`.

    `close` is the end of the quotes and brackets that close behind the run.
    """
    if close >= len(text):
        return True
    run = text[stop:after]
    ahead = _AHEAD.match(text, close, close + REACH)
    word = ahead["word"] if ahead else ""
    kind = _kind(word, ahead["digit"] if ahead else None)
    danda = run[0] in _DANDA
    if not text[close].isspace():
        return danda or _ends_without_space(text, start, stop, close, run, word)
    if close > after:
        if kind == "lower" or (kind == "caseless" and not danda and run != ".") or word.startswith(QUOTATIVE_STEMS):
            return False
        if kind == "caseless" and text.startswith(QUOTATIVES, close + 1):
            return False
    if (
        run == "!"
        and text[stop - 1 : stop].isdigit()
        and text[close : close + REACH].lstrip(" ")[:1] in ("=", "+", "*", "/", "×")
    ):
        return False  # a factorial
    if run == ".":
        joined = text.startswith((" & ", " + ", " @ ", " > ", " ≥ ", " ≤ "), stop + 1)
        return not (joined or _is_abbreviation(text, start, stop, word, kind))
    if run[0] in ".…" and not any(mark in run for mark in "!?"):
        counted = kind == "digit" and text[stop - 1 : stop].isdigit()  # '1, 2, 3... 10'
        return kind != "lower" and not counted
    return True


def _kind(word: str, digit: str | None) -> str:
    """Return the kind of text behind a stop: `upper`, `lower`, `caseless`, `digit` or `none`."""
    if not word:
        return "digit" if digit else "none"
    first = word[0]
    return "upper" if first.isupper() else "lower" if first.islower() else "caseless"


def _ends_without_space(text: str, start: int, stop: int, close: int, run: str, word: str) -> bool:
    """Return True for a missing space ('world.Next', 'గయా.వె'), False for 'U.S', 'a.b', 'e.g.,' and 'x?y=1'."""
    following = text[close]
    if following == "[":
        return TAGS.match(text, close) is not None
    capitalised = following.isupper() and text[close + 1 : close + 2].islower()
    if not following.isalpha() or (following.isascii() and not capitalised):
        return following in "“‘«"
    if run != ".":
        return True
    token = _token(text, start, stop)
    if word.lower() in SUFFIXES or word.lower() == "no" or token.lower() in TITLES:
        return False
    before = text[stop - 1 : stop]
    if following.isascii():
        return not (before.isascii() and before.isupper()) and not _is_list_mark(text, start, stop, token)
    if before.isascii() or _SHORT_PART.match(text, close) or text.startswith("స్పూన్", close):
        return False
    token = token.lstrip("0123456789")
    return not _is_known(token) and not _is_letter_name(token.rpartition(".")[2])


def _token(text: str, start: int, stop: int) -> str:
    """Return the word before a stop, with the stops inside it; that of '30ని' without its figure."""
    token = _NO_TOKEN.split(text[max(start, stop - REACH) : stop])[-1]
    unit = _FIGURE.split(token)[-1].lstrip("०१२३४५६७८९°")
    if unit and not unit[0].isascii():
        token = unit
    return token.rpartition("/")[2] if token[:1].isdigit() or not token.isascii() else token  # '500/sq', 'किमी/घं'


def _counts(low: str, word: str) -> bool:
    """Return whether a stop is that of 'no. of students'."""
    return low in ("no", "nos") and word == "of"


def _is_abbreviation(text: str, start: int, stop: int, word: str, kind: str) -> bool:
    token = _token(text, start, stop)
    low = token.lower()
    behind_figure = _follows_figure(text, start, stop - len(token))
    if (low in TITLES and not behind_figure) or low in NEVER_LAST or _joins(text, start, stop, token, word):
        return True
    if low in BEFORE_NUMBER and (
        kind == "digit"
        or _counts(low, word)
        or (_ROMAN.fullmatch(word) and (not _begins(word) or low in _BEFORE_ROMAN))
    ):
        return True
    if low in PLACES and not _follows_capital(text, start, stop - len(token)):
        return True
    if low in CALENDAR and token[:1].isupper() and kind == "lower":
        return True
    if low in BEFORE_NAME and token[:1].isupper() and kind != "none" and not _begins(word):
        return True
    if low in _MERIDIEMS and token.isupper() and not behind_figure:
        return kind != "none"  # initials
    if low in MAY_END:
        return _goes_on(text, stop, word, kind, counted=behind_figure and low in _COUNTED)
    if _INITIALS.fullmatch(token) and not (behind_figure and token == "L"):
        return (kind != "none" and not _begins(word)) or text.startswith("No.", stop + 2)
    if _is_numbering(text, start, stop, token, word) or _is_indic_initial(text, start, stop, token):
        return True
    return kind in ("lower", "digit") and token.isascii() and token.isalpha() and _has_no_vowel(token)


def _joins(text: str, start: int, stop: int, token: str, word: str) -> bool:
    """Return whether the stop numbers an item of a list, or is that of 'Comp. Sc.', 'Sec. School', 'Nadal d. Thiem',
    'रवि. बंद' or '1 हे. 20 आर'.
    """
    if _is_list_mark(text, start, stop, token):
        return True
    if token in FOLLOWED:
        return text.startswith(FOLLOWED[token], stop + 2) or text[stop + 2 : stop + 3].isdigit()
    if token in BEHIND_FIGURE:
        begin = stop - len(token)
        return _follows_figure(text, start, begin) or text[begin - 1 : begin] == "/"
    if word in ("Sc", "Engg", "Sec"):
        return token[:1].isupper()
    if token in ("Conf", "conf") and word in ("Room", "Hall", "Call", "Centre"):
        return True
    if token == "Sec" and word in ("School", "Schools", "Education"):
        return True
    if token == "Jr" and word[:1].isupper() and not _begins(word):
        return not _follows_capital(text, start, stop - 2)
    beats = token == "d" and word[:1].isupper() and not _begins(word)
    return beats and (_follows_capital(text, start, stop - 1) or text[stop - 4 : stop - 1].endswith(") "))


def _goes_on(text: str, stop: int, word: str, kind: str, *, counted: bool) -> bool:
    """Return whether what follows an abbreviation that may end a sentence continues it.

    `counted`: it is a unit behind a figure, which an initialism does not continue: '3 min. OTP 2214'.
    """
    if text.startswith((" (", " &", " >", " <", " =", " @", " No.", " no."), stop + 1):
        return True
    if _ITEM_AHEAD.match(text, stop + 1):
        return False
    if not counted and (_LETTERED.match(text, stop + 1) or text.startswith((" –", " —"), stop + 1)):
        return True
    initials = _is_initialism(word) and not (counted and len(word) > 2)
    joined = kind in ("lower", "caseless", "digit") or initials or word.lower() in TIME_ZONES
    return joined and not _begins(word)


def _is_numbering(text: str, start: int, stop: int, token: str, word: str) -> bool:
    """Return whether the stop is that of 'Reg. No. TS07', 'G.O.Ms.No. 45' or 'a/c no. ending in 4432'."""
    if token.lower().endswith((".no", ".nos")):
        return text[stop + 1 : stop + 3].lstrip()[:1].isdigit()
    if token.lower() != "no":
        return token in BEFORE_NO and text.startswith("No.", stop + 2)
    before = text[max(start, stop - REACH) : stop - len(token)].split()
    if _CODE_AHEAD.match(text, stop + 1):
        return True
    if bool(before) and before[-1].lower() in NUMBERED and (word[:1].islower() or _SPACED_CODE.match(text, stop + 1)):
        return True
    if word in _TOLD and bool(before) and (before[-1].isupper() or _TOLD_NUMBER.match(text, stop + 1)):
        return True
    return word in BEHIND_NO or (bool(before) and before[-1].rstrip(".") in BEFORE_NO and before[-1].endswith("."))


def _follows_capital(text: str, start: int, at: int) -> bool:
    """Return whether the word before `at` is capitalised: true of 'Main St.', false of 'St. Mary'."""
    before = text[max(start, at - REACH) : at].split()
    return bool(before) and before[-1][0].isupper() and before[-1][-1].isalnum()


def _is_initialism(word: str) -> bool:
    return word.isupper() and len(word) <= 3


def _follows_figure(text: str, start: int, at: int) -> bool:
    return text[max(start, at - 2) : at].rstrip()[-1:].isdigit()


def _begins(word: str) -> bool:
    return word[:1].isupper() and word.lower() in STARTERS


def _has_no_vowel(token: str) -> bool:
    return len(token) <= 5 and not token.isupper() and _VOWELS.isdisjoint(token)


def _is_known(token: str) -> bool:
    return token in TITLES or token in NEVER_LAST or token in MAY_END


def _is_list_mark(text: str, start: int, stop: int, token: str) -> bool:
    """Return whether `token` numbers a list item: '1.' or 'IV.' at the start of a sentence."""
    begin = stop - len(token)
    return begin - start <= REACH and not text[start:begin].strip(_OPENERS) and _LIST_MARK.fullmatch(token) is not None


def _is_letter_name(token: str) -> bool:
    return token in LETTER_NAMES or token in LETTER_NAMES_OR_WORDS


def _is_indic_initial(text: str, start: int, stop: int, token: str) -> bool:
    last = token.rpartition(".")[2]
    if last in LETTER_NAMES or _INDIC_SHORT.fullmatch(token):
        return True
    if last not in LETTER_NAMES_OR_WORDS:
        return False
    behind = text[max(start, stop - REACH) : stop - len(last)].rstrip()
    if behind.endswith("."):
        return True
    ahead = text[stop + 1 : stop + 12].lstrip().partition(".")
    return bool(ahead[1]) and _is_letter_name(ahead[0])
