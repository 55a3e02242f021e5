"""Long-term spectrum of a voice: its distance from another's, and the share of low frequencies."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
RATE = 16_000
SIZE = 1024
DARK_HZ = 800
"""Upper end of the first formant: below lies a voice's loudness, above it the rest of what tells vowels apart."""
EDGES_HZ = np.array([80, 500, 1000, 1414, 2000, 2828, 4000, 5657, 7600])
"""Edges of bands: half octaves above 1 kHz; below, as wide as two harmonics of a child at least, so that the level of a
band depends little on the pitch.
"""


def long_term_spectrum(recordings: Iterable[npt.NDArray[np.floating]]) -> Array:
    """Return the mean power spectrum [SIZE/2 + 1] of frames that are not silent, over all recordings at RATE.

    Each recording counts alike, however loud it is.
    """
    spectra = [_spectrum(samples) for samples in recordings]
    mean: Array = np.mean(spectra, axis=0)
    return mean


def _spectrum(samples: npt.NDArray[np.floating]) -> Array:
    rows = np.lib.stride_tricks.sliding_window_view(np.pad(samples, (0, SIZE)), SIZE)[:: SIZE // 2]
    power = np.abs(np.fft.rfft(rows * np.hanning(SIZE), axis=1)) ** 2
    loud: Array = power[power.sum(1) > 0.01 * power.sum(1).mean()].mean(0)
    whole: Array = loud / loud.sum()
    return whole


def low_share(spectrum: Array) -> float:
    """Return the share of energy below DARK_HZ."""
    hz = np.fft.rfftfreq(SIZE, 1 / RATE)
    return float(spectrum[hz < DARK_HZ].sum() / spectrum.sum())


def distance_db(a: Array, b: Array) -> float:
    """Return the mean difference in dB between two spectra's bands, where both have the same level on average."""
    difference = _bands_db(a) - _bands_db(b)
    return float(np.abs(difference - difference.mean()).mean())


def _bands_db(spectrum: Array) -> Array:
    hz = np.fft.rfftfreq(SIZE, 1 / RATE)
    inside = (hz[:, None] >= EDGES_HZ[:-1]) & (hz[:, None] < EDGES_HZ[1:])
    mean = spectrum @ inside / inside.sum(0)
    levels: Array = 10 * np.log10(mean + 1e-12)
    return levels
