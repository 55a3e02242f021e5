"""Level of an added signal against the masking threshold of speech, as in perceptual audio coders (Johnston, 1988).

Frames of 32 ms; the power in each critical band is spread to its neighbours, and lowered by 5.5 dB where the frame is
noise and by 14.5 dB plus the band's number where it is a tone; below the threshold of hearing nothing is heard.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

RATE, WINDOW, HOP = 16_000, 512, 256
_LOW_HZ = (0, 100, 200, 300, 400, 510, 630, 770, 920, 1080, 1270)
_HIGH_HZ = (1480, 1720, 2000, 2320, 2700, 3150, 3700, 4400, 5300, 6400, 7700)
BANDS_HZ = np.array([*_LOW_HZ, *_HIGH_HZ])
"""Edges of Zwicker's critical bands."""
FULL_SCALE_DB = 96.0
"""Sound pressure level that a full-scale tone is taken to have."""
TONAL_FLATNESS_DB = -60.0
"""Spectral flatness at which a frame counts as a tone."""


def noise_to_mask_db(speech: Array, added: Array) -> Array:
    """Return the level of `added` (N,) above the masking threshold of `speech` (N,): (frames, bands) in dB.

    Frames 50 dB below the loudest count as pauses and are left out.
    """
    power, other = _spectra(speech), _spectra(added)
    loud = power.sum(axis=1)
    kept = loud > 1e-5 * loud.max()
    power, other = power[kept], other[kept]
    bands, added_bands = _in_bands(power), _in_bands(other)
    numbers = np.arange(1, bands.shape[1] + 1)
    apart = numbers[:, None] - numbers[None] + 0.474
    spreading = 10 ** ((15.81 + 7.5 * apart - 17.5 * np.sqrt(1 + apart**2)) / 10)  # from band j to band i
    spread = bands @ spreading.T / spreading.sum(axis=1)
    flatness = 10 * (np.log10(power + 1e-20).mean(axis=1) - np.log10(power.mean(axis=1) + 1e-20))
    tonal = np.clip(flatness / TONAL_FLATNESS_DB, 0, 1)[:, None]
    offset = tonal * (14.5 + numbers) + (1 - tonal) * 5.5
    threshold = np.maximum(spread / 10 ** (offset / 10), _hearing())
    levels: Array = 10 * np.log10(np.maximum(added_bands, 1e-20) / threshold)
    return levels


def _spectra(wave: Array) -> Array:
    frames = np.lib.stride_tricks.sliding_window_view(wave, WINDOW)[::HOP]
    spectra: Array = np.abs(np.fft.rfft(frames * np.hanning(WINDOW), axis=1)) ** 2
    return spectra


def _in_bands(power: Array) -> Array:
    edges = np.round(BANDS_HZ * WINDOW / RATE).astype(int)
    return np.add.reduceat(power[:, : edges[-1]], edges[:-1], axis=1)


def _hearing() -> Array:
    """Return the power of each band that is just heard in quiet (Terhardt)."""
    khz = (BANDS_HZ[1:] + BANDS_HZ[:-1]) / 2000
    level = 3.64 * khz**-0.8 - 6.5 * np.exp(-0.6 * (khz - 3.3) ** 2) + 1e-3 * khz**4
    full_scale = (np.hanning(WINDOW).sum() / 2) ** 2
    powers: Array = full_scale * 10 ** ((level - FULL_SCALE_DB) / 10)
    return powers
