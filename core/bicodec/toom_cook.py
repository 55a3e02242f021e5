"""Toom-Cook transforms: short convolutions with fewer multiplications (known as Winograd in deep learning).

Six neighbouring outputs of a seven-tap convolution take 42 products when computed one by one. As polynomials, input and
kernel can be evaluated at twelve points, multiplied point by point and interpolated, which takes 12 products; here each
is a matrix product over the channels. The transforms are exact in rational arithmetic. In float32 the choice of points
determines the rounding error, so they are small and in pairs of opposite sign.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import torch
from torch import Tensor

Matrix = list[list[Fraction]]

OUTPUTS = 6
"""Outputs per tile. Chosen: more outputs save little arithmetic and need points with larger rounding errors."""
TAPS = 7
"""Taps of the kernel: those of BiCodec's and AP-BWE's convolutions."""
_POINTS = [Fraction(p) for p in ("0", "1", "-1", "2", "-2", "1/2", "-1/2", "3/2", "-3/2", "2/3", "-2/3")]
"""Eleven evaluation points. The twelfth is infinity: the leading coefficient."""
POINTS = len(_POINTS) + 1


@dataclass(frozen=True, slots=True)
class Transforms:
    """Matrices: y = output @ ((kernel @ w) * (input @ x)) for POINTS inputs x, TAPS taps w, OUTPUTS outputs y."""

    input: Tensor
    kernel: Tensor
    output: Tensor


def transforms() -> Transforms:
    """Return the transforms of the correlation y[i] = sum of w[k] x[i + k]: the transpose of polynomial products."""
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
    """Invert a matrix by Gauss-Jordan elimination."""
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
