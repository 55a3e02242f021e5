"""Measures of a recording: seconds of speech, level, noise, clipping, silence, several speakers. Arithmetic alone."""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from audio.reference import Waveform
from shared.errors import RecordingUnusable

Values = NDArray[np.float64]

FRAME_S = 0.02
"""Seconds of a frame: levels are measured in frames."""
EDGE_S = 0.15
"""Seconds of silence that stay before and after the speech."""
LOUD, QUIET = 95, 10
"""Percentiles of the frames' levels that stand for loud speech and for the noise between words."""
SPEECH_RANGE_DB = 30.0
"""Levels below loud speech that count as speech, as in ITU-T P.56's range of active levels, rounded up."""
ABOVE_NOISE_DB = 6.0
"""Level above the noise from which a frame counts as speech, unless that is within 20 dB of loud speech."""
SILENCE_DB = -60.0
"""Level below which everything is silence, relative to full scale."""
CLIPPED = 0.995
"""Magnitude from which a sample, beside another such one, counts as clipped."""

# What makes a recording unusable. Chosen by ear: each leaves a voice that does not resemble its speaker.
MIN_SPEECH_S = 2.0
MIN_LEVEL_DB = -45.0
MAX_CLIPPED = 0.02
MIN_SNR_DB = 6.0
MIN_VOICED = 0.1
"""Least share of the speech that has a pitch: noise and whispers have none."""

PITCH_HZ = (60, 500)
"""Lowest and highest pitch that is searched for: of a deep man's voice and a child's."""
PERIODIC = 0.5
"""Least autocorrelation, at the lag of the period, of a frame that has a pitch."""
PITCH_FRAME_S = 0.04
APART = 5.0
"""Distance in semitones between two groups of pitches that belong to two speakers. Chosen: a speaker's own pitch varies
by 2 to 4 semitones."""
GROUP = 0.2
"""Least share of the voiced frames that the smaller group has."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Measures of a recording. Levels are in decibels relative to full scale; `pitch_hz` is the median, 0 if none."""

    seconds: float
    speech_s: float
    silence_cut_s: float
    level_db: float
    noise_db: float
    clipped: float
    pitch_hz: float
    several_speakers: bool
    sample_rate: int
    channels: int


def measure(wave: Waveform, source: Waveform, *, rate: int, source_rate: int, channels: int) -> tuple[Heard, Waveform]:
    """Measure the recording `wave` (N,) at `rate`; return it without the silence at its ends.

    `source` (M,) is the same at its own rate, where clipping is seen. Raises RecordingUnusable with the reason.
    """
    hop = int(rate * FRAME_S)
    levels = _levels(wave, hop)
    loud, noise = (float(np.percentile(levels, rank)) for rank in (LOUD, QUIET))
    threshold = max(SILENCE_DB, loud - SPEECH_RANGE_DB, min(noise + ABOVE_NOISE_DB, loud - 20))
    speech = levels > threshold
    found = np.flatnonzero(speech)
    edge = int(rate * EDGE_S)
    start = max(0, int(found[0]) * hop - edge) if len(found) else 0
    end = min(len(wave), (int(found[-1]) + 1) * hop + edge) if len(found) else 0
    pitches = _pitches(wave, rate, speech, hop) if len(found) else np.zeros(0)
    heard = Heard(
        seconds=round(len(wave) / rate, 3),
        speech_s=round(len(found) * FRAME_S, 2),
        silence_cut_s=round((len(wave) - (end - start)) / rate, 2),
        level_db=round(_decibels(float(np.mean(10 ** (levels[speech] / 10)))), 1) if len(found) else SILENCE_DB,
        noise_db=round(noise, 1),
        clipped=round(_clipped(source), 4),
        pitch_hz=round(float(np.median(pitches)), 1) if len(pitches) else 0.0,
        several_speakers=_several(pitches),
        sample_rate=source_rate,
        channels=channels,
    )
    _check(heard, voiced=len(pitches) / max(1, len(found)))
    return heard, wave[start:end]


