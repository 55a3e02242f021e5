"""Where sentences end, in one pass over the text and for every script at once; knows nothing of chunks or of speech.

A sentence ends at a stop (full stop, exclamation or question mark, danda, their kin) with its closing quotes and
brackets, or at a line's end. A full stop is the hard case: it also ends abbreviations, initials and list numbers, and
stands in numbers and addresses. What surrounds it decides, within a fixed distance.

Guarantee: time is linear in the text, for every text. Each character is searched once, each stop costs a fixed amount.
"""

import re
from collections.abc import Iterator
from itertools import chain

from processing.abbreviations import (
    BEFORE_NUMBER,
    CALENDAR,
    LETTER_NAMES,
    LETTER_NAMES_OR_WORDS,
    MAY_END,
    NEVER_LAST,
    PLACES,
    QUOTATIVE_STEMS,
    QUOTATIVES,
    STARTERS,
    SUFFIXES,
    TIME_ZONES,
    TITLES,
)
from processing.emotion import TAG

_BREAKS = "\n\r\v\f\x85\u2028\u2029"
_STOPS = ".!?…।॥。．｡！？؟۔።။។‼⁇⁈⁉"
_DANDA = "।॥|"
_EVENT = re.compile(
    rf"""[{_BREAKS}hw{_STOPS}|]
    (?: (?<=[{_BREAKS}]) (?P<line> \s* )
    | (?P<address> (?: (?<=h)ttps?:// | (?<=w)ww\. ) \S*[\w/] )
    | (?P<stop> (?<=॥)[ ]?\d{{1,4}}[ ]?॥ | (?<=\.)(?:[ ]\.){{2,}} | (?<=[{_STOPS}])[{_STOPS}]*
        | (?<=[\u0900-\u0dff]\|)\|* | (?<=[\u0900-\u0dff][ ]\|)\|* ) )""",
    re.VERBOSE,
)
"""The first characters stand in front: `re` then skips all others ten times as fast as it tries alternatives."""
_NO_TOKEN = re.compile(r"[\s\"'“”‘’()\[\]{}<>,;:!?।॥–—-]")
"""A character that no token holds."""
_AHEAD = re.compile(r"[\s\"'“‘«(\[{<*_–—-]*(?:(?<=\[)[a-z _-]{1,32}\]\s*)?(?P<word>[^\W\d_]*)(?P<digit>#?[\d₹$€£])?")
_LIST_MARK = re.compile(r"\d{1,3}|[IVXLC]{1,5}|[ivx]{1,4}|[A-Za-z]")
_ROMAN = re.compile(r"[IVXLC]+")
_INITIALS = re.compile(r"(?:[A-Za-z]{1,2}\.)*[A-Z]|(?:[A-Za-z]\.)+[A-Za-z]{1,4}")
_SHORT_PART = re.compile(r"[\u0900-\u0d7f]{1,4}\.")
"""What follows a stop inside an abbreviation ('मि.ली.')."""
_TAG_ONLY = re.compile(rf"(?:\s*{TAG.pattern})+\s*")
_CLOSERS = "\"'”’»›)]}」』）】"
_EMOJI = re.compile("[\u200d\u2600-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff]+")
_OPENERS = " \t\"'“‘«([{*_-"
_VOWELS = frozenset("aeiouyAEIOUY")
_REACH = 32
"""Characters looked at on either side of a stop."""
LOOKBACK = 2 * _REACH + 2
"""Characters before a stop that the decision about it can depend on: a word of _REACH, and as many before that."""


def sentences(text: str) -> list[str]:
    """The sentences of `text`, in order, without the white space around them."""
    return [text[start:end].strip() for start, end in spans(text) if not text[start:end].isspace()]


def spans(text: str) -> list[tuple[int, int]]:
    """Where the sentences lie: (start, end) in characters. The spans tile the text, white space after its sentence."""
    return list(find_spans(text))


