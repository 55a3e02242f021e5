"""Sound to log-amplitude and phase, and back: the two ends of AP-BWE, on its one time-frequency grid."""

from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

AMPLITUDE_FLOOR = 1e-4


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
        """Take `wave` [B, L] apart; frames = 1 + L // hop. The reflected edges need L > n_fft // 2, else ValueError."""
        if wave.shape[-1] <= self.n_fft // 2:
            raise ValueError(f"{wave.shape[-1]} samples are too few: the transform needs over {self.n_fft // 2}")
        window = _hann(self.win, wave.dtype, wave.device)
        complex_spectrum = torch.stft(
            wave, self.n_fft, self.hop, self.win, window, center=True, pad_mode="reflect", return_complex=True
        )
        return Spectrum(
            log_amplitude=torch.log(complex_spectrum.abs() + AMPLITUDE_FLOOR),
            phase=complex_spectrum.angle(),
        )

    def synthesise(self, spectrum: Spectrum) -> Tensor:
        """Put a spectrum together: [B, hop * (frames - 1)], so up to hop - 1 samples of the analysed sound are lost."""
        window = _hann(self.win, spectrum.phase.dtype, spectrum.phase.device)
        complex_spectrum = torch.polar(spectrum.log_amplitude.exp(), spectrum.phase)
        return torch.istft(complex_spectrum, self.n_fft, self.hop, self.win, window, center=True)


@cache
def _hann(win: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    # Made in float32 whatever the signal's type: a float64 run then reproduces the float32 model's own window.
    return torch.hann_window(win, dtype=torch.float32).to(device=device, dtype=dtype)
