"""The wave generator for one sequence on a CPU with weights packed once, in float32 or bfloat16.

Differences from `generator.py`, all exact except for rounding:

* Frames are rows, [frames, channels], and the weights of convolutions are packed once (`row_convolution.py`).
* A transposed convolution is a convolution whose output row holds `rate` rows.
* Snake is s + sin²(s) on s = αx. The factors α and 1/α are folded into the neighbouring weights.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.bicodec.fast_generator import ScaledSnake
from core.bicodec.generator import KERNEL, ResidualUnit, Snake, Stage, WaveGenerator
from core.bicodec.row_convolution import RowConvolution


class PackedWaveGenerator:
    """Wave generator with a copy of a `WaveGenerator`'s weights in `dtype`, for inference mode.

    `parts` run in sequence: first convolution, stages, last layers. Each takes rows [N, C] and may overwrite them; the
    last one returns samples [N]. In bfloat16 the products and their inputs alone have it: sums of residuals, Snake and
    the last convolution stay in float32, which brings the sound 1.5 dB nearer (measured, random weights).
    """

    def __init__(self, generator: WaveGenerator, *, dtype: torch.dtype) -> None:
        layers: Any = generator.model
        first, *stages, snake, last, _ = layers
        convolution = RowConvolution(first.weight, first.bias, padding=KERNEL // 2, dtype=dtype)
        self.parts: list[Callable[[Tensor], Tensor]] = [lambda rows: convolution(rows.to(dtype).contiguous()).float()]
        self.parts += [_Stage(stage, dtype) for stage in stages]
        self.parts.append(_Last(snake, last))


class _Stage:
    """An upsampling and its residual units."""

    def __init__(self, stage: Stage, dtype: torch.dtype) -> None:
        layers: Any = stage.block
        snake, convolution, *units = layers
        self._upsample = _Upsample(snake, convolution, dtype)
        self._units = [_Unit(unit, dtype) for unit in units if _adds(unit)]

    def __call__(self, rows: Tensor) -> Tensor:
        rows = self._upsample(rows)
        for unit in self._units:
            unit(rows)
        return rows


class _Upsample:
    """Snake and transposed convolution."""

    def __init__(self, snake: Snake, convolution: nn.ConvTranspose1d, dtype: torch.dtype) -> None:
        kernel, rate, padding = convolution.kernel_size[0], convolution.stride[0], int(convolution.padding[0])
        self._snake, self._dtype = ScaledSnake(snake), dtype
        self._rate, self._channels, self._cut = rate, convolution.out_channels, padding
        self._odd = (kernel - rate) % 2
        taps = -(-kernel // rate)
        weight = convolution.weight.double() / self._snake.alpha64[:, None, None]
        # [in, out, kernel] -> [rate * out, in, taps]: output row `rate * n + j` takes tap `j + rate * k` of row n - k.
        weight = functional.pad(weight, (0, taps * rate - kernel)).view(*weight.shape[:2], taps, rate)
        weight = weight.permute(3, 1, 0, 2).flatten(0, 1).flip(2)
        bias: Any = convolution.bias
        self._convolution = RowConvolution(weight, bias.repeat(rate), padding=taps - 1, dtype=dtype)

    def __call__(self, rows: Tensor) -> Tensor:
        """[N, C] -> [rate * N, C / 2], one row more if kernel - rate is odd."""
        active = self._snake(rows, out=torch.empty_like(rows, dtype=self._dtype))
        wide = self._convolution(active).float().view(-1, self._channels)
        return wide[self._cut :][: self._rate * len(rows) + self._odd]


class _Unit:
    """A residual unit."""

    def __init__(self, unit: ResidualUnit, dtype: torch.dtype) -> None:
        layers: Any = unit.block
        first, wide, second, narrow = layers
        dilation: int = wide.dilation[0]
        self._dtype = dtype
        self._first, self._second = ScaledSnake(first), ScaledSnake(second)
        inner = wide.weight.double() / self._first.alpha64[:, None]
        outer = narrow.weight.double() / self._second.alpha64[:, None]
        self._wide = RowConvolution(inner, wide.bias, padding=KERNEL // 2 * dilation, dilation=dilation, dtype=dtype)
        self._narrow = RowConvolution(outer, narrow.bias, padding=0, dtype=dtype)

    def __call__(self, rows: Tensor) -> None:
        """Add the unit's output to its input [N, C], in place."""
        active = self._first(rows, out=torch.empty_like(rows, dtype=self._dtype))
        active = self._wide(active)
        rows += self._narrow(self._second(active, out=active))


def _adds(unit: ResidualUnit) -> bool:
    """Report whether a unit adds anything: one of the demo voice's given units is all zeros."""
    layers: Any = unit.block
    last = layers[-1]
    return bool(last.weight.any() or last.bias.any())


class _Last:
    """Snake, the convolution to one channel, tanh: in float32, because it is little work."""

    def __init__(self, snake: Snake, convolution: nn.Conv1d) -> None:
        self._snake = ScaledSnake(snake)
        weight = convolution.weight.double() / self._snake.alpha64[:, None]
        self._convolution = RowConvolution(weight, convolution.bias, padding=KERNEL // 2, dtype=torch.float32)

    def __call__(self, rows: Tensor) -> Tensor:
        return self._convolution(self._snake(rows)).flatten().tanh_()
