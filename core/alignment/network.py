"""Network that scores units for every semantic token, from the tokens around it: two layers over a bounded context.

It also scores whether a word begins with the token.

The first layer is linear in the tokens' embeddings, so that it is a table look-up: one row for each code and offset,
added up. Arithmetic is NumPy's in float32, on one thread. Scores are scaled log-likelihoods: the logarithm of a unit's
posterior, less PRIOR_SCALE times that of its prior, up to a constant for each token, which no search depends on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

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


class TokenNetwork:
    """Loaded network. `right`: tokens after one that its scores depend on. Used by any number of streams."""

    def __init__(self, weights: Weights, units: UnitTable) -> None:
        self.units = units
        self.codes = len(weights.embedding) - 1
        first, second = np.array(weights.first_offsets), np.array(weights.second_offsets)
        self.left = int(-first.min() - second.min())
        self.right = int(first.max() + second.max())
        self.reach = int(first.max() - first.min())
        self.span = int(second.max() - second.min())
        self.middle = int(-second.min())
        table = np.einsum("vd,kdh->kvh", weights.embedding, weights.first)
        table[0] += weights.first_bias
        self._table: Floats = np.ascontiguousarray(table.reshape(-1, table.shape[2]))
        self._rows = np.arange(len(first)) * (self.codes + 1)
        self._places = first - first.min()
        places = (second - second.min()).tolist()
        self._second = [(np.ascontiguousarray(each.T), at) for each, at in zip(weights.second, places, strict=True)]
        self._second_bias, self._output = weights.second_bias[:, None], np.ascontiguousarray(weights.output.T)
        self._output_bias: Floats = weights.output_bias.copy()
        self._output_bias[:-1] -= np.float32(PRIOR_SCALE) * weights.log_prior

    @property
    def bytes(self) -> int:
        """Return the memory of the arrays."""
        return self._table.nbytes + self._output.nbytes + sum(weights.nbytes for weights, _ in self._second)

    def hidden(self, ids: npt.NDArray[np.int64]) -> Floats:
        """Return the first layer [N, H] of ids [N + reach], whose first N places have all their context."""
        count = len(ids) - self.reach
        rows = ids[self._places[:, None] + np.arange(count)] + self._rows[:, None]
        summed: Floats = np.add.reduce(self._table.take(rows, 0, mode="clip"), 0)
        return np.maximum(summed, 0, out=summed)

    def scores(self, hidden: Floats) -> tuple[Floats, Floats]:
        """Return scores [N, U] of hidden values [N + span, H], and the logits [N] of onsets of words."""
        count = len(hidden) - self.span
        columns = hidden.T
        (weights, at), *rest = self._second
        inner = _product(weights, columns[:, at : at + count])
        for weights, at in rest:
            inner += _product(weights, columns[:, at : at + count])
        inner += self._second_bias
        np.maximum(inner, 0, out=inner)
        inner += columns[:, self.middle : self.middle + count]
        outputs = np.ascontiguousarray(_product(self._output, inner).T)
        outputs += self._output_bias
        scores = outputs[:, :-1]
        scores[:, OTHER] = scores.max(1) - UNKNOWN_LETTER
        return scores, outputs[:, -1]


ONE_THREAD = 2**18
"""Multiplications up to which OpenBLAS uses one thread (its SMP_THRESHOLD_MIN times GEMM_MULTITHREAD_THRESHOLD)."""
UNKNOWN_LETTER = 1.0
"""Score of a letter that the model does not know, below the best unit's. Chosen: near that of letters it knows."""


def _product(weights: Floats, columns: Floats) -> Floats:
    """Return weights [A, B] @ columns [B, N], in parts that OpenBLAS multiplies on the calling thread alone.

    Its other threads would spin for each block, which costs more than the product. Weights on the left take three
    quarters of the time that they take on the right, and parts of a multiple of 8 columns less for each (measured).
    """
    most = ONE_THREAD // weights.size
    part = max(1, most - most % 8 or most)
    count = columns.shape[1]
    if count <= part:
        return weights @ columns
    product = np.empty((len(weights), count), np.float32)
    for at in range(0, count, part):
        np.matmul(weights, columns[:, at : at + part], product[:, at : at + part])
    return product


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
        self._ids += [code if 0 <= code < codes else codes for code in ids]

    def finish(self) -> None:
        """Take the end of the chunk."""
        self._ids += [self._network.codes] * self._network.right

    def take(self) -> tuple[Floats, Floats]:
        """Return scores [N, U] of the N waiting tokens, and the logits [N] of onsets of words."""
        network, count = self._network, self.waiting
        ids = np.array(self._ids)
        known = 0 if self._hidden is None else len(self._hidden)
        fresh = network.hidden(ids[known:])
        hidden = fresh if self._hidden is None else np.concatenate([self._hidden, fresh])
        scores = network.scores(hidden)
        del self._ids[:count]
        self._hidden = hidden[count:]
        return scores
