"""Reference speech for a new voice: read a file, level its volume, cut the clip that the speaker encoder hears.

Everything is float64, as the encoder was trained behind. Knows nothing of tokens or models.
"""

from math import ceil
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from shared.errors import ValidationFailed

Waveform = NDArray[np.float64]
"""Mono samples of a reference, shape (N,)."""

MAX_CHANNELS = 8

QUIET_PEAK = 0.1
SILENT_PEAK = 1e-3
AUDIBLE = 0.01
MIN_AUDIBLE_SAMPLES = 10
LOUD_RANKS = (0.9, 0.99)
LOUD_LEVEL = 0.2
GAIN_BOUNDS = (0.1, 10.0)


def load_audio(source: Path | BinaryIO, *, rate: int, max_s: float) -> Waveform:
    """Read any format that libsndfile knows, its first channel, resampled to `rate` Hz.

    Raises ValidationFailed for what is not a sound file, is empty, is longer than `max_s` or holds no finite numbers.
    """
    try:
        with soundfile.SoundFile(source) as file:
            if file.channels > MAX_CHANNELS:
                raise ValidationFailed(f"audio has {file.channels} channels; at most {MAX_CHANNELS} are read")
            limit = ceil(max_s * file.samplerate)
            # The header's length is not believed: reading one frame too many shows a file that is too long.
            frames = file.read(limit + 1, dtype="float64", always_2d=True)
            source_rate = file.samplerate
    except soundfile.LibsndfileError as error:
        raise ValidationFailed("audio is not in a readable sound format") from error
    if not len(frames):
        raise ValidationFailed("audio is empty")
    if len(frames) > limit:
        raise ValidationFailed(f"audio is longer than {max_s:g} s")
    wave: Waveform = frames[:, 0]
    if not np.isfinite(wave).all():
        raise ValidationFailed("audio holds numbers that are not finite")
    if source_rate != rate:
        wave = soxr.resample(wave, source_rate, rate, quality="VHQ")
    return wave


def volume_normalize(wave: Waveform) -> Waveform:
    """Bring the loud part of `wave` (N,) to a mean magnitude of 0.2, with a gain of 0.1 to 10 and no peak above 1."""
    magnitudes = np.sort(np.abs(wave))
    if not len(magnitudes):
        return wave
    peak = magnitudes[-1]
    if peak < QUIET_PEAK:
        wave = wave / max(peak, SILENT_PEAK) * QUIET_PEAK
    # The statistics are those of the sound before the step above: the encoder was trained behind exactly that.
    audible = magnitudes[magnitudes > AUDIBLE]
    if len(audible) <= MIN_AUDIBLE_SAMPLES:
        return wave
    first, end = (int(rank * len(audible)) for rank in LOUD_RANKS)
    wave = wave * np.clip(LOUD_LEVEL / audible[first:end].mean(), *GAIN_BOUNDS)
    peak = np.abs(wave).max()
    return wave / peak if peak > 1 else wave


def reference_clip(wave: Waveform, *, rate: int, seconds: float, hop: int) -> Waveform:
    """The first `seconds` of `wave` (N,), whole hops of it; a shorter sound is repeated from its beginning.

    Raises ValidationFailed for an empty sound.
    """
    if not len(wave):
        raise ValidationFailed("audio is empty")
    return np.resize(wave, int(rate * seconds) // hop * hop)
