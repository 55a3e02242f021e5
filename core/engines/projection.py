"""A dense layer of a language model. Its result for a row does not depend on the rows beside it, to the last bit.

A sampled token may depend on the last bit of a logit, and a request has to get the same tokens alone and in company.
"""

from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from core.packed_weight import PACKS, multiply, pack


class Projection:
    """Dense layer with `weight` [out, in], for steps of at most `most_rows` sequences.

    On a CPU oneDNN multiplies by a weight that is packed once. Other libraries sum a product of several rows otherwise
    than that of one row, so each row has to be multiplied alone, and the weight is read again for each. A step of 1, 4
    and 8 sequences of the demo voice takes 0.53, 0.49 and 0.37 of that time (measured).
    """

    def __init__(self, weight: Tensor, bias: Tensor | None = None, *, most_rows: int) -> None:
        self._bias = bias
        self._packed = PACKS and weight.device.type == "cpu" and _sums_alike(weight.shape, weight.dtype, most_rows)
        self._weight = pack(weight, most_rows) if self._packed else weight

    def __call__(self, rows: Tensor) -> Tensor:
        """[T, in] -> [T, out], for the rows of one sequence."""
        return multiply(rows, self._weight, self._bias) if self._packed else F.linear(rows, self._weight, self._bias)

    def of_each(self, rows: Tensor) -> Tensor:
        """[B, in] -> [B, out], for a row of each of B sequences: each as if it were alone."""
        if self._packed or len(rows) == 1:
            return self(rows)
        columns, weights = rows.unsqueeze(1), self._weight.t().expand(len(rows), -1, -1)
        products = torch.bmm(columns, weights) if self._bias is None else torch.baddbmm(self._bias, columns, weights)
        return products.squeeze(1)


@lru_cache
def _sums_alike(shape: tuple[int, int], dtype: torch.dtype, most_rows: int) -> bool:
    """Report whether packed products of 1 to `most_rows` random rows are equal, to the last bit."""
    random = torch.Generator().manual_seed(0)
    rows, weight = (torch.randn(count, shape[1], generator=random).to(dtype) for count in (most_rows, shape[0]))
    packed = pack(weight, most_rows)
    alone = torch.cat([multiply(row, packed, None) for row in torch.split(rows, 1)])
    return all(torch.equal(multiply(rows[:count], packed, None), alone[:count]) for count in range(2, most_rows + 1))
