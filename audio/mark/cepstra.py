"""Measure echoes in sound: cepstra of its frames, robust against what speech itself puts there. Arithmetic alone."""

import numpy as np
from numpy.typing import NDArray

from audio.mark.pattern import RATE

Array = NDArray[np.float64]

WINDOW, HOP = 2048, 256
"""Samples of a frame, 128 ms, and from one frame to the next. Chosen: four times the longest echo; 64 ms found less."""
BAND_HZ = (150.0, 7_400.0)
"""Frequencies that are read: between the hum of mains and the edge of 16 kHz filters."""
ENVELOPE_HZ = 70.0
"""Width over which a spectrum's envelope is averaged, to be subtracted. Chosen: it removes formants and most of the
harmonics, and keeps echoes from 14 ms."""
LIMIT = 1.5
"""Largest deviation from the envelope that counts, in standard deviations. Chosen: harmonics exceed it."""
FLOOR_PERCENTILE, FLOOR_WIDTH_HZ, FLOOR_RATIO = 15, 200.0, 4.0
"""Noise floor of a frequency: the power that 15 % of the frames are below, averaged over 200 Hz. A power of four times
the floor counts half."""
QUIET = 1e-6
"""Power, relative to the loudest, that counts half: 60 dB."""
STEPS = 4
"""Steps of the delay in a sample at RATE."""


def echo_cepstra(wave: Array, *, longest: float) -> Array:
    """Return the strength of echoes in each frame of `wave` (N,) at RATE: (frames, delays in 1 / STEPS samples).

    Over the frames, each delay has the mean 0 and the variance 1. The delays are 0 to `longest` samples. There are no
    frames where `wave` is shorter than WINDOW.
    """
    delays = int(longest * STEPS) + 2
    if len(wave) < WINDOW:
        return np.zeros((0, delays))
    frames = np.lib.stride_tricks.sliding_window_view(wave, WINDOW)[::HOP]
    power = np.abs(np.fft.rfft(frames * np.hanning(WINDOW), axis=1)) ** 2
    bins_per_hz = WINDOW / RATE
    loudest = power.max()
    if not loudest > 0:
        return np.zeros((len(power), delays))
    floor = _smooth(np.percentile(power, FLOOR_PERCENTILE, axis=0)[None], FLOOR_WIDTH_HZ * bins_per_hz)
    weight = power / (power + FLOOR_RATIO * floor + QUIET * loudest)
    low, high = (round(edge * bins_per_hz) for edge in BAND_HZ)
    weight[:, :low] = weight[:, high:] = 0.0
    log = np.log(power + 1e-12 * loudest)
    width = ENVELOPE_HZ * bins_per_hz
    deviation = log - _smooth(log * weight, width) / (_smooth(weight, width) + 1e-6)
    spread = np.sqrt((weight * deviation**2).sum() / (weight.sum() + 1e-9)) + 1e-9
    limited = np.clip(deviation / spread, -LIMIT, LIMIT) * weight
    cepstra: Array = np.fft.irfft(limited, WINDOW * STEPS, axis=1)[:, :delays]
    cepstra -= cepstra.mean(axis=0)  # an even pitch shows the same echoes throughout
    cepstra /= np.sqrt((cepstra**2).mean(axis=0)) + 1e-9
    return cepstra


def _smooth(rows: Array, width: float) -> Array:
    """Return the moving mean of each row over an odd number of columns, about `width`."""
    half = max(1, round(width / 2))
    padded = np.pad(rows, ((0, 0), (half + 1, half)), mode="reflect")
    sums = np.cumsum(padded, axis=1)
    means: Array = (sums[:, 2 * half + 1 :] - sums[:, : -2 * half - 1]) / (2 * half + 1)
    return means
