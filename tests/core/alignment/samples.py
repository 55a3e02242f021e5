"""Unseen sentences as the demo voice speaks them: tokens, and the first token of each word.

`training/demo_voice/evaluate_aligner.py` stored them.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.alignment import ChunkAligner, Verdict, WordSpan
from processing.words import find_word_spans

DATA = Path(__file__).parents[2] / "data" / "word_starts.jsonl"
VOICE = Path(__file__).parents[3] / "voices" / "demo"


@dataclass(frozen=True, slots=True)
class Sample:
    """Text with its tokens and the first token of each word."""

    language: str
    text: str
    tokens: list[int]
    starts: list[int]

    @property
    def words(self) -> list[tuple[int, int]]:
        return list(find_word_spans(self.text))


@cache
def samples() -> list[Sample]:
    rows = map(json.loads, DATA.read_text("utf-8").splitlines())
    return [Sample(row["language"], row["text"], row["tokens"], row["starts"]) for row in rows]


def aligned(chunk: ChunkAligner, tokens: list[int], *, delta: int, window: int, lookahead: int):
    """Feed tokens in deltas, and ask for the words of each window before it is decoded.

    Return the spans, the spans that each window got in time (with its last token), and the verdict.
    """
    spans: list[WordSpan] = []
    windows: list[tuple[int, int]] = []
    sent = 0
    for at in range(0, len(tokens), delta):
        spans += chunk.feed(tokens[at : at + delta])
        while min(at + delta, len(tokens)) - sent >= window + lookahead:
            sent += window
            spans += chunk.due(sent)
            windows.append((sent, len(spans)))
    rest, verdict = chunk.finish()
    return [*spans, *rest], windows, verdict


def first_starts(spans: list[WordSpan]) -> list[int]:
    """Return the start of each word as it was told first."""
    starts: dict[int, int] = {}
    for span in spans:
        starts.setdefault(span.index, span.start)
    return [starts[index] for index in sorted(starts)]


def is_clean(verdict: Verdict) -> bool:
    return verdict.score == 1 and not verdict.faults
