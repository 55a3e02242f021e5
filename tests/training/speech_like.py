"""Synthetic sounds of known pitch: harmonics below a falling envelope with two formants that move."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

RATE = 16_000
TOP_HZ = 5000
Array = npt.NDArray[np.float64]


def contour(points: Sequence[tuple[float, float]]) -> Array:
    """Return a pitch in Hz for each sample, linear in semitones between points of (seconds, Hz); 0 Hz is a pause."""
    times = np.arange(round(points[-1][0] * RATE)) / RATE
    known = [hz if hz > 0 else 1.0 for _, hz in points]
    hz: Array = np.exp2(np.interp(times, [at for at, _ in points], np.log2(known)))
    return np.where(hz < 40, 0.0, hz)


def voice(hz: Array) -> Array:
    """Return samples with the pitch, silent where it is 0."""
    times = np.arange(len(hz)) / RATE
    turn = np.exp(2j * np.pi * np.cumsum(hz) / RATE)
    first, second = 500 + 200 * np.sin(2 * np.pi * 3 * times), 1500 + 500 * np.sin(2 * np.pi * 2 * times)
    samples, turns = np.zeros(len(hz)), np.ones(len(hz), complex)
    for k in range(1, int(TOP_HZ / hz[hz > 0].min()) + 1):
        partial, turns = k * hz, turns * turn
        level = 1 / (1 + ((partial - first) / 120) ** 2) + 0.4 / (1 + ((partial - second) / 150) ** 2) + 0.02
        samples += np.where((partial > 0) & (partial < TOP_HZ), level * turns.imag, 0.0)
    noise = np.random.default_rng(0).standard_normal(len(hz)) * 1e-4
    return 0.3 * samples / np.abs(samples).max() + noise
