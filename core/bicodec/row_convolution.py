"""Convolution over rows, [frames, channels], on a CPU, as matrix products with a weight that is packed once."""

import torch
from torch import Tensor
from torch.nn import functional

from core.packed_weight import PACKS, multiply, pack

PACKED_FOR = 512
"""Rows for which the packed order is chosen. Any number of rows may follow."""
TILE_VALUES = 1 << 19
"""Values of one product's input: 1 MiB in bfloat16. Chosen: larger tiles do not fit into the CPU's cache."""
TILE_ROWS = 512
"""Least rows of a tile. Chosen: with fewer, reading the weights takes longer than multiplying by them."""


class RowConvolution:
    """A convolution of rows [N, in] of `dtype` with a weight [out, in, taps]: a dense layer where taps is 1.

    Each output row is the product of its taps' rows, side by side, with the weight. The plain modules' convolutions
    rearrange weights and rows in every call, and oneDNN's own convolution with packed weights takes up to 100 times as
    long for some sizes with few rows (measured: 60 rows of 384 channels, 60 ms instead of 0.6).

    Outer taps whose weights are all zero are left out: the demo voice's given convolutions have the middle tap alone.
    """

    def __init__(
        self, weight: Tensor, bias: Tensor | None, *, dtype: torch.dtype, padding: int = 0, dilation: int = 1
    ) -> None:
        weight, self._padding = _without_zero_taps(weight, padding, dilation)
        self._outputs, inputs, self._taps = weight.shape
        self._dilation = dilation
        self._bias = None if bias is None else bias.to(dtype)
        matrix = weight.mT.flatten(1).to(dtype).contiguous()
        self._weight = pack(matrix, PACKED_FOR) if PACKS else matrix
        self._tile = max(TILE_ROWS, TILE_VALUES // (self._taps * inputs))

    def __call__(self, rows: Tensor) -> Tensor:
        """[N, in] -> [N + 2 padding - dilation (taps - 1), out]."""
        if any(self._padding):
            rows = functional.pad(rows, (0, 0, *self._padding))
        if self._taps == 1:
            return self._product(rows)
        channels = rows.shape[1]
        count = len(rows) - self._dilation * (self._taps - 1)
        beside = rows.as_strided((count, self._taps, channels), (channels, self._dilation * channels, 1))
        if count <= self._tile:
            return self._product(beside.flatten(1))
        out = rows.new_empty(count, self._outputs)
        for source, place in zip(torch.split(beside, self._tile), torch.split(out, self._tile), strict=True):
            place.copy_(self._product(source.flatten(1)))
        return out

    def _product(self, rows: Tensor) -> Tensor:
        """Return [N, out]; without oneDNN torch chooses how to run the same product."""
        return (multiply if PACKS else functional.linear)(rows, self._weight, self._bias)


def _without_zero_taps(weight: Tensor, padding: int, dilation: int) -> tuple[Tensor, tuple[int, int]]:
    """Return the weight without outer taps that are zero, and its padding before and behind; negative: rows to drop."""
    used = weight.any(1).any(0).tolist()
    if not any(used):
        used[len(used) // 2] = True
    before, behind = used.index(True), used[::-1].index(True)
    return weight[..., before : len(used) - behind], (padding - before * dilation, padding - behind * dilation)
