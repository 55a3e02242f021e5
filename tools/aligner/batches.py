"""Batches of pairs: texts as states, tokens as padded rows."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from core.alignment.states import NEVER, States, lay_out
from core.alignment.units import SILENCE, UnitTable, letters_of_word
from processing.words import find_word_spans
from tools.aligner.occupancy import Paths
from tools.aligner.pairs import Pair

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
    """Pair as arrays: tokens [T], the states of its text, and the tokens [S] from and before which each state may be.

    Where the starts of words are known, a state belongs to the tokens of its word; else it may be anywhere.
    """

    tokens: npt.NDArray[np.int64]
    states: States
    earliest: npt.NDArray[np.int64]
    latest: npt.NDArray[np.int64]

    @classmethod
    def of(cls, pair: Pair, units: UnitTable) -> "Example":
        states, count = lay_out(units.words(pair.text, word_spans(pair.text))), len(pair.tokens)
        earliest, latest = np.zeros(states.count, np.int64), np.full(states.count, count)
        if pair.starts is not None:
            bounds = np.array([0, *pair.starts, count])
            letter = states.units != SILENCE  # a silence goes before the word whose index it has
            earliest = np.where(letter, bounds[states.words + 1] + 1, bounds[states.words])
            latest = bounds[states.words + 1 + letter]
            earliest[states.onsets], latest[states.onsets] = pair.starts, bounds[1:-1] + 1
        return cls(np.array(pair.tokens, np.int64), states, earliest, latest)


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded arrays: ids [B, T], units and tails [B, S], and the paths through them. `mask` [B, T]: real tokens."""

    ids: Tensor
    units: Tensor
    tails: Tensor
    paths: Paths

    @property
    def mask(self) -> Tensor:
        return torch.arange(self.ids.shape[1])[None] < torch.from_numpy(self.paths.tokens)[:, None]


def word_spans(text: str) -> list[tuple[int, int]]:
    """Return the characters of each word of a text."""
    return list(find_word_spans(text))


def letters_of(pairs: Sequence[Pair]) -> str:
    """Return the letters that are units, in the order of their code points."""
    words = (pair.text[start:end] for pair in pairs for start, end in word_spans(pair.text))
    counts = Counter(letter for word in words for letter in letters_of_word(word))
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
    rows = [Example.of(pair, units) for pair in pairs]
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
    onsets, tails = np.zeros(units.shape, np.bool_), np.zeros(units.shape, np.bool_)
    earliest, latest = np.zeros(units.shape, np.int64), np.zeros(units.shape, np.int64)
    for i, row in enumerate(rows):
        ids[i, : tokens[i]] = np.where(row.tokens < codes, row.tokens, codes)
        units[i, : states[i]] = row.states.units
        skips[i, : states[i]] = row.states.skips
        onsets[i, row.states.onsets] = tails[i, row.states.tails] = True
        earliest[i, : states[i]], latest[i, : states[i]] = row.earliest, row.latest
    token = np.arange(ids.shape[1])[None, :, None]
    allowed = (token >= earliest[:, None]) & (token < latest[:, None])
    paths = Paths(tokens, states, skips, onsets, allowed)
    return Batch(torch.from_numpy(ids), torch.from_numpy(units), torch.from_numpy(tails), paths)
