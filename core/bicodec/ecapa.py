"""ECAPA-TDNN up to its frame-level latents: what the speaker tokens are drawn from.

The published network goes on to a pooled x-vector that nothing at inference reads; it is left out. Module names are the
checkpoint's own. Source: Desplanques et al., "ECAPA-TDNN: Emphasized Channel Attention, Propagation and Aggregation in
TDNN Based Speaker Verification".
"""

import torch
from torch import Tensor, nn

from core.bicodec.layout import ECAPA_BOTTLENECK, ECAPA_CHANNELS, ECAPA_GROUPS

LATENT_CHANNELS = 3 * ECAPA_CHANNELS
DILATIONS = (2, 3, 4)


class ConvReluNorm(nn.Module):
    """Convolution, ReLU, batch norm: the ReLU comes first."""

    def __init__(self, channels_in: int, channels_out: int, *, kernel: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(channels_in, channels_out, kernel, padding=kernel // 2)
        self.bn = nn.BatchNorm1d(channels_out)

    def forward(self, x: Tensor) -> Tensor:
        """[B, channels_in, T] -> [B, channels_out, T]."""
        y: Tensor = self.bn(torch.relu(self.conv(x)))
        return y


class Res2Conv(nn.Module):
    """Eight channel groups: each but the last is convolved together with the result of the one before it."""

    def __init__(self, dilation: int) -> None:
        super().__init__()
        width = ECAPA_CHANNELS // ECAPA_GROUPS
        self.convs = nn.ModuleList(
            nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation) for _ in range(ECAPA_GROUPS - 1)
        )
        self.bns = nn.ModuleList(nn.BatchNorm1d(width) for _ in range(ECAPA_GROUPS - 1))

    def forward(self, x: Tensor) -> Tensor:
        """[B, 512, T] -> [B, 512, T]."""
        *groups, untouched = x.chunk(ECAPA_GROUPS, dim=1)
        done: list[Tensor] = []
        for group, conv, norm in zip(groups, self.convs, self.bns, strict=True):
            taken = group + done[-1] if done else group
            done.append(norm(torch.relu(conv(taken))))
        return torch.cat([*done, untouched], dim=1)


class SqueezeExcite(nn.Module):
    """A gain for each channel, decided from the mean over all frames."""

    def __init__(self) -> None:
        super().__init__()
        self.linear1 = nn.Linear(ECAPA_CHANNELS, ECAPA_BOTTLENECK)
        self.linear2 = nn.Linear(ECAPA_BOTTLENECK, ECAPA_CHANNELS)

    def forward(self, x: Tensor) -> Tensor:
        """[B, 512, T] -> [B, 512, T]."""
        gain = torch.sigmoid(self.linear2(torch.relu(self.linear1(x.mean(dim=2)))))
        return x * gain.unsqueeze(2)


class SeRes2Block(nn.Module):
    """The four steps above, added to the input."""

    def __init__(self, dilation: int) -> None:
        super().__init__()
        self.se_res2block = nn.Sequential(
            ConvReluNorm(ECAPA_CHANNELS, ECAPA_CHANNELS, kernel=1),
            Res2Conv(dilation),
            ConvReluNorm(ECAPA_CHANNELS, ECAPA_CHANNELS, kernel=1),
            SqueezeExcite(),
        )

    def forward(self, x: Tensor) -> Tensor:
        """[B, 512, T] -> [B, 512, T]."""
        y: Tensor = x + self.se_res2block(x)
        return y


class EcapaTdnn(nn.Module):
    """Mel frames to latents. Squeeze-excite looks at every frame, so the whole clip must be given at once."""

    def __init__(self, mels: int) -> None:
        super().__init__()
        self.layer1 = ConvReluNorm(mels, ECAPA_CHANNELS, kernel=5)
        self.layer2, self.layer3, self.layer4 = (SeRes2Block(dilation) for dilation in DILATIONS)
        self.conv = nn.Conv1d(LATENT_CHANNELS, LATENT_CHANNELS, 1)

    def forward(self, mel: Tensor) -> Tensor:
        """[B, mels, T] -> [B, 1536, T], none below zero."""
        first = self.layer2(self.layer1(mel))
        second = self.layer3(first)
        third = self.layer4(second)
        return torch.relu(self.conv(torch.cat([first, second, third], dim=1)))
