"""The wave generator for one sequence on a CPU: the same samples with half the arithmetic, without a compiler.

Differences from `generator.py`, all exact except for rounding:

* Frames are rows, [frames, channels], so every convolution is a matrix product.
* Seven-tap convolutions use `toom_cook`. A dilation is a reshape: every d-th row belongs to the same sequence.
* Snake is s + sin²(s) on s = αx. The factors α and 1/α, and every bias, are folded into the neighbouring weights.
* A residual unit works in place, tile by tile, so that its intermediate values stay in the CPU's cache.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from core.bicodec.generator import ResidualUnit, Snake, Stage, WaveGenerator
from core.bicodec.toom_cook import OUTPUTS, POINTS, TAPS, transforms

HALO = TAPS - 1
"""Rows around a tile that its convolution reads, both sides together."""
TILE_VALUES = 1 << 19
"""Values (rows times channels) of a tile: 2 MiB in float32. Chosen: larger tiles do not fit into the CPU's cache,
smaller ones make the matrix products too short."""
TILE_ROWS = 1024
"""Least rows of a tile. Chosen: with fewer, reading the weights takes longer than multiplying by them."""
ALPHA_MIN = 1e-8
"""Least magnitude of Snake's α, which later weights are divided by. Below it Snake equals the identity in float32."""


class FastWaveGenerator:
    """Wave generator with a copy of a `WaveGenerator`'s weights, for inference mode.

    `parts` run in sequence: first convolution, stages, last layers. Each takes rows [N, C] and may overwrite them; the
    last one returns samples [N].
    """

    def __init__(self, generator: WaveGenerator) -> None:
        layers: Any = generator.model
        first, *stages, last_snake, last, _ = layers
        bias = torch.zeros_like(first.bias, dtype=torch.float64)  # not yet added to the rows: the value is rows + bias
        self.parts: list[Callable[[Tensor], Tensor]] = [_First(first)]
        for stage in stages:
            fast = _Stage(stage, bias)
            bias = fast.bias
            self.parts.append(fast)
        self.parts.append(_Last(last_snake, last, bias))


class _First:
    """The first convolution. Uses torch's, because it is a small part of the work."""

    def __init__(self, convolution: nn.Conv1d) -> None:
        self._convolution = convolution

    def __call__(self, rows: Tensor) -> Tensor:
        channels: Tensor = self._convolution(rows.T.unsqueeze(0))[0]
        return channels.T.contiguous()


class _Stage:
    """An upsampling and its residual units. `bias` is not added to the returned rows."""

    def __init__(self, stage: Stage, bias: Tensor) -> None:
        layers: Any = stage.block
        snake, convolution, *units = layers
        self._upsample = _Upsample(snake, convolution, bias)
        self._units: list[_Unit] = []
        self.bias: Tensor = convolution.bias.double()
        for unit in units:
            self._units.append(_Unit(unit, self.bias))
            self.bias = self.bias + unit.block[3].bias.double()

    def __call__(self, rows: Tensor) -> Tensor:
        rows = self._upsample(rows)
        for unit in self._units:
            unit(rows)
        return rows


