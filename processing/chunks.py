"""Text cut into pieces that the model speaks in one breath; knows sentences, not words.

The cut falls at the best place near the target length: a sentence's end, else a clause's, else a space, else between
two grapheme clusters. Never inside a cluster or an emotion tag. The pieces joined are the text, to the character.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

import regex

from processing.emotion import TAG
from processing.sentences import spans
from shared.types import TextChunk

THRESHOLD, TARGET = 220, 170  # characters, where neither settings nor checkpoint say others

_CLUSTER = regex.compile(r"\p{RI}\p{RI}[\p{GCB=Extend}\p{GCB=SpacingMark}\u200d]*+|\X")
"""Flags first: `\\X` alone looks back over the whole run of regional indicators at every one of them."""
_CLAUSE = regex.compile(
    r"(?<=[\w\p{M}\"'”’)\]])\s*[,;:،؛、，；：—–](?!\d)[\"'”’)\]]*\s*|(?<=\s)-\s+|(?<=\S)\s+(?=[(\[“])"
)
_SPACE = re.compile(r"\s+")
_VOICED = re.compile(r"\S")
_JOINERS = frozenset(
    "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca"  # the viramas of the Indic scripts
    "\u200c\u200d"  # ZWNJ, ZWJ
)
"""No cut after these: they bind the letter that follows, whatever the version of Unicode says of clusters."""


def chunk(text: str, threshold: int = THRESHOLD, target: int = TARGET) -> list[TextChunk]:
    """`text` whole where it has at most `threshold` characters, else in pieces of about `target`, none above that.

    A piece holds more than white space unless the text does not, and exceeds `threshold` only by white space.
    A cluster longer than `threshold`, which no language has, is cut. Raises ValueError unless 0 < target <= threshold.
    """
    if not 0 < target <= threshold:
        raise ValueError("target must be positive and at most the threshold")
    if not text:
        return []
    cuts = [0, *_cuts(text, threshold, target), len(text)]
    last = len(cuts) - 2
    return [TextChunk(index, text[start:end], index == last) for index, (start, end) in enumerate(pairwise(cuts))]


def _cuts(text: str, threshold: int, target: int) -> list[int]:
    if len(text) <= threshold or text.isspace():
        return []
    levels = _levels(text)
    floor = max(1, target // 3)
    end = len(text.rstrip())
    cuts: list[int] = []
    start = 0
    while (left := len(text) - start) > threshold:
        voiced = next(_VOICED.finditer(text, start)).end()
        if voiced > start + threshold:  # white space of a whole piece's length is not counted
            start = voiced - 1
            left = len(text) - start
        aim = start + (target if left >= target + floor else left // 2)
        most = start + threshold
        high = min(most, end - 1)
        place = _place(levels, max(start + floor, voiced), aim, high) or _nearest(levels[-1], voiced, aim, high)
        if place is None:  # one cluster, or white space, as long as a whole piece
            place = min(levels[-1][bisect_left(levels[-1], voiced)], max(voiced, most))
        if place >= end:
            break
        cuts.append(place)
        start = place
    return cuts


def _place(levels: Sequence[Sequence[int]], low: int, aim: int, high: int) -> int | None:
    """The cut nearest to `aim` at the best level that has one between `low` and `high`."""
    places = (_nearest(level, low, aim, high) for level in levels)
    return next((place for place in places if place is not None), None)


def _nearest(level: Sequence[int], low: int, aim: int, high: int) -> int | None:
    first, beyond = bisect_left(level, low), bisect_right(level, high)
    if first >= beyond:
        return None
    at = min(max(bisect_left(level, aim), first), beyond - 1)
    if at > first and aim - level[at - 1] <= level[at] - aim:
        at -= 1
    return level[at]


def _levels(text: str) -> tuple[list[int], list[int], list[int], list[int]]:
    """Where the text may be cut, best places first: after sentences, clauses, white space, clusters; each in order."""
    allowed = bytearray(len(text) + 1)
    for cluster in _CLUSTER.finditer(text):
        allowed[cluster.end()] = text[cluster.end() - 1] not in _JOINERS
    allowed[-1] = True
    for tag in TAG.finditer(text):
        allowed[tag.start() + 1 : tag.end()] = bytes(tag.end() - tag.start() - 1)
    return (
        [end for _, end in spans(text) if allowed[end]],
        [found.end() for found in _CLAUSE.finditer(text) if allowed[found.end()]],
        [found.end() for found in _SPACE.finditer(text) if allowed[found.end()]],
        [place for place, free in enumerate(allowed) if free],
    )
