"""Words of a spoken text, whose times are told: runs without white space that hold a letter or a digit.

Punctuation at the edges of a run, and emotion tags, belong to no word. Time is linear in the text.
"""

import re
from collections.abc import Collection, Iterator

from shared.types import ChunkWord

__all__ = ["ChunkWord", "find_words"]

_RUN = re.compile(r"[^\s—…।॥]+")
"""Run that may be a word. These dashes and stops separate words without white space: 'yes—no', 'है।वह'."""
_TAG = re.compile(r"\[([^\[\]]{1,64})\]")
_MARKS = "\u0300-\u036f\u0900-\u0dff\u200c\u200d"
_FIRST = re.compile(r"[^\W_]")
_LAST = re.compile(rf"[^\W_]|[{_MARKS}%₹$€£°]")
_CURRENCY = "₹$€£"


def find_words(text: str, emotions: Collection[str] = ()) -> tuple[ChunkWord, ...]:
    """Return the words of `text` in order, without sources. `emotions`: names of the tags that are not spoken."""
    return tuple(ChunkWord(start, end) for start, end in find_word_spans(text, emotions))


def find_word_spans(text: str, emotions: Collection[str] = ()) -> Iterator[tuple[int, int]]:
    """Yield start and end of each word of `text` in order, in characters."""
    silent = text
    if emotions and "[" in text:
        silent = _TAG.sub(lambda tag: " " * len(tag[0]) if tag[1] in emotions else tag[0], text)
    for run in _RUN.finditer(silent):
        if (first := _FIRST.search(silent, run.start(), run.end())) is None:
            continue
        start, end = first.start(), run.end()
        if start > run.start() and silent[start - 1] in _CURRENCY:
            start -= 1
        while _LAST.match(silent, end - 1) is None:
            end -= 1
        yield start, end
