"""Training target of the decoder: the teacher's voice, resynthesised so that the waveform is a function of the tokens.

Spectral envelopes (WORLD) are put on the 20 ms grid. Harmonics have one pitch with whole periods in a frame, in minimum
phase, so that every frame starts at phase zero. Noise comes from fixed blocks, chosen by the frame's index in its
phone. Plain regression can then learn the waveform, at the price of a constant pitch.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyworld

from training.demo_voice.codes import FRAME_S, FRAMES_PER_PHONE, UNVOICED, Span
from training.demo_voice.flite import RATE
from training.demo_voice.speakers import Speaker

Array = npt.NDArray[np.float64]
STEP_S, STEP = 0.005, 80
"""Frame of WORLD, in seconds and in samples."""
STEPS_PER_FRAME = round(FRAME_S / STEP_S)
FFT = 1024
TOP_HZ = 7600
NOISE_SEED = 7


@dataclass(frozen=True, slots=True)
class Envelopes:
    """WORLD frames on the grid, [4·tokens, FFT/2 + 1] powers each: the periodic and the noise part."""

    periodic: Array
    noise: Array


def noise_blocks() -> Array:
    """Return noise of unit variance [FRAMES_PER_PHONE, 320], the same in every call."""
    blocks = np.random.default_rng(NOISE_SEED).standard_normal((FRAMES_PER_PHONE, round(FRAME_S * RATE)))
    normal: Array = blocks / blocks.std(axis=1, keepdims=True)
    return normal


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


def analyse(samples: Array, spans: Sequence[Span]) -> Envelopes:
    """Return the envelopes of the teacher's `samples` at the times that `spans` give for each step of the grid."""
    return on_grid(spectra(samples, spans), spans)


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


def _minimum_phase(power: Array) -> npt.NDArray[np.complex128]:
    """Return the response [steps, FFT/2 + 1] with the given power and minimum phase, by the folded cepstrum."""
    cepstrum = np.fft.irfft(0.5 * np.log(np.maximum(power, 1e-12)), axis=1)
    cepstrum[:, 1 : FFT // 2] *= 2
    cepstrum[:, FFT // 2 + 1 :] = 0
    response: npt.NDArray[np.complex128] = np.exp(np.fft.rfft(cepstrum, axis=1))
    return response


def harmonics(power: Array, pitch_hz: int) -> Array:
    """Return samples of a voice at `pitch_hz`; complex amplitudes are interpolated between steps."""
    frequencies = np.arange(1, TOP_HZ // pitch_hz + 1) * pitch_hz
    place = frequencies / (RATE / FFT)
    low, weight = place.astype(int), place - place.astype(int)
    response = _minimum_phase(power)
    magnitude, phase = np.log(np.abs(response)), np.unwrap(np.angle(response), axis=1)
    log_amplitude = magnitude[:, low] * (1 - weight) + magnitude[:, low + 1] * weight
    angle = phase[:, low] * (1 - weight) + phase[:, low + 1] * weight
    amplitude = np.exp(log_amplitude + 1j * angle)
    following = np.concatenate([amplitude[1:], amplitude[-1:]])
    turns = np.exp(2j * np.pi * np.outer(frequencies, np.arange(STEP * STEPS_PER_FRAME)) / RATE)
    ramp = np.arange(STEP) / STEP
    samples = np.empty((len(power), STEP))
    for i in range(STEPS_PER_FRAME):  # steps at the same place in their frames share the phases
        rows, block = slice(i, None, STEPS_PER_FRAME), turns[:, STEP * i : STEP * (i + 1)]
        samples[rows] = (amplitude[rows] @ block).real * (1 - ramp) + (following[rows] @ block).real * ramp
    out: Array = samples.ravel() * 2 * np.sqrt(pitch_hz / RATE)
    return out


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


def resynthesise(envelopes: Envelopes, spans: Sequence[Span], speaker: Speaker, blocks: Array) -> Array:
    """Return the training target: 320 samples at 16 kHz for each frame of `spans`."""
    periodic = convert(envelopes.periodic, speaker.stretch, speaker.tilt_db)
    aperiodic = convert(envelopes.noise, speaker.stretch, speaker.tilt_db)
    return harmonics(periodic, speaker.pitch_hz) + noise(
        aperiodic, np.concatenate([blocks[: span.frames].ravel() for span in spans])
    )
