"""AP-BWE's network: two ConvNeXt streams, log-amplitude and phase, which exchange their sums before every block.

Module names are those of the published checkpoint. Source: Lu et al., "Towards High-Quality and Efficient Speech
Bandwidth Extension with Parallel Amplitude and Phase Prediction".
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.superres.config import KERNEL_RADIUS, SuperResConfig
from core.superres.spectra import Spectrum

# Values of AP-BWE's published code.
EXPANSION = 3
"""Factor by which a block's perceptron widens the channels."""
NORM_EPS = 1e-6
KERNEL = 2 * KERNEL_RADIUS + 1

ALL_FRAMES = slice(None)
"""Range of every frame, or of every sample."""


class ConvNeXtBlock(nn.Module):
    """Residual block: depthwise convolution over time, then a two-layer perceptron per frame."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.dwconv = nn.Conv1d(channels, channels, KERNEL, padding=KERNEL_RADIUS, groups=channels)
        self.norm = nn.LayerNorm(channels, eps=NORM_EPS)
        self.pwconv1 = nn.Linear(channels, EXPANSION * channels)
        self.pwconv2 = nn.Linear(EXPANSION * channels, channels)
        self.gamma = nn.Parameter(torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, T] -> [B, C, T]."""
        frames = self.norm(self.dwconv(x).transpose(1, 2))
        change: Tensor = self.gamma * self.pwconv2(functional.gelu(self.pwconv1(frames)))
        return x + change.transpose(1, 2)


class Generator(nn.Module):
    """Network from the narrow-band to the wide-band spectrum, on the same grid. Predicts all bins, the low ones too."""

    def __init__(self, config: SuperResConfig) -> None:
        super().__init__()
        bins, channels = config.bins, config.channels
        self.conv_pre_mag = nn.Conv1d(bins, channels, KERNEL, padding=KERNEL_RADIUS)
        self.norm_pre_mag = nn.LayerNorm(channels, eps=NORM_EPS)
        self.conv_pre_pha = nn.Conv1d(bins, channels, KERNEL, padding=KERNEL_RADIUS)
        self.norm_pre_pha = nn.LayerNorm(channels, eps=NORM_EPS)
        self.convnext_mag = nn.ModuleList(ConvNeXtBlock(channels) for _ in range(config.layers))
        self.convnext_pha = nn.ModuleList(ConvNeXtBlock(channels) for _ in range(config.layers))
        self.norm_post_mag = nn.LayerNorm(channels, eps=NORM_EPS)
        self.norm_post_pha = nn.LayerNorm(channels, eps=NORM_EPS)
        self.linear_post_mag = nn.Linear(channels, bins)
        self.linear_post_pha_r = nn.Linear(channels, bins)
        self.linear_post_pha_i = nn.Linear(channels, bins)

    def forward(self, spectrum: Spectrum, frames: slice = ALL_FRAMES) -> Spectrum:
        """[B, bins, T] each -> [B, bins, len(frames)] each. A frame depends on 3 * (1 + layers) frames on each side."""
        magnitude = _norm_frames(self.norm_pre_mag, self.conv_pre_mag(spectrum.log_amplitude))
        phase = _norm_frames(self.norm_pre_pha, self.conv_pre_pha(spectrum.phase))
        for magnitude_block, phase_block in zip(self.convnext_mag, self.convnext_pha, strict=True):
            magnitude = magnitude + phase
            phase = phase + magnitude  # the magnitude updated in the line above
            magnitude = magnitude_block(magnitude)
            phase = phase_block(phase)
        correction: Tensor = self.linear_post_mag(self.norm_post_mag(magnitude.transpose(1, 2)))
        vectors = self.norm_post_pha(phase.transpose(1, 2))
        angle = torch.atan2(self.linear_post_pha_i(vectors), self.linear_post_pha_r(vectors))
        return Spectrum(
            log_amplitude=(spectrum.log_amplitude + correction.transpose(1, 2))[..., frames],
            phase=angle.transpose(1, 2)[..., frames],
        )


def _norm_frames(norm: nn.LayerNorm, x: Tensor) -> Tensor:
    """Layer norm over the channels of [B, C, T]."""
    frames: Tensor = norm(x.transpose(1, 2))
    return frames.transpose(1, 2)
