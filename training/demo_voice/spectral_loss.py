"""Distance of waveforms that the decoder's noise is trained by."""

import torch
from torch import Tensor

SPECTRA = (1024, 512, 256)
"""FFT sizes of the spectral loss."""
WAVE_WEIGHT, LOG_WEIGHT = 0.5, 1.0
"""Weights of the waveform's loss, and of the logarithmic loss against the linear one."""


def magnitude(samples: Tensor, size: int) -> Tensor:
    """Return the magnitude spectrum of samples [B, N]: [B, size/2 + 1, frames]."""
    window = torch.hann_window(size, device=samples.device)
    spectrum = torch.stft(samples, size, size // 4, window=window, return_complex=True)
    return (spectrum.real.square() + spectrum.imag.square() + 1e-9).sqrt()


def distance(output: Tensor, target: Tensor) -> Tensor:
    """Return the relative L1 distance of waveforms, and of magnitudes and their logarithms at several resolutions."""
    loss = WAVE_WEIGHT * (output - target).abs().mean() / target.abs().mean()
    for size in SPECTRA:
        a, b = magnitude(output, size), magnitude(target, size)
        floor = 1e-3 * size**0.5
        spectral = (a - b).abs().mean() / b.mean() + LOG_WEIGHT * ((a + floor) / (b + floor)).log().abs().mean()
        loss = loss + spectral / len(SPECTRA)
    return loss
