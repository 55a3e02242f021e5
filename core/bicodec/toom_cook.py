"""Short convolutions with fewer multiplications (Toom and Cook; in deep learning, Winograd).

Six neighbouring outputs of a seven-tap convolution take 42 products when formed one by one. Seen as polynomials,
input and kernel can be evaluated at twelve points, multiplied point by point and interpolated: 12 products, each of
which is a matrix product over the channels here. The transforms are exact in rational arithmetic; in float32 the
points decide how much rounding grows, so they are small and come in pairs of opposite sign.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import torch
from torch import Tensor

Matrix = list[list[Fraction]]

OUTPUTS = 6
TAPS = 7
_POINTS = [Fraction(p) for p in ("0", "1", "-1", "2", "-2", "1/2", "-1/2", "3/2", "-3/2", "2/3", "-2/3")]
"""Eleven; the twelfth is at infinity, the leading coefficient."""
POINTS = len(_POINTS) + 1


@dataclass(frozen=True, slots=True)
class Transforms:
    """y = output @ ((kernel @ w) * (input @ x)) for POINTS inputs x, TAPS taps w and OUTPUTS outputs y; float64."""

    input: Tensor
    kernel: Tensor
    output: Tensor


def transforms() -> Transforms:
    """Correlation, y[i] = sum of w[k] x[i + k]: the transpose of polynomial multiplication."""
    interpolate = _inverse(_evaluate(POINTS))
    rows = [list(column) for column in zip(*interpolate, strict=True)]
    scales = [max(map(abs, row)) for row in rows]  # moved from the input to the kernel, where it costs no precision
    return Transforms(
        input=_tensor([[value / scale for value in row] for row, scale in zip(rows, scales, strict=True)]),
        kernel=_tensor([[value * s for value in row] for row, s in zip(_evaluate(TAPS), scales, strict=True)]),
        output=_tensor(_evaluate(OUTPUTS)).T.contiguous(),
    )


def _evaluate(coefficients: int) -> Matrix:
    finite = [[point**power for power in range(coefficients)] for point in _POINTS]
    return [*finite, [Fraction(power == coefficients - 1) for power in range(coefficients)]]


def _inverse(matrix: Matrix) -> Matrix:
    """Gauss and Jordan."""
    size = len(matrix)
    rows = [[*row, *(Fraction(i == j) for j in range(size))] for i, row in enumerate(matrix)]
    for i in range(size):
        pivot = next(j for j in range(i, size) if rows[j][i])
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for j in range(size):
            if j != i and (factor := rows[j][i]):
                rows[j] = [a - factor * b for a, b in zip(rows[j], rows[i], strict=True)]
    return [row[size:] for row in rows]


def _tensor(matrix: Sequence[Sequence[Fraction]]) -> Tensor:
    return torch.tensor([[float(value) for value in row] for row in matrix], dtype=torch.float64)