def find_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of `text` one by one, each as soon as the part behind it is known; linear in the text."""
    begin = start = 0
    blank = True  # whether text[begin:start] is white space and emotion tags alone
    for end in chain(_ends(text), (len(text),)):
        if end == start:
            continue
        bare = is_blank(text, start, end)
        if not (blank or joins_previous(text, start, end, blank=bare)):
            yield begin, start
            begin, blank = start, True
        blank = blank and bare
        start = end
    if begin < start:
        yield begin, start


def is_blank(text: str, start: int, end: int) -> bool:
    """Return whether text[start:end] is white space or emotion tags alone, which what follows completes."""
    return text[start:end].isspace() or _TAG_ONLY.fullmatch(text, start, end) is not None


def joins_previous(text: str, start: int, end: int, *, blank: bool) -> bool:
    """Return whether text[start:end] belongs to the sentence before it.

    White space does; so does a tag (`blank`) on that sentence's line, or at the text's end.
    """
    return blank and (text[start:end].isspace() or end == len(text) or text[start - 1] not in _BREAKS)


def _ends(text: str) -> Iterator[int]:
    """Yield every place where a new sentence begins, in order."""
    start = 0
    for event in _EVENT.finditer(text):
        end = sentence_end(text, start, event, reach_of(text, event))
        if end is not None:
            start = end
            yield end


def next_event(text: str, at: int) -> re.Match[str] | None:
    """Return the first match at or after `at` that may end a sentence, or must be passed over."""
    return _EVENT.search(text, at)


def reach_of(text: str, event: re.Match[str]) -> int:
    """Return where `event` is over: for a stop, behind the quotes and brackets that close at it."""
    return _after_closers(text, event.end()) if event.lastgroup == "stop" else event.end()


def sentence_end(text: str, start: int, event: re.Match[str], reach: int) -> int | None:
    """Return where the sentence that begins at `start` ends by `event`, which reaches to `reach`; None: it goes on."""
    if event.lastgroup == "line":
        return reach
    if event.lastgroup != "stop" or not _is_end(text, start, event.start(), event.end(), reach):
        return None
    while reach < len(text) and text[reach] in " \t\u00a0\u3000":
        reach += 1
    return reach


def _after_closers(text: str, at: int) -> int:
    """Past what closes at a stop: quotes, brackets, emoji. A straight quote before a letter opens what comes next."""
    while at < len(text) and text[at] in _CLOSERS:
        if text[at] in "\"'" and text[at + 1 : at + 2].isalnum():
            break
        at += 1
    emoji = _EMOJI.match(text, at)
    return emoji.end() if emoji else at


def _is_end(text: str, start: int, stop: int, after: int, close: int) -> bool:
    if close >= len(text):
        return True
    run = text[stop:after]
    ahead = _AHEAD.match(text, close, close + _REACH)
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
    if run == ".":
        return not _is_abbreviation(text, start, stop, word, kind)
    if run[0] in ".…" and not any(mark in run for mark in "!?"):
        return kind != "lower"
    return True


def _kind(word: str, digit: str | None) -> str:
    """What follows a stop: `upper`, `lower`, `caseless`, `digit` or `none`."""
    if not word:
        return "digit" if digit else "none"
    first = word[0]
    return "upper" if first.isupper() else "lower" if first.islower() else "caseless"


def _ends_without_space(text: str, start: int, stop: int, close: int, run: str, word: str) -> bool:
    """'world.Next', 'గయా.వె': a space was forgotten. 'U.S', 'a.b', 'e.g.,' and 'x?y=1' are no ends."""
    following = text[close]
    if following == "[":
        return _TAG_ONLY.match(text, close) is not None
    capitalised = following.isupper() and text[close + 1 : close + 2].islower()
    if not following.isalpha() or (following.isascii() and not capitalised):
        return following in "“‘«"
    if run != ".":
        return True
    token = _token(text, start, stop)
    if word.lower() in SUFFIXES or token.lower() in TITLES:
        return False
    before = text[stop - 1 : stop]
    if following.isascii():
        return not (before.isascii() and before.isupper()) and not _is_list_mark(text, start, stop, token)
    if before.isascii() or _SHORT_PART.match(text, close):
        return False
    return not _is_known(token) and not _is_letter_name(token.rpartition(".")[2])


def _token(text: str, start: int, stop: int) -> str:
    """The word that a stop follows, with the stops inside it."""
    token = _NO_TOKEN.split(text[max(start, stop - _REACH) : stop])[-1]
    return token.rpartition("/")[2] if token[:1].isdigit() else token  # '500/sq'


def _is_abbreviation(text: str, start: int, stop: int, word: str, kind: str) -> bool:
    token = _token(text, start, stop)
    low = token.lower()
    if low in TITLES or low in NEVER_LAST or _is_list_mark(text, start, stop, token):
        return True
    if low in BEFORE_NUMBER and (kind == "digit" or (_ROMAN.fullmatch(word) and not _begins(word))):
        return True
    if low in PLACES and not _follows_capital(text, start, stop - len(token)):
        return True
    if low in CALENDAR and token[:1].isupper() and kind == "lower":
        return True
    if low in MAY_END:
        joined = kind in ("lower", "caseless", "digit") or word.isupper() or word.lower() in TIME_ZONES
        return joined and not _begins(word)
    if _INITIALS.fullmatch(token):
        return kind != "none" and not _begins(word)
    if _is_indic_initial(text, start, stop, token):
        return True
    return kind in ("lower", "digit") and token.isascii() and token.isalpha() and _has_no_vowel(token)


def _follows_capital(text: str, start: int, at: int) -> bool:
    """'Main St.' against 'St. Mary'."""
    before = text[max(start, at - _REACH) : at].split()
    return bool(before) and before[-1][0].isupper()


def _begins(word: str) -> bool:
    return word[:1].isupper() and word.lower() in STARTERS


def _has_no_vowel(token: str) -> bool:
    return len(token) <= 5 and not token.isupper() and _VOWELS.isdisjoint(token)


def _is_known(token: str) -> bool:
    return token in TITLES or token in NEVER_LAST or token in MAY_END


def _is_list_mark(text: str, start: int, stop: int, token: str) -> bool:
    """'1.' or 'IV.' where a sentence begins."""
    begin = stop - len(token)
    return begin - start <= _REACH and not text[start:begin].strip(_OPENERS) and _LIST_MARK.fullmatch(token) is not None


def _is_letter_name(token: str) -> bool:
    return token in LETTER_NAMES or token in LETTER_NAMES_OR_WORDS


def _is_indic_initial(text: str, start: int, stop: int, token: str) -> bool:
    last = token.rpartition(".")[2]
    if last in LETTER_NAMES:
        return True
    if last not in LETTER_NAMES_OR_WORDS:
        return False
    behind = text[max(start, stop - _REACH) : stop - len(last)].rstrip()
    if behind.endswith("."):
        return True
    ahead = text[stop + 1 : stop + 12].lstrip().partition(".")
    return bool(ahead[1]) and _is_letter_name(ahead[0])
