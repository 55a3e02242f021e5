"""Batches of pairs: texts as states, tokens as padded rows."""

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from core.alignment.states import NEVER, States, lay_out
from core.alignment.units import UnitTable, plain_letters
from tools.aligner.pairs import Pair

WORD = re.compile(r"\S*\w\S*")
LEAST_LETTERS = 20
"""Occurrences from which a letter is a unit of its own. Chosen: fewer do not teach its sound."""
BATCH = 16
"""Pairs of a batch. Chosen: 4,000 tokens, a tenth of a second of one core's arithmetic."""
_POOL = 16
"""Batches that are sorted by length together."""
_SLOWEST, _FASTEST = 3.0, 1 / 3
"""Bounds of tokens a letter, in medians of all pairs: beyond them the model babbled or left words out."""


@dataclass(frozen=True, slots=True)
class Example:
    """Pair as arrays: tokens [T] and the states of its text."""

    tokens: npt.NDArray[np.int64]
    states: States


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded arrays: ids [B, T], units [B, S], skips [B, S], and lengths [B]. `mask` [B, T]: real tokens."""

    ids: Tensor
    units: Tensor
    skips: npt.NDArray[np.float32]
    tokens: npt.NDArray[np.int64]
    states: npt.NDArray[np.int64]

    @property
    def mask(self) -> Tensor:
        return torch.arange(self.ids.shape[1])[None] < torch.from_numpy(self.tokens)[:, None]


def word_spans(text: str) -> list[tuple[int, int]]:
    """Return the characters of each word of a text."""
    return [match.span() for match in WORD.finditer(text)]


def letters_of(pairs: Sequence[Pair]) -> str:
    """Return the letters that are units, in the order of their code points."""
    counts = Counter(letter for pair in pairs for c in pair.text for letter in plain_letters(c))
    return "".join(sorted(letter for letter, count in counts.items() if count >= LEAST_LETTERS))


def usable(pairs: Sequence[Pair]) -> list[Pair]:
    """Return the pairs whose speed is near that of all: the rest stopped early, or did not stop."""
    if not pairs:
        return []
    rates = np.array([len(pair.tokens) / max(1, len(pair.text)) for pair in pairs])
    middle = np.median(rates)
    fine = (rates < _SLOWEST * middle) & (rates > _FASTEST * middle)
    return [pair for pair, good in zip(pairs, fine, strict=True) if good]


def examples(pairs: Sequence[Pair], units: UnitTable) -> list[Example]:
    """Return the pairs that have words, and tokens enough for every other letter of them."""
    rows = [
        Example(np.array(pair.tokens, np.int64), lay_out(units.words(pair.text, word_spans(pair.text))))
        for pair in pairs
    ]
    return [row for row in rows if row.states.count >= 3 and len(row.tokens) > row.states.count // 2 + 4]


def batches(rows: Sequence[Example], *, codes: int, seed: int) -> Iterator[Batch]:
    """Yield batches of similar lengths without end."""
    rng = random.Random(seed)
    while True:
        drawn = sorted(rng.choices(rows, k=BATCH * _POOL), key=lambda row: len(row.tokens))
        groups = [drawn[at : at + BATCH] for at in range(0, len(drawn), BATCH)]
        rng.shuffle(groups)
        yield from (collate(group, codes) for group in groups)


def collate(rows: Sequence[Example], codes: int) -> Batch:
    """Pad rows to one batch."""
    tokens = np.array([len(row.tokens) for row in rows])
    states = np.array([row.states.count for row in rows])
    ids = np.full((len(rows), tokens.max()), codes)
    units = np.zeros((len(rows), states.max()), np.int64)
    skips = np.full(units.shape, NEVER, np.float32)
    for i, row in enumerate(rows):
        ids[i, : tokens[i]] = np.where(row.tokens < codes, row.tokens, codes)
        units[i, : states[i]] = row.states.units
        skips[i, : states[i]] = row.states.skips
    return Batch(torch.from_numpy(ids), torch.from_numpy(units), skips, tokens, states)