class _Last:
    """Snake, the convolution to one channel, tanh."""

    def __init__(self, snake: Snake, convolution: nn.Conv1d, bias: Tensor) -> None:
        self._snake = ScaledSnake(snake, bias)
        self._taps = (convolution.weight[0].double() / self._snake.alpha64[:, None]).float()
        self._bias: Any = convolution.bias

    def __call__(self, rows: Tensor) -> Tensor:
        self._snake(rows)
        products = rows.new_zeros(len(rows) + HALO, TAPS)
        torch.mm(rows, self._taps, out=products[HALO // 2 : -HALO // 2])
        return torch.stack([products[k : k + len(rows), k] for k in range(TAPS)]).sum(0).add_(self._bias).tanh_()


class ScaledSnake:
    """αx + sin²(αx) for x = rows + bias. The next layer's weights are divided by α."""

    def __init__(self, snake: Snake, bias: Tensor | None = None) -> None:
        alpha = snake.alpha.flatten().double()
        self.alpha64 = torch.where(alpha.abs() < ALPHA_MIN, ALPHA_MIN, alpha)
        self.alpha = self.alpha64.float()
        self.offset = (self.alpha64 * (torch.zeros_like(alpha) if bias is None else bias)).float()

    def __call__(self, rows: Tensor, out: Tensor | None = None) -> Tensor:
        """Apply to `rows` [N, C] in float32 and return `out` of any type, by default the rows themselves."""
        out = rows if out is None else out
        step = _tile_rows(rows.shape[1])
        for tile, place in zip(torch.split(rows, step), torch.split(out, step), strict=True):
            if place.dtype is torch.float32:
                s = torch.addcmul(self.offset, tile, self.alpha, out=place)
            else:
                s = torch.addcmul(self.offset, tile, self.alpha)
            sine = s.sin()
            s.addcmul_(sine, sine)
            if s is not place:
                place.copy_(s)
        return out


class _Upsample:
    """Snake and transposed convolution. `rate` output rows are computed as one wide row, which leaves few taps."""

    def __init__(self, snake: Snake, convolution: nn.ConvTranspose1d, bias: Tensor) -> None:
        kernel, rate, padding = convolution.kernel_size[0], convolution.stride[0], int(convolution.padding[0])
        self._snake = ScaledSnake(snake, bias)
        self._rate, self._channels = rate, convolution.out_channels
        self._cut = padding
        self._odd = (kernel - rate) % 2
        weight = convolution.weight.double() / self._snake.alpha64[:, None, None]
        taps = torch.split(weight.mT.flatten(1), rate * self._channels, dim=1)
        self._taps = [tap.float().contiguous() for tap in taps]  # the last is narrower if rate does not divide kernel

    def __call__(self, rows: Tensor) -> Tensor:
        """[N, C] -> [rate * N, C / 2], one row more if kernel - rate is odd; without the convolution's bias."""
        self._snake(rows)
        ahead = len(self._taps) - 1
        padded = nn.functional.pad(rows, (0, 0, ahead, ahead))
        wide = rows.new_empty(len(rows) + ahead, self._rate * self._channels)
        step = _tile_rows(wide.shape[1])
        for start in range(0, len(wide), step):
            tile = wide[start : start + step]
            for j, tap in enumerate(self._taps):
                source = padded[start + ahead - j :][: len(tile)]
                tile[:, : tap.shape[1]].addmm_(source, tap, beta=min(j, 1))
        return wide.view(-1, self._channels)[self._cut :][: self._rate * len(rows) + self._odd]


class _Unit:
    """A residual unit."""

    def __init__(self, unit: ResidualUnit, bias: Tensor) -> None:
        layers: Any = unit.block
        first, wide, second, narrow = layers
        matrices = transforms()
        self._dilation: int = wide.dilation[0]
        self._input, self._output = matrices.input.float(), matrices.output.float()
        self._first = ScaledSnake(first, bias)
        second_snake = ScaledSnake(second, wide.bias)
        self._second_offset = second_snake.offset
        scaled = wide.weight.double() * second_snake.alpha64[:, None, None] / self._first.alpha64[:, None]
        self._points = torch.einsum("pk,oik->pio", matrices.kernel, scaled).float().contiguous()
        self._narrow = (narrow.weight[:, :, 0].double() / second_snake.alpha64).T.float().contiguous()

    def __call__(self, rows: Tensor) -> None:
        """Add the unit's output to its input [N, C], in place, without the last convolution's bias."""
        length, channels = rows.shape
        group = OUTPUTS * self._dilation  # output rows of one Toom-Cook tile
        margin = HALO // 2 * self._dilation
        step = max(1, _tile_rows(channels) // group) * group
        active = rows.new_zeros(step + 2 * margin, channels)
        done = 0  # rows copied to `active` so far; the zeros before the first are the convolution's padding
        for start in range(0, length, step):
            size = min(step, -(-(length - start) // group) * group)
            fresh = rows[done : start + size + margin]
            place = active[done - start + margin :]
            self._activate(fresh, place)
            place[len(fresh) :] = 0
            done += len(fresh)
            kept = rows[start : start + size]
            kept.addmm_(self._convolve(active[: size + 2 * margin])[: len(kept)], self._narrow)
            active[: 2 * margin] = active[size : size + 2 * margin].clone()

    def _activate(self, rows: Tensor, out: Tensor) -> None:
        active = out[: len(rows)]
        torch.addcmul(self._first.offset, rows, self._first.alpha, out=active)
        sine = active.sin()
        active.addcmul_(sine, sine)

    def _convolve(self, active: Tensor) -> Tensor:
        """[size + 2 margins, C] -> the second Snake's output [size, C]; size is a multiple of OUTPUTS * dilation."""
        channels = active.shape[1]
        width = self._dilation * channels
        tiles = (active.numel() // width - HALO) // OUTPUTS
        x = active.as_strided((POINTS, tiles, width), (width, OUTPUTS * width, 1)).reshape(POINTS, -1)
        points = torch.mm(self._input, x).view(POINTS, -1, channels)
        products = torch.bmm(points, self._points).view(POINTS, -1)
        y = torch.mm(self._output, products).view(OUTPUTS, tiles, -1, channels).transpose(0, 1)
        s = torch.add(y, self._second_offset, out=active.new_empty(tiles, OUTPUTS, self._dilation, channels))
        sine = s.sin()
        return s.addcmul_(sine, sine).view(-1, channels)


def _tile_rows(channels: int) -> int:
    return max(TILE_ROWS, TILE_VALUES // channels)
