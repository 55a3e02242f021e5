"""Golden arrays of the mel spectrogram: `wav`, and for any tag X `fb_X`, `window_X` and `mel_X`.

The files state no settings; those of X are inferred from its filters and printed in the notes.
"""

import re

import numpy as np
import torch
from torch import Tensor

from core.bicodec.config import MelConfig
from core.bicodec.mel import MelSpectrogram
from tools.vectors.arrays import Arrays, Rules
from tools.vectors.filterbank import read_back
from tools.vectors.verdict import Array, Verdict, close

WINDOW = 1e-6
"""Largest tolerated difference of the analysis window."""
FILTERS = 1e-4
"""Largest tolerated difference of filters, relative to the tallest; a bound wrong by 1 Hz gives ten times as much."""
MEL = 1e-4
"""Largest tolerated difference of the spectrogram."""


class MelVectors:
    """Comparisons of mel spectrograms."""

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays
        self.inferred: dict[str, MelConfig] = {}

    @property
    def rules(self) -> Rules:
        return {
            r"fb_(?P<tag>\w+)": self.filters,
            r"window_(?P<tag>\w+)": self.window,
            r"mel_(?P<tag>\w+)": self.mel,
        }

    def filters(self, match: re.Match[str], expected: Array) -> Verdict:
        config = self.config(match["tag"])
        note = (
            f"inferred from the filters: {config.sample_rate} Hz, n_fft {config.n_fft}, {config.num_mels} mels,"
            f" {config.mel_fmin:g} to {config.mel_fmax:g} Hz"
        )
        return close(MelSpectrogram(config).filters, expected, FILTERS * float(np.abs(expected).max()), note)

    def window(self, _match: re.Match[str], expected: Array) -> Verdict:
        return close(torch.hann_window(len(expected)), expected, WINDOW)

    def mel(self, match: re.Match[str], expected: Array) -> Verdict:
        config = self.config(match["tag"])
        note = f"hop {config.hop_length}, inferred from the number of frames"
        return close(MelSpectrogram(config)(self.wave(match["tag"])), expected, MEL, note)

    def wave(self, tag: str) -> Tensor:
        return self.arrays.tensor(f"wav_{tag}", "wav").reshape(1, -1)

    def config(self, tag: str) -> MelConfig:
        """Return the inferred configuration; of several candidates, the one nearest to the golden mel."""
        if tag not in self.inferred:
            wave, golden = self.wave(tag), self.arrays.tensor(f"mel_{tag}")
            possible = read_back(
                self.arrays.tensor(f"fb_{tag}").numpy(),
                win=len(self.arrays.tensor(f"window_{tag}")),
                samples=wave.shape[-1],
                frames=golden.shape[-1],
            )
            self.inferred[tag] = min(
                possible, key=lambda config: close(MelSpectrogram(config)(wave), golden, MEL).error
            )
        return self.inferred[tag]
