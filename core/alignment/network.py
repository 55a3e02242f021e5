"""Network that scores units for every semantic token, from the tokens around it: two layers over a bounded context.

It also scores whether a word begins with the token.

The first layer is linear in the tokens' embeddings, so that it is a table look-up: one row for each code and offset,
added up. Arithmetic is NumPy's in float32, on one thread. Scores are scaled log-likelihoods: the logarithm of a unit's
posterior, less PRIOR_SCALE times that of its prior, up to a constant for each token, which no search depends on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core.alignment.units import OTHER, UnitTable

Floats = npt.NDArray[np.float32]
PRIOR_SCALE = 0.5
"""Share of the logarithm of the prior that is taken off. Chosen by measurement: 1 gives starts of equal accuracy."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Tensors of a network with V codes, width D, hidden width H and U units, and its offsets in tokens.

    `embedding` [V + 1, D], its last row for places outside the chunk; `first` [K, D, H] for `first_offsets`, `second`
    [L, H, H] for `second_offsets`, `output` [H, U + 1], whose last column is for onsets of words; `log_prior` [U].
    """

    first_offsets: tuple[int, ...]
    second_offsets: tuple[int, ...]
    embedding: Floats
    first: Floats
    first_bias: Floats
    second: Floats
    second_bias: Floats
    output: Floats
    output_bias: Floats
    log_prior: Floats


class UnitScores(NamedTuple):
    """Scores of N tokens: of `units` [U, N], the `best` unit's [N], logits [N] of `onsets` of words."""

    units: Floats
    onsets: Floats
    best: Floats


UNKNOWN_LETTER = 1.0
"""Score of a letter that the model does not know, below the best unit's. Chosen: near that of letters it knows."""
_ZERO, _UNKNOWN = np.float32(0), np.float32(UNKNOWN_LETTER)
COMMON_TOKENS = 64
"""Tokens up to which the places of the first layer are stored. Chosen: more than a stream takes at once."""


class TokenNetwork:
    """Loaded network. `right`: tokens after one that its scores depend on. Used by any number of streams.

    Products have a row for each token: so OpenBLAS has a kernel for small ones where the CPU has AVX-512, which takes
    half of the time (measured).
    """

    def __init__(self, weights: Weights, units: UnitTable) -> None:
        self.units = units
        self.codes = len(weights.embedding) - 1
        first, second = np.array(weights.first_offsets), np.array(weights.second_offsets)
        self.left = int(-first.min() - second.min())
        self.right = int(first.max() + second.max())
        self.reach = int(first.max() - first.min())
        self.span = int(second.max() - second.min())
        self._middle = int(-second.min())
        table = np.einsum("vd,kdh->kvh", weights.embedding, weights.first)
        table[0] += weights.first_bias
        self._table: Floats = np.ascontiguousarray(table.reshape(-1, table.shape[2]))
        self._rows = (np.arange(len(first)) * (self.codes + 1))[:, None]
        self._places = (first - first.min())[:, None] + np.arange(COMMON_TOKENS)
        self._second_places = (second - second.min()) + np.arange(COMMON_TOKENS)[:, None]
        self._second: Floats = np.ascontiguousarray(weights.second.reshape(-1, weights.second.shape[2]))
        # max(x + bias, 0) is max(x, -bias) + bias, and the output's bias has what its weights make of the last term.
        self._floor: Floats = -weights.second_bias
        self._output: Floats = np.ascontiguousarray(weights.output)
        self._output_bias = weights.output_bias + weights.second_bias @ weights.output
        self._output_bias[:-1] -= np.float32(PRIOR_SCALE) * weights.log_prior

    @property
    def bytes(self) -> int:
        """Return the memory of the arrays."""
        return sum(array.nbytes for array in (self._table, self._second, self._output, self._output_bias))

    def hidden(self, ids: npt.NDArray[np.int64]) -> Floats:
        """Return the first layer [N, H] of ids [N + reach], whose first N places have all their context."""
        count = len(ids) - self.reach
        places = self._places[:, :count] if count <= COMMON_TOKENS else self._places[:, :1] + np.arange(count)
        rows = ids.take(places)
        rows += self._rows
        summed: Floats = np.add.reduce(self._table.take(rows, 0, mode="clip"), 0)
        return np.maximum(summed, _ZERO, summed)

    def scores(self, hidden: Floats) -> UnitScores:
        """Return the scores of N tokens from hidden values [N + span, H]."""
        count, places = len(hidden) - self.span, self._second_places
        places = places[:count] if count <= COMMON_TOKENS else places[:1] + np.arange(count)[:, None]
        inner = np.matmul(hidden.take(places, 0).reshape(count, -1), self._second)
        np.maximum(inner, self._floor, inner)
        np.add(inner, hidden[self._middle : self._middle + count], inner)
        outputs = np.matmul(inner, self._output)
        np.add(outputs, self._output_bias, outputs)
        best = np.maximum.reduce(outputs[:, :-1], 1)
        units = outputs.T.copy()
        np.subtract(best, _UNKNOWN, units[OTHER])
        return UnitScores(units[:-1], units[-1], best)


class ScoreStream:
    """Scores of one chunk's tokens while they arrive."""

    def __init__(self, network: TokenNetwork) -> None:
        self._network = network
        self._ids = [network.codes] * network.left
        self._hidden: Floats | None = None

    @property
    def waiting(self) -> int:
        """Return the number of tokens whose scores can be computed now."""
        return max(0, len(self._ids) - self._network.left - self._network.right)

    def feed(self, ids: Sequence[int]) -> None:
        """Take tokens; codes outside the table count as outside the chunk."""
        codes = self._network.codes
        if min(ids, default=0) < 0 or max(ids, default=0) >= codes:
            ids = [code if 0 <= code < codes else codes for code in ids]
        self._ids += ids

    def finish(self) -> None:
        """Take the end of the chunk."""
        self._ids += [self._network.codes] * self._network.right

    def take(self) -> UnitScores:
        """Return the scores of the waiting tokens."""
        network, count = self._network, self.waiting
        known = 0 if self._hidden is None else len(self._hidden)
        fresh = network.hidden(np.array(self._ids[known:]))
        hidden = fresh if self._hidden is None else np.concatenate([self._hidden, fresh])
        scores = network.scores(hidden)
        del self._ids[:count]
        self._hidden = hidden[count:]
        return scores
