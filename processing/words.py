"""Words of a spoken text, whose times are told: runs without white space that hold a letter or a digit.

Punctuation at the edges of a run, and emotion tags, belong to no word. Time is linear in the text.
"""

import re
from collections.abc import Collection, Iterator

from shared.passages import Passage
from shared.source_map import Locator, SourceMap
from shared.types import ChunkWord

__all__ = ["ChunkWord", "WordFinder", "find_words"]

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


class WordFinder:
    """Finder of the words of one passage, chunk by chunk, with the spans of the text that the client sent.

    `spoken` maps the passage's spoken text to its written one, which the passage's own sources map to the text sent.
    """

    def __init__(self, passage: Passage, spoken: SourceMap, emotions: Collection[str]) -> None:
        assert passage.sources is not None, "only passages with sources have words with sources"
        self._written, self._emotions = passage.text, emotions
        self._spoken, self._sent = Locator(spoken), Locator(passage.sources)
        self._before = (0, 0), (0, 0)  # places of the last written form of the chunk before

    def words(self, text: str, start: int) -> tuple[ChunkWord, ...]:
        """Return the words of a chunk `text`, which begins at the character `start` of the spoken text.

        Words whose sources overlap have one common source.
        """
        words: list[ChunkWord] = []
        group: list[tuple[int, int]] = []  # the words of one written form, at `written` of what was sent, at `sent`
        written = sent = (0, 0)
        for first, end in find_word_spans(text, self._emotions):
            place = self._stripped(*self._spoken.locate(start + first, start + end))
            place, source = self._behind_chunk(place, self._sent.locate(*place))
            if group and source[0] >= sent[1] and source[1] > source[0]:
                words += self._sourced(group, written, sent)
                group = []
            written, sent = (_union(written, place), _union(sent, source)) if group else (place, source)
            group.append((first, end))
        if group:
            self._before = written, sent
        return (*words, *self._sourced(group, written, sent))

    def _behind_chunk(self, place: tuple[int, int], source: tuple[int, int]) -> tuple[tuple[int, int], tuple[int, int]]:
        """Return the places of a word, which may continue the last written form of the chunk before."""
        written, sent = self._before
        if source[0] >= sent[1]:
            return place, source
        if source[1] <= sent[1]:
            return self._before
        return (max(place[0], written[1]), place[1]), (sent[1], source[1])

    def _sourced(
        self, group: list[tuple[int, int]], written: tuple[int, int], sent: tuple[int, int]
    ) -> Iterator[ChunkWord]:
        form = " ".join(self._written[slice(*written)].split())
        yield from (ChunkWord(start, end, sent, form) for start, end in group)

    def _stripped(self, start: int, end: int) -> tuple[int, int]:
        """Return a span of the written text without the white space at its ends."""
        part = self._written[start:end]
        if not part.strip():
            return start, end
        return start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())


def _union(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return min(one[0], other[0]), max(one[1], other[1])
