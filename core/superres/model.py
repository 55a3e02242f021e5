"""AP-BWE as one callable: resample, analyse, predict, synthesise. Knows nothing of files or streams."""

from collections.abc import Callable
from typing import Generic, TypeVar

import torch
from torch import Tensor

from core.superres.config import SuperResConfig
from core.superres.generator import ALL_FRAMES
from core.superres.resample import resample
from core.superres.spectra import Spectrum, Stft

Network = Callable[[Spectrum, slice], Spectrum]
N = TypeVar("N", bound=Network)


class SuperResolver(Generic[N]):
    """Super-resolution of a whole signal from `config.low_rate` to `config.high_rate`; each step is a method."""

    def __init__(self, config: SuperResConfig, generator: N) -> None:
        self.config = config
        self.generator = generator
        self.stft = Stft(n_fft=config.n_fft, hop=config.hop, win=config.win)

    def resample(self, wave: Tensor) -> Tensor:
        """[B, N] at the low rate -> [B, ceil(N * high_rate / low_rate)], with the same bandwidth."""
        return resample(wave, source_rate=self.config.low_rate, target_rate=self.config.high_rate)

    def predict(self, spectrum: Spectrum, frames: slice = ALL_FRAMES) -> Spectrum:
        """Return the wide-band spectrum of `frames`, given the narrow-band spectrum on the same grid."""
        return self.generator(spectrum, frames)

    @torch.inference_mode()
    def __call__(self, wave: Tensor, *, wanted: slice = ALL_FRAMES) -> Tensor:
        """[B, N] at the low rate -> [B, M] at the high rate, not clipped; M is the resampled length down to a whole
        hop.

        `wanted` selects some of the M samples. Raises ValueError if the resampled signal has n_fft // 2 samples or
        fewer.
        """
        spectrum = self.stft.analyse(self.resample(wave))
        hop, half = self.config.hop, self.config.win // 2
        start, stop, _ = wanted.indices(hop * (spectrum.phase.shape[-1] - 1))
        first = max(0, (start - half) // hop)
        wave = self.stft.synthesise(self.predict(spectrum, slice(first, (stop + half) // hop + 1)))
        return wave[:, start - first * hop : stop - first * hop]
