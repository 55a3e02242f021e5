"""Transform sound to log-amplitude and phase, and back: AP-BWE's input and output."""

from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

AMPLITUDE_FLOOR = 1e-4
"""Added to the amplitude before the logarithm, in AP-BWE's published code."""


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Natural-log amplitude and phase in radians, each [B, n_fft // 2 + 1, frames].

    Phases are raw angles in (-pi, pi]: near the ends of that range, and where the amplitude is near zero, they jump by
    2 pi on rounding errors alone, so two spectra are compared by `exp(log_amplitude + i phase)`.
    """

    log_amplitude: Tensor
    phase: Tensor


@dataclass(frozen=True, slots=True)
class Stft:
    """A centred short-time Fourier transform; all sizes in samples."""

    n_fft: int
    hop: int
    win: int

    def analyse(self, wave: Tensor) -> Spectrum:
        """Return the spectrum of `wave` [B, L], with 1 + L // hop frames.

        Raises ValueError unless L > n_fft // 2, which the reflected edges need.
        """
        if wave.shape[-1] <= self.n_fft // 2:
            raise ValueError(f"{wave.shape[-1]} samples are too few: the transform needs more than {self.n_fft // 2}")
        window = _hann(self.win, wave.dtype, wave.device)
        complex_spectrum = torch.stft(
            wave, self.n_fft, self.hop, self.win, window, center=True, pad_mode="reflect", return_complex=True
        )
        return Spectrum(
            log_amplitude=torch.log(complex_spectrum.abs() + AMPLITUDE_FLOOR),
            phase=complex_spectrum.angle(),
        )

    def synthesise(self, spectrum: Spectrum) -> Tensor:
        """Return the sound [B, hop * (frames - 1)] of a spectrum: up to hop - 1 samples less than were analysed."""
        window = _hann(self.win, spectrum.phase.dtype, spectrum.phase.device)
        complex_spectrum = torch.polar(spectrum.log_amplitude.exp(), spectrum.phase)
        return torch.istft(complex_spectrum, self.n_fft, self.hop, self.win, window, center=True)


@cache
def _hann(win: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    # Computed in float32 for every type, so that a float64 run uses the same window as the float32 model.
    return torch.hann_window(win, dtype=torch.float32).to(device=device, dtype=dtype)
