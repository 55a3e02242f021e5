"""Interface of aligners: when each word of a chunk is spoken, in semantic tokens, and whether all of it is.

A stage feeds the tokens of one chunk while they arrive; the times are those of the token grid (50 tokens a second).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class FaultKind(StrEnum):
    """Kind of a difference between the text and what was generated."""

    OMITTED = "omitted"
    REPEATED = "repeated"
    FOREIGN = "foreign"
    TAIL = "tail"


@dataclass(frozen=True, slots=True)
class WordSpan:
    """Semantic tokens of a word: `index` in the chunk's words, first token `start`, `end` the token after its last.

    `end` is None where the word still sounds when its start has to be told.
    """

    index: int
    start: int
    end: int | None


@dataclass(frozen=True, slots=True)
class Fault:
    """Difference of what was generated from the text.

    `kind`: "omitted" (words were not spoken), "repeated", "foreign" (something else was spoken), "tail" (sound after
    the last word). `start`, `end`: tokens; `words`: range of the chunk's words that it concerns.
    """

    kind: FaultKind
    start: int
    end: int
    words: range


@dataclass(frozen=True, slots=True)
class Verdict:
    """`score` in [0, 1]: share of the chunk's words that were spoken once and in order; `faults` in order."""

    score: float
    faults: tuple[Fault, ...]


class ChunkAligner(Protocol):
    """Alignment of one chunk while its tokens arrive. Synchronous, microseconds a token; bounded memory."""

    def feed(self, ids: Sequence[int]) -> list[WordSpan]:
        """Take the next tokens; return the words that have become certain, in order, each once."""
        ...

    def due(self, token: int) -> list[WordSpan]:
        """Return the words that start before `token` and were not returned yet, in order.

        The sound of the tokens up to `token` is about to be sent. The last word may have the end None: its end comes
        in a later WordSpan of the same index and start.
        """
        ...

    def finish(self) -> tuple[list[WordSpan], Verdict]:
        """End the chunk: return the remaining words, so that every word was returned once, and the verdict.

        Omitted words have zero length at their place.
        """
        ...


class Aligner(Protocol):
    """Token aligner of a checkpoint. `lookahead`: tokens beyond a word's start until it is certain, at most."""

    lookahead: int

    def chunk(self, text: str, words: Sequence[tuple[int, int]]) -> ChunkAligner:
        """Return the alignment of one chunk: its spoken text, and each word's characters in it (start, end)."""
        ...
