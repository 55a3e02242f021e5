"""AP-BWE as one callable: resample, analyse, predict, synthesise. Knows nothing of files, pieces or streams."""

from collections.abc import Callable
from typing import Generic, TypeVar

import torch
from torch import Tensor

from core.superres.config import SuperResConfig
from core.superres.generator import ALL
from core.superres.resample import resample
from core.superres.spectra import Spectrum, Stft

Network = Callable[[Spectrum, slice], Spectrum]
N = TypeVar("N", bound=Network)


class SuperResolver(Generic[N]):
    """Sound at `config.low_rate` in, sound at `config.high_rate` out. Each stage can be called alone."""

    def __init__(self, config: SuperResConfig, generator: N) -> None:
        self.config = config
        self.generator = generator
        self.stft = Stft(n_fft=config.n_fft, hop=config.hop, win=config.win)

    def resample(self, wave: Tensor) -> Tensor:
        """[B, N] at the low rate -> [B, ceil(N * high_rate / low_rate)], in which nothing more is heard."""
        return resample(wave, source_rate=self.config.low_rate, target_rate=self.config.high_rate)

    def predict(self, spectrum: Spectrum, frames: slice = ALL) -> Spectrum:
        """Narrow-band spectrum at the high rate -> wide-band spectrum on the same grid, of these frames."""
        return self.generator(spectrum, frames)

    @torch.inference_mode()
    def __call__(self, wave: Tensor, *, wanted: slice = ALL) -> Tensor:
        """[B, N] at the low rate -> [B, M] at the high rate, not clipped; M = the resampled length down to a whole hop.

        `wanted`: those of the M samples that are needed. Raises ValueError where the resampled sound has n_fft // 2
        samples or fewer.
        """
        spectrum = self.stft.analyse(self.resample(wave))
        hop, half = self.config.hop, self.config.win // 2
        start, stop, _ = wanted.indices(hop * (spectrum.phase.shape[-1] - 1))
        first = max(0, (start - half) // hop)
        made = self.stft.synthesise(self.predict(spectrum, slice(first, (stop + half) // hop + 1)))
        return made[:, start - first * hop : stop - first * hop]
