"""Sentence segmentation in one pass over the text, for all scripts at once.

A sentence ends at a stop (full stop, exclamation or question mark, danda and the like) with its closing quotes and
brackets, or at the end of a line. `stops.py` decides whether a stop ends a sentence.

Guarantee: time is linear in every text. Each character is searched once, and each stop costs a fixed amount.
"""

import re
from collections.abc import Iterator
from itertools import chain

from processing.stops import REACH, TAGS, is_sentence_end

_BREAKS = "\n\r\v\f\x85\u2028\u2029"
_STOPS = ".!?…।॥。．｡！？؟۔።။។‼⁇⁈⁉"
_EVENT = re.compile(
    rf"""[{_BREAKS}hw{_STOPS}|]
    (?: (?<=[{_BREAKS}]) (?P<line> \s* )
    | (?P<address> (?: (?<=h)ttps?:// | (?<=w)ww\. ) \S*[\w/] )
    | (?P<stop> (?<=॥)[ ]?\d{{1,4}}[ ]?॥ | (?<=\.)(?:[ ]\.){{2,}} | (?<=[{_STOPS}])[{_STOPS}]*
        | (?<=[\u0900-\u0dff]\|)\|* | (?<=[\u0900-\u0dff][ ]\|)\|* ) )""",
    re.VERBOSE,
)
"""Place that may end a sentence, or an address whose stops end none.

The class of first characters stands in front, because `re` skips other characters ten times as fast as it tries
alternatives.
"""
_CLOSERS = "\"'”’»›)]}」』）】"
_EMOJI = re.compile("[\u200d\u2600-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff]+")
LOOKBACK = 2 * REACH + 2
"""Characters before a stop on which the decision about it can depend: a word of REACH, and as many before that."""


def sentences(text: str) -> list[str]:
    """Return the sentences of `text`, in order, without the white space around them."""
    return [text[start:end].strip() for start, end in spans(text) if not text[start:end].isspace()]


def spans(text: str) -> list[tuple[int, int]]:
    """Return each sentence as (start, end) in characters. The spans tile the text; white space follows its sentence."""
    return list(find_spans(text))


def find_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of `text` one by one, each as soon as the part behind it is known; linear in the text."""
    begin = start = 0
    blank = True  # text[begin:start] holds only white space and emotion tags
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
    """Return whether text[start:end] holds only white space or emotion tags, which belong to the text that follows."""
    return text[start:end].isspace() or TAGS.fullmatch(text, start, end) is not None


def joins_previous(text: str, start: int, end: int, *, blank: bool) -> bool:
    """Return whether text[start:end] belongs to the sentence before it.

    White space does; so does a tag (`blank`) on that sentence's line, or at the text's end.
    """
    return blank and (text[start:end].isspace() or end == len(text) or text[start - 1] not in _BREAKS)


def _ends(text: str) -> Iterator[int]:
    """Yield the start of each sentence but the first, in order."""
    start = 0
    for event in _EVENT.finditer(text):
        end = sentence_end(text, start, event, reach_of(text, event))
        if end is not None:
            start = end
            yield end


def next_event(text: str, at: int) -> re.Match[str] | None:
    """Return the first match at or after `at` that may end a sentence or must be skipped."""
    return _EVENT.search(text, at)


def reach_of(text: str, event: re.Match[str]) -> int:
    """Return the end of `event`; for a stop, the end of the quotes and brackets that close at it."""
    return _after_closers(text, event.end()) if event.lastgroup == "stop" else event.end()


def sentence_end(text: str, start: int, event: re.Match[str], reach: int) -> int | None:
    """Return the end of the sentence from `start` if `event`, which is over at `reach`, ends it, else None."""
    if event.lastgroup == "line":
        return reach
    if event.lastgroup != "stop" or not is_sentence_end(text, start, event.start(), event.end(), reach):
        return None
    while reach < len(text) and text[reach] in " \t\u00a0\u3000":
        reach += 1
    return reach


def _after_closers(text: str, at: int) -> int:
    """Return the place behind closing quotes, brackets and emoji. A straight quote before a letter opens."""
    while at < len(text) and text[at] in _CLOSERS:
        if text[at] in "\"'" and text[at + 1 : at + 2].isalnum():
            break
        at += 1
    emoji = _EMOJI.match(text, at)
    return emoji.end() if emoji else at
