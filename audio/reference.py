"""Prepare reference speech for a new voice: read a file, normalise its volume, cut the speaker encoder's clip.

All arithmetic is float64, as in the encoder's training. Knows nothing of tokens or models.
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
"""Largest number of channels that is read. Chosen: it bounds the memory of a short file."""

# Volume normalisation of BiCodec's published code. Levels are magnitudes relative to full scale.
QUIET_PEAK = 0.1
"""Peak to which quieter sound is raised first."""
SILENT_PEAK = 1e-3
"""Least peak by which that step divides."""
AUDIBLE = 0.01
"""Level above which a sample counts towards the volume."""
MIN_AUDIBLE_SAMPLES = 10
"""Number of such samples up to which the volume is left unchanged."""
LOUD_RANKS = (0.9, 0.99)
"""Ranks, among the sorted audible magnitudes, between which the volume is averaged."""
LOUD_LEVEL = 0.2
"""Target of that average."""
GAIN_BOUNDS = (0.1, 10.0)
"""Smallest and largest gain."""


def load_audio(source: Path | BinaryIO, *, rate: int, max_s: float) -> Waveform:
    """Read the first channel of a sound file in any format of libsndfile, resampled to `rate` Hz.

    Raises ValidationFailed for a file that is not sound, is empty, is longer than `max_s` seconds, or contains samples
    that are not finite.
    """
    try:
        with soundfile.SoundFile(source) as file:
            if file.channels > MAX_CHANNELS:
                raise ValidationFailed(f"audio has {file.channels} channels; at most {MAX_CHANNELS} are read")
            limit = ceil(max_s * file.samplerate)
            # The length in the header may be wrong. One frame beyond the limit shows that a file is too long.
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
        raise ValidationFailed("audio contains samples that are not finite")
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
    # These statistics are of the sound before the step above, as in the encoder's training.
    audible = magnitudes[magnitudes > AUDIBLE]
    if len(audible) <= MIN_AUDIBLE_SAMPLES:
        return wave
    first, end = (int(rank * len(audible)) for rank in LOUD_RANKS)
    wave = wave * np.clip(LOUD_LEVEL / audible[first:end].mean(), *GAIN_BOUNDS)
    peak = np.abs(wave).max()
    return wave / peak if peak > 1 else wave


def reference_clip(wave: Waveform, *, rate: int, seconds: float, hop: int) -> Waveform:
    """Return the first `seconds` of `wave` (N,), rounded down to whole hops. A shorter wave is repeated.

    Raises ValidationFailed for an empty wave.
    """
    if not len(wave):
        raise ValidationFailed("audio is empty")
    return np.resize(wave, int(rate * seconds) // hop * hop)
