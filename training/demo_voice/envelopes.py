"""Envelopes of the teacher's voice on the grid, and what changes them: the material of the decoder's targets."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyworld

from training.demo_voice.flite import RATE
from training.demo_voice.phones import FRAME_S, UNVOICED, Span

Array = npt.NDArray[np.float64]
STEP_S, STEP = 0.005, 80
"""Frame of WORLD, in seconds and in samples."""
STEPS_PER_FRAME = round(FRAME_S / STEP_S)
FFT = 1024
TOP_HZ = 7600


@dataclass(frozen=True, slots=True)
class Envelopes:
    """WORLD frames on the grid, [4·tokens, FFT/2 + 1] powers each: the periodic and the noise part."""

    periodic: Array
    noise: Array


@dataclass(frozen=True, slots=True)
class Spectra:
    """WORLD's frames of a sound, one for each STEP_S: power and aperiodicity, [steps, FFT/2 + 1] each."""

    power: Array
    aperiodicity: Array


def spectra(samples: Array, spans: Sequence[Span]) -> Spectra:
    """Return the spectra of the teacher's `samples`; the phones of `spans` say which steps are voiced."""
    f0, times = pyworld.dio(samples, RATE, f0_floor=60.0, f0_ceil=400.0, frame_period=1000 * STEP_S)
    f0 = pyworld.stonemask(samples, f0, times, RATE)
    f0 = _voiced_by_phone(f0, times, spans)
    power = pyworld.cheaptrick(samples, f0, times, RATE, fft_size=FFT)
    return Spectra(power, pyworld.d4c(samples, f0, times, RATE, fft_size=FFT))


def on_grid(found: Spectra, spans: Sequence[Span]) -> Envelopes:
    """Return the envelopes at the times that `spans` give for each step of the grid."""
    at = np.concatenate([_read_times(span) for span in spans])
    index = np.clip(np.round(at / STEP_S).astype(int), 0, len(found.power) - 1)
    voiced = np.concatenate([np.full(span.frames * STEPS_PER_FRAME, span.phone not in UNVOICED) for span in spans])
    share = np.where(voiced[:, None], found.aperiodicity[index] ** 2, 1.0)
    silent = np.concatenate([np.full(span.frames * STEPS_PER_FRAME, span.phone == 0) for span in spans])
    level = np.where(silent[:, None], 0.0, found.power[index])
    return Envelopes(level * (1 - share), level * share)


def _voiced_by_phone(f0: Array, times: Array, spans: Sequence[Span]) -> Array:
    """Return the pitch with voicing by phone and gaps filled: errors of the tracker would not depend on the tokens."""
    phone = np.zeros(len(times), int)
    for span in spans:
        phone[(times >= span.start_s) & (times < span.end_s)] = span.phone
    known = f0 > 0
    filled = np.interp(times, times[known], f0[known]) if known.any() else np.full(len(f0), 150.0)
    voiced: Array = np.where(np.isin(phone, list(UNVOICED)), 0.0, filled)
    return voiced


def _read_times(span: Span) -> Array:
    steps = span.frames * STEPS_PER_FRAME
    times: Array = span.start_s + (np.arange(steps) + 0.5) / steps * (span.end_s - span.start_s)
    return times


def noise(power: Array, source: Array) -> Array:
    """Return samples of the noise `source` with the envelope, zero phase, by overlapping Hann windows of two steps."""
    padded = np.pad(source, STEP // 2)
    padded = np.pad(padded, (0, STEP))
    window = np.hanning(2 * STEP + 1)[:-1]
    size = 512
    rows = np.lib.stride_tricks.sliding_window_view(padded, 2 * STEP)[::STEP][: len(power)] * window
    filtered = np.fft.irfft(np.fft.rfft(rows, size, axis=1) * np.sqrt(power[:, ::2]), size, axis=1)
    margin = (size - 2 * STEP) // 2
    filtered = np.roll(filtered, margin, axis=1)
    out = np.zeros(len(source) + 2 * size)
    for i, row in enumerate(filtered):
        start = size + i * STEP - STEP // 2 - margin
        out[start : start + size] += row
    return out[size : size + len(source)]


def convert(power: Array, stretch: float, tilt_db: float) -> Array:
    """Convert the voice: formants at `stretch` times their frequency, and `tilt_db` per octave above 1 kHz."""
    bins = np.arange(power.shape[1])
    place = np.minimum(bins / stretch, bins[-1])
    low = np.minimum(place.astype(int), bins[-1] - 1)
    weight = place - low
    level = np.log(np.maximum(power, 1e-12))
    moved = level[:, low] * (1 - weight) + level[:, low + 1] * weight
    octaves = np.log2(np.maximum(bins * RATE / FFT, 1000.0) / 1000.0)
    changed: Array = np.exp(moved + tilt_db * octaves * np.log(10) / 10)
    return changed