def _check(heard: Heard, *, voiced: float) -> None:
    for is_fault, reason in (
        (heard.level_db < MIN_LEVEL_DB, f"too quiet: {heard.level_db:g} dB of full scale, at least {MIN_LEVEL_DB:g}"),
        (heard.speech_s < MIN_SPEECH_S, f"{heard.speech_s:g} s of speech; at least {MIN_SPEECH_S:g} s are needed"),
        (heard.clipped > MAX_CLIPPED, f"clipped: {heard.clipped:.1%} of the samples, at most {MAX_CLIPPED:.0%}"),
        (
            heard.level_db - heard.noise_db < MIN_SNR_DB,
            f"noise is {heard.level_db - heard.noise_db:.0f} dB below the speech; at least {MIN_SNR_DB:g} are needed",
        ),
        (voiced < MIN_VOICED, "no voice was found, only noise"),
    ):
        if is_fault:
            raise RecordingUnusable(f"audio: {reason}", details={"field": "audio", "heard": asdict(heard)})


def _levels(wave: Waveform, hop: int) -> Values:
    """Return the level of each frame (N // hop,) in decibels, at least one."""
    frames = np.resize(wave, max(hop, len(wave) // hop * hop)).reshape(-1, hop)
    levels: Values = 10 * np.log10(np.maximum(np.mean(frames**2, axis=1), 1e-10))
    return levels


def _decibels(power: float) -> float:
    return float(10 * np.log10(max(power, 1e-10)))


def _clipped(source: Waveform) -> float:
    """Return the share of samples at full scale beside another such one."""
    full = np.abs(source) >= CLIPPED
    return float(np.mean(full[1:] & full[:-1])) if len(full) > 1 else 0.0


def _pitches(wave: Waveform, rate: int, speech: NDArray[np.bool_], hop: int) -> Values:
    """Return the pitch, in Hz, of each speech frame that has one: the lag of the largest autocorrelation."""
    size = int(rate * PITCH_FRAME_S)
    starts = np.flatnonzero(speech) * hop
    starts = starts[starts + size <= len(wave)]
    if not len(starts):
        return np.zeros(0)
    frames = wave[starts[:, None] + np.arange(size)]
    frames = frames - frames.mean(axis=1, keepdims=True)
    spectrum = np.abs(np.fft.rfft(frames, 2 * size, axis=1)) ** 2
    correlation = np.fft.irfft(spectrum, axis=1)[:, :size]
    shortest, longest = rate // PITCH_HZ[1], rate // PITCH_HZ[0]
    lags = np.arange(shortest, longest)
    unbiased = correlation[:, shortest:longest] / (1 - lags / size) / np.maximum(correlation[:, :1], 1e-12)
    is_peak = np.zeros(unbiased.shape, bool)
    is_peak[:, 1:-1] = (unbiased[:, 1:-1] >= unbiased[:, :-2]) & (unbiased[:, 1:-1] >= unbiased[:, 2:])
    best = np.argmax(is_peak & (unbiased > 0.9 * unbiased.max(axis=1, keepdims=True)), axis=1)  # the shortest of them
    is_voiced = unbiased[np.arange(len(best)), best] > PERIODIC
    pitches: Values = rate / lags[best[is_voiced]]
    return pitches


def _several(pitches: Values) -> bool:
    """Report whether the pitches fall into two groups that one speaker does not have."""
    if len(pitches) < 50:  # a second of voiced speech
        return False
    tones = np.sort(12 * np.log2(pitches))
    splits = np.arange(int(len(tones) * GROUP), int(len(tones) * (1 - GROUP)))
    below = np.cumsum(tones)[splits - 1] / splits
    above = (tones.sum() - below * splits) / (len(tones) - splits)
    best = splits[np.argmax((above - below) ** 2 * splits * (len(tones) - splits))]
    low, high = tones[:best], tones[best:]
    return bool(high.mean() - low.mean() > max(APART, 2.5 * (low.std() + high.std())))
