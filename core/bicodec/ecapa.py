"""ECAPA-TDNN up to its frame-level latents, from which the global tokens are computed.

The published network also computes a pooled x-vector, which inference does not use; it is left out. Module names are
those of the checkpoint. Source: Desplanques et al., "ECAPA-TDNN: Emphasized Channel Attention, Propagation and
Aggregation in TDNN Based Speaker Verification".
"""

import torch
from torch import Tensor, nn

from core.bicodec.layout import ECAPA_BOTTLENECK, ECAPA_CHANNELS, ECAPA_GROUPS

LATENT_CHANNELS = 3 * ECAPA_CHANNELS
"""Channels of the output: those of three blocks, concatenated."""
DILATIONS = (2, 3, 4)
"""Dilations of the three blocks, from the paper."""


class ConvReluNorm(nn.Module):
    """Convolution, ReLU, batch norm, in this order."""

    def __init__(self, channels_in: int, channels_out: int, *, kernel: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(channels_in, channels_out, kernel, padding=kernel // 2)
        self.bn = nn.BatchNorm1d(channels_out)

    def forward(self, x: Tensor) -> Tensor:
        """[B, channels_in, T] -> [B, channels_out, T]."""
        y: Tensor = self.bn(torch.relu(self.conv(x)))
        return y


class Res2Conv(nn.Module):
    """Res2Net convolution of eight channel groups: each group but the last is convolved after adding the result of the
    group before it.
    """

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        width = channels // ECAPA_GROUPS
        self.convs = nn.ModuleList(
            nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation) for _ in range(ECAPA_GROUPS - 1)
        )
        self.bns = nn.ModuleList(nn.BatchNorm1d(width) for _ in range(ECAPA_GROUPS - 1))

    def forward(self, x: Tensor) -> Tensor:
        """[B, 512, T] -> [B, 512, T]."""
        *groups, last = x.chunk(ECAPA_GROUPS, dim=1)
        outputs: list[Tensor] = []
        for group, conv, norm in zip(groups, self.convs, self.bns, strict=True):
            summed = group + outputs[-1] if outputs else group
            outputs.append(norm(torch.relu(conv(summed))))
        return torch.cat([*outputs, last], dim=1)


class SqueezeExcite(nn.Module):
    """Squeeze-and-excitation: a gain per channel, computed from the mean over all frames."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        bottleneck = channels * ECAPA_BOTTLENECK // ECAPA_CHANNELS
        self.linear1 = nn.Linear(channels, bottleneck)
        self.linear2 = nn.Linear(bottleneck, channels)

    def forward(self, x: Tensor) -> Tensor:
        """[B, 512, T] -> [B, 512, T]."""
        gain = torch.sigmoid(self.linear2(torch.relu(self.linear1(x.mean(dim=2)))))
        return x * gain.unsqueeze(2)


class SeRes2Block(nn.Module):
    """Residual block: convolution, Res2 convolution, convolution, squeeze-and-excitation."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.se_res2block = nn.Sequential(
            ConvReluNorm(channels, channels, kernel=1),
            Res2Conv(channels, dilation),
            ConvReluNorm(channels, channels, kernel=1),
            SqueezeExcite(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        """[B, 512, T] -> [B, 512, T]."""
        y: Tensor = x + self.se_res2block(x)
        return y


class EcapaTdnn(nn.Module):
    """Mel frames to latents. Squeeze-and-excitation averages over all frames, so the input is the whole clip.

    Checkpoints have ECAPA_CHANNELS; training may use fewer, whose weights are the others' among zeros.
    """

    def __init__(self, mels: int, channels: int = ECAPA_CHANNELS) -> None:
        super().__init__()
        self.layer1 = ConvReluNorm(mels, channels, kernel=5)
        self.layer2, self.layer3, self.layer4 = (SeRes2Block(channels, dilation) for dilation in DILATIONS)
        self.conv = nn.Conv1d(3 * channels, 3 * channels, 1)

    def forward(self, mel: Tensor) -> Tensor:
        """[B, mels, T] -> [B, 3 * channels, T], no value below zero."""
        first = self.layer2(self.layer1(mel))
        second = self.layer3(first)
        third = self.layer4(second)
        return torch.relu(self.conv(torch.cat([first, second, third], dim=1)))
