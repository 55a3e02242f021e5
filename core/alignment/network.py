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


ONE_THREAD = 2**18
"""Multiplications up to which OpenBLAS uses one thread (its SMP_THRESHOLD_MIN times GEMM_MULTITHREAD_THRESHOLD). Its
other threads would spin for each block, which costs more than the product."""
UNKNOWN_LETTER = 1.0
"""Score of a letter that the model does not know, below the best unit's. Chosen: near that of letters it knows."""
_ZERO, _UNKNOWN = np.float32(0), np.float32(UNKNOWN_LETTER)
COMMON_TOKENS = 64
"""Tokens up to which the places of the first layer are stored. Chosen: more than a stream takes at once."""


class TokenNetwork:
    """Loaded network. `right`: tokens after one that its scores depend on. Used by any number of streams.

    Products have their weights on the left, which takes three quarters of the time that it takes with them on the right
    (measured). A row of ones behind the second layer adds the output's bias.
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
        places = (second - second.min()).tolist()
        self._second = [(np.ascontiguousarray(each.T), at) for each, at in zip(weights.second, places, strict=True)]
        # max(x + bias, 0) is max(x, -bias) + bias, and the output's bias has what its weights make of the last term.
        self._floor: Floats = -weights.second_bias[:, None]
        bias = weights.output_bias + weights.second_bias @ weights.output
        bias[:-1] -= np.float32(PRIOR_SCALE) * weights.log_prior
        output = np.concatenate([weights.output.T, bias[:, None]], 1)
        self._part = max(1, ONE_THREAD // len(self._floor) ** 2)
        most = max(1, ONE_THREAD // (output.shape[1] * self._part))
        most = most - most % 16 or most  # rows of a product: OpenBLAS takes 16 at once
        slices = [slice(at, min(at + most, len(output))) for at in range(0, len(output), most)]
        self._outputs = [(output[rows], rows) for rows in slices]

    @property
    def bytes(self) -> int:
        """Return the memory of the arrays."""
        arrays = [self._table, *(weights for weights, _ in self._second), *(weights for weights, _ in self._outputs)]
        return sum(array.nbytes for array in arrays)

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
        count = len(hidden) - self.span
        outputs = np.empty((self.units.count + 1, count), np.float32)
        parts = -(-count // self._part)  # of nearly the same length
        for part in range(parts):
            begin, end = part * count // parts, (part + 1) * count // parts
            inner = self._inner(hidden[begin : end + self.span].T)
            for weights, rows in self._outputs:
                np.matmul(weights, inner, outputs[rows, begin:end])
        units = outputs[:-1]
        best = np.maximum.reduce(units, 0)
        np.subtract(best, _UNKNOWN, units[OTHER])
        return UnitScores(units, outputs[-1], best)

    def _inner(self, hidden: Floats) -> Floats:
        """Return the second layer [H + 1, N] of hidden values [H, N + span], with a row of ones."""
        size, count = len(hidden), hidden.shape[1] - self.span
        inner = np.empty((size + 1, count), np.float32)
        inner[size] = 1
        values, product = inner[:size], np.empty((size, count), np.float32)
        (weights, at), *rest = self._second
        np.matmul(weights, hidden[:, at : at + count], values)
        for weights, at in rest:
            np.matmul(weights, hidden[:, at : at + count], product)
            np.add(values, product, values)
        np.maximum(values, self._floor, values)
        np.add(values, hidden[:, self._middle : self._middle + count], values)
        return inner


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
