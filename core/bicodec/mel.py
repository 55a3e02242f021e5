"""Mel spectrogram for the speaker encoder: linear magnitudes, without logarithm, on Slaney's mel scale.

Knows nothing of the encoder. The checkpoint contains neither window nor filters, so this module computes them.
"""

import math

import torch
from torch import Tensor

from core.bicodec.config import MelConfig

# Constants of Slaney's mel scale (Auditory Toolbox, 1998).
LINEAR_HZ_PER_MEL = 200 / 3
LOG_FROM_HZ = 1000.0
LOG_STEP = math.log(6.4) / 27


class MelSpectrogram:
    """Mel spectrogram of one configuration, with its window and filters."""

    def __init__(self, config: MelConfig) -> None:
        self.config = config
        self.window = torch.hann_window(config.win_length)
        self.filters = mel_filters(config)

    def __call__(self, wave: Tensor) -> Tensor:
        """`wave` [B, N] -> [B, num_mels, 1 + N // hop_length]; the reflected edges need N > n_fft // 2."""
        config = self.config
        spectrum = torch.stft(
            wave,
            config.n_fft,
            config.hop_length,
            config.win_length,
            self.window.to(wave.device),
            center=True,
            pad_mode="reflect",
            return_complex=True,
        )
        return self.filters.to(wave.device).T @ spectrum.abs()


def mel_filters(config: MelConfig) -> Tensor:
    """Return triangular filters of equal area from `mel_fmin` to `mel_fmax` Hz: [n_fft // 2 + 1, num_mels], float32."""
    nyquist = config.sample_rate // 2
    lowest = hz_to_mel(config.mel_fmin)
    highest = hz_to_mel(nyquist if config.mel_fmax is None else config.mel_fmax)
    mels = torch.linspace(lowest, highest, config.num_mels + 2, dtype=torch.float64)
    edges = mel_to_hz(mels)
    below, centre, above = edges[:-2], edges[1:-1], edges[2:]
    bins = torch.linspace(0, nyquist, config.n_fft // 2 + 1, dtype=torch.float64).unsqueeze(1)
    triangles = torch.minimum((bins - below) / (centre - below), (above - bins) / (above - centre)).clamp(min=0)
    return (triangles * (2 / (above - below))).float()


def hz_to_mel(hz: float) -> float:
    """Convert Hz to mel on Slaney's scale: linear below 1 kHz, logarithmic above."""
    if hz < LOG_FROM_HZ:
        return hz / LINEAR_HZ_PER_MEL
    return LOG_FROM_HZ / LINEAR_HZ_PER_MEL + math.log(hz / LOG_FROM_HZ) / LOG_STEP


def mel_to_hz(mels: Tensor) -> Tensor:
    """Convert mel to Hz: the inverse of `hz_to_mel`, for tensors of any shape."""
    log_from = LOG_FROM_HZ / LINEAR_HZ_PER_MEL
    logarithmic = LOG_FROM_HZ * torch.exp((mels - log_from) * LOG_STEP)
    return torch.where(mels < log_from, mels * LINEAR_HZ_PER_MEL, logarithmic)
