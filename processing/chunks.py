"""Chunking: split a text into chunks that the model generates one at a time.

A cut falls at the best place near the target length: the end of a sentence, else of a clause, else a space, else
between two grapheme clusters; never inside a cluster or an emotion tag. The joined chunks are exactly the text.

Guarantee: time is linear in every text. No search holds the interpreter's lock for long, because the only costly one
gets the text in parts.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain, repeat

import regex

from processing.emotion import LONGEST_TAG, TAG
from processing.sentences import find_spans
from shared.types import TextChunk

THRESHOLD, TARGET = 220, 170
"""Default sizes in characters: longest text in one chunk, and length of the chunks of a longer one."""

_CLUSTER = regex.compile(r"\p{RI}\p{RI}[\p{GCB=Extend}\p{GCB=SpacingMark}\u200d]*+|\X")
"""Grapheme cluster. Flags come first: at each regional indicator, `\\X` alone looks back over their whole run."""
_NEIGHBOURS = regex.compile(
    r"(?P<apart>[\p{GCB=Control}\p{GCB=LF}]|\p{GCB=Other}[^\p{GCB=Extend}\p{GCB=SpacingMark}\p{GCB=ZWJ}])|\p{GCB=Other}"
)
"""Two characters that belong to one cluster, or to two (`apart`), whatever precedes them."""
_CLAUSE = regex.compile(
    r"(?<=[\w\p{M}\"'”’)\]])\s*[,;:،؛、，；：—–](?!\d)[\"'”’)\]]*\s*|(?<=\s)-\s+|(?<=\S)\s+(?=[(\[“])"
)
_SLICE = re.compile(
    r"(?s:.{1,4000}\Z|.{2000,4000}(?:(?<=\s)(?=\w)|(?<=\w)(?=\S))|.{1,4000})",
)
"""Part of the text for _CLAUSE, which takes 0.1 µs a character (measured). No match of _CLAUSE crosses such a cut or
looks past it: a match ends before a word or after white space, and begins after a word."""
_SPACE = re.compile(r"\s+")
_VOICED = re.compile(r"\S")
_JOINERS = frozenset(
    "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca"  # the viramas of the Indic scripts
    "\u200c\u200d"  # ZWNJ, ZWJ
)
"""Characters that bind the letter that follows, in every version of Unicode: no cut after these."""


def chunk(text: str, threshold: int = THRESHOLD, target: int = TARGET) -> list[TextChunk]:
    """Return `text` whole up to `threshold` characters, else in chunks of about `target`, at most `threshold`.

    A chunk of a text with words holds more than white space, and exceeds `threshold` only by white space. A cluster
    longer than `threshold`, which no language has, is cut. Raises ValueError unless 0 < target <= threshold.
    """
    return list(find_chunks(text, threshold, target))


def find_chunks(text: str, threshold: int = THRESHOLD, target: int = TARGET) -> Iterator[TextChunk]:
    """Yield the chunks that `chunk` returns; hold only the search state of the next one."""
    if not 0 < target <= threshold:
        raise ValueError("target must be positive and at most the threshold")
    start = 0
    for index, end in enumerate(chain(_cuts(text, threshold, target), (len(text),) if text else ())):
        yield TextChunk(index, text[start:end], end == len(text))
        start = end


def _cuts(text: str, threshold: int, target: int) -> Iterator[int]:
    if len(text) <= threshold or text.isspace():
        return
    places = _Places(text)
    floor = max(1, target // 3)
    end = len(text.rstrip())
    start = 0
    while (left := len(text) - start) > threshold:
        voiced = next(_VOICED.finditer(text, start)).end()
        if voiced > start + threshold:  # white space as long as a chunk is not counted
            start = voiced - 1
            left = len(text) - start
        aim = start + (target if left >= target + floor else left // 2)
        most = start + threshold
        high = min(most, end - 1)
        place = places.best(start, max(start + floor, voiced), aim, high)
        if place is None:
            place = _nearest(places.clusters(start, high), voiced, aim, high)
        if place is None:  # one cluster, or white space, as long as a chunk
            place = min(places.first_cluster(start, voiced), max(voiced, most))
        if place >= end:
            return
        yield place
        start = place


def _nearest(level: Sequence[int], low: int, aim: int, high: int) -> int | None:
    first, beyond = bisect_left(level, low), bisect_right(level, high)
    if first >= beyond:
        return None
    at = min(max(bisect_left(level, aim), first), beyond - 1)
    if at > first and aim - level[at - 1] <= level[at] - aim:
        at -= 1
    return level[at]


class _Places:
    """Places to cut `text`, in levels: after sentences, after clauses, after white space, between clusters.

    Places are found on demand and dropped behind the last cut. Each level is sorted.
    """

    def __init__(self, text: str) -> None:
        sources = (
            (end for _, end in find_spans(text)),
            _clause_ends(text),
            (found.end() for found in _SPACE.finditer(text)),
        )
        self._text = text
        self._end = len(text) + 1
        self._sources: list[Iterator[int]] = [chain(source, repeat(self._end)) for source in sources]
        self._ahead = [next(source) for source in self._sources]  # first place of each level that is not in `_levels`
        self._levels: list[list[int]] = [[] for _ in self._sources]
        self._clusters: Iterator[int] = iter(())
        self._cluster_ahead = -1
        self._cluster_ends: list[int] = []

    def best(self, cut: int, low: int, aim: int, high: int) -> int | None:
        """Return the place nearest to `aim` at the best level that has one from `low` to `high`.

        `cut` is the last cut, at or before `low`.
        """
        self._find(cut, high)
        for level in self._levels:
            while (place := _nearest(level, low, aim, high)) is not None:
                if self._is_free(place, cut):
                    return place
                level.remove(place)
        return _nearest(self.clusters(cut, high), low, aim, high)

    def _find(self, low: int, high: int) -> None:
        """Find the places of the levels up to `high`, and drop those before `low`."""
        for number, level in enumerate(self._levels):
            del level[: bisect_left(level, low)]
            ahead, source = self._ahead[number], self._sources[number]
            while ahead <= high:
                level.append(ahead)
                ahead = next(source)
            self._ahead[number] = ahead

    def clusters(self, low: int, high: int) -> list[int]:
        """Return the places between clusters from `low`, the last cut, to at least `high`."""
        del self._cluster_ends[: bisect_left(self._cluster_ends, low)]
        if self._cluster_ahead < low:
            self._clusters = chain(_find_cluster_ends(self._text, low), repeat(self._end))
            self._cluster_ahead = next(self._clusters)
        while self._cluster_ahead <= high:
            self._cluster_ends.append(self._cluster_ahead)
            self._cluster_ahead = next(self._clusters)
        return self._cluster_ends

    def first_cluster(self, low: int, least: int) -> int:
        """Return the first place between clusters at or after `least`; `low` is the last cut, before `least`."""
        ends = self.clusters(low, least)
        return ends[at] if (at := bisect_left(ends, least)) < len(ends) else self._cluster_ahead

    def _is_free(self, place: int, low: int) -> bool:
        """Return whether `place` is between two clusters that no character binds, and outside a tag."""
        text = self._text
        if place == len(text):
            return True
        opened = text.rfind("[", max(0, place - LONGEST_TAG), place)
        if opened >= 0 and (tag := TAG.match(text, opened)) and place < tag.end():
            return False
        if text[place - 1] in _JOINERS:
            return False
        found = _NEIGHBOURS.match(text, place - 1)
        return found["apart"] is not None if found else _holds(self.clusters(low, place), place)


def _holds(places: Sequence[int], place: int) -> bool:
    at = bisect_left(places, place)
    return at < len(places) and places[at] == place


def _find_cluster_ends(text: str, start: int) -> Iterator[int]:
    """Yield the end of the text, and of each cluster from `start` that is outside a tag and not bound to the next."""
    tags = TAG.finditer(text, start)
    tag = next(tags, None)
    for cluster in _CLUSTER.finditer(text, start):
        end = cluster.end()
        while tag and tag.end() <= end:
            tag = next(tags, None)
        if end == len(text) or not (text[end - 1] in _JOINERS or (tag and tag.start() < end)):
            yield end


def _clause_ends(text: str) -> Iterator[int]:
    for part in _SLICE.finditer(text):
        for found in _CLAUSE.finditer(text, part.start(), part.end()):
            yield found.end()
