"""Wave generator: prenet frames to samples, by transposed convolutions and dilated residual units."""

import torch
from torch import Tensor, nn

from core.bicodec.config import GeneratorConfig

KERNEL = 7
"""Taps of all but the transposed convolutions, in BiCodec's published code."""
DILATIONS = (1, 3, 9)
"""Dilations of a stage's residual units, in BiCodec's published code."""
SNAKE_EPS = 1e-9
"""Added to Snake's α before it divides, as in BiCodec's published code."""


class Snake(nn.Module):
    """x + sin²(αx) / (α + SNAKE_EPS), with one α per channel, which may be negative."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.alpha = nn.Parameter(torch.ones(1, channels, 1))

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, T] -> [B, C, T]."""
        return x + (self.alpha + SNAKE_EPS).reciprocal() * torch.sin(self.alpha * x).pow(2)


class ResidualUnit(nn.Module):
    """x + conv1(snake(conv7(snake(x))))."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.block = nn.Sequential(
            Snake(channels),
            nn.Conv1d(channels, channels, KERNEL, dilation=dilation, padding=KERNEL // 2 * dilation),
            Snake(channels),
            nn.Conv1d(channels, channels, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, T] -> [B, C, T]."""
        y: Tensor = x + self.block(x)
        return y


class Stage(nn.Module):
    """Upsampling stage: multiplies the rate by `rate` and halves the channels."""

    def __init__(self, channels: int, *, kernel: int, rate: int) -> None:
        super().__init__()
        self.block = nn.Sequential(
            Snake(channels),
            nn.ConvTranspose1d(channels, channels // 2, kernel, stride=rate, padding=(kernel - rate) // 2),
            *(ResidualUnit(channels // 2, dilation) for dilation in DILATIONS),
        )

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, T] -> [B, C / 2, rate * T], one frame more if kernel - rate is odd."""
        y: Tensor = self.block(x)
        return y


class WaveGenerator(nn.Module):
    """Convolution, stages, Snake, convolution, tanh."""

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        stages = zip(config.kernel_sizes, config.rates, strict=True)
        channels = config.channels >> len(config.rates)
        self.model = nn.Sequential(
            nn.Conv1d(config.input_channel, config.channels, KERNEL, padding=KERNEL // 2),
            *(Stage(config.channels >> i, kernel=kernel, rate=rate) for i, (kernel, rate) in enumerate(stages)),
            Snake(channels),
            nn.Conv1d(channels, 1, KERNEL, padding=KERNEL // 2),
            nn.Tanh(),
        )

    def forward(self, x: Tensor) -> Tensor:
        """[B, input_channel, frames] -> [B, 1, samples] in (-1, 1)."""
        y: Tensor = self.model(x)
        return y
