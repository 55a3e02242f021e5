"""Training target of the decoder: amplitudes of harmonics, and noise, for each frame of an utterance.

WORLD's envelopes of the teacher, put on the score's frames and converted to the speaker's throat. Amplitudes are read
in the middle of each frame at the multiples of its pitch. Noise comes from fixed blocks, which the tokens choose: by
frame in voiceless sounds, by slot in voiced ones. A whisper is the voice's envelope filled with noise.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from training.demo_voice.codes import BREATH, SLOT_OF, SOUND_OF, STEP_OF, WHISPER
from training.demo_voice.envelopes import FFT, STEP, STEPS_PER_FRAME, TOP_HZ, Envelopes, convert, noise
from training.demo_voice.flite import RATE
from training.demo_voice.oscillators import HARMONICS
from training.demo_voice.phases import Phases, pitch
from training.demo_voice.phones import FRAMES_PER_PHONE, Span
from training.demo_voice.speakers import Throat

Array = npt.NDArray[np.float64]
NOISE_BLOCKS, NOISE_SEED = 8, 7
BREATH_HZ = 1500.0
"""Frequency above which breath is added to voiced sounds."""
LEVEL, WHISPER_LEVEL = 0.09, 0.035
"""Root mean square of every waveform, silence left out: voices and whispers."""
WHISPER_HZ = 600.0
"""Frequency below which a whisper is weak."""
BREATH_SHAPE = 3 * np.clip((np.arange(FRAMES_PER_PHONE) + 1) / 4, 0, 1) * np.exp(-np.arange(FRAMES_PER_PHONE) / 9)
"""Amplitude of a breath in each of its frames, as a multiple of the teacher's "h"."""


@dataclass(frozen=True, slots=True)
class Target:
    """Amplitudes [T, HARMONICS] and samples of the noise [320 T]."""

    amplitudes: Array
    noise: Array


def blocks() -> Array:
    """Return noise of unit variance [NOISE_BLOCKS, 320], the same in every call."""
    made = np.random.default_rng(NOISE_SEED).standard_normal((NOISE_BLOCKS, STEP * STEPS_PER_FRAME))
    normal: Array = made / made.std(axis=1, keepdims=True)
    return normal


def stretched(spans: Sequence[Span], frames: Sequence[int]) -> list[Span]:
    """Return spans with other lengths in frames, of the same parts of the teacher's sound."""
    return [replace(span, frames=n) for span, n in zip(spans, frames, strict=True)]


def target(envelopes: Envelopes, tokens: Sequence[int], found: Phases, throat: Throat) -> Target:
    """Return the target of tokens whose phases in this throat are `found`; `envelopes` have their frames."""
    periodic = convert(envelopes.periodic, throat.stretch, throat.tilt_db)
    aperiodic = convert(envelopes.noise, throat.stretch, throat.tilt_db)
    slots, sounds, places = (of[np.asarray(tokens)] for of in (SLOT_OF, SOUND_OF, STEP_OF))
    voiced, whispers = slots >= 0, sounds >= WHISPER
    steps = np.repeat(voiced, STEPS_PER_FRAME)
    hertz = np.arange(FFT // 2 + 1) * RATE / FFT
    hz = np.where(voiced, np.nan_to_num(pitch(found)), 0.0)
    reach = np.repeat(np.minimum((HARMONICS + 0.5) * hz, TOP_HZ), STEPS_PER_FRAME)
    beyond = (hertz > reach[:, None]) & steps[:, None]
    breath = 10 ** (throat.breath_db / 10 * np.clip(hertz / BREATH_HZ - 0.5, 0, 1))
    aperiodic = np.where(steps[:, None], aperiodic * breath, aperiodic) + np.where(beyond, periodic, 0.0)
    whisper = (aperiodic + periodic) * (hertz / (hertz + WHISPER_HZ)) ** 2
    aperiodic = np.where(np.repeat(whispers, STEPS_PER_FRAME)[:, None], whisper, aperiodic)
    aperiodic *= np.repeat(np.where(sounds == BREATH, BREATH_SHAPE[places] ** 2, 1.0), STEPS_PER_FRAME)[:, None]
    middle = np.log(np.maximum(periodic, 1e-12)).reshape(len(slots), STEPS_PER_FRAME, -1)[:, 1:3].mean(1)
    amplitudes = np.zeros((len(slots), HARMONICS))
    for t in np.flatnonzero(voiced):
        at = np.arange(1, HARMONICS + 1) * hz[t]
        level = np.exp(0.5 * np.interp(at, hertz, middle[t]))
        amplitudes[t] = np.where(at < TOP_HZ, 2 * np.sqrt(hz[t] / RATE) * level, 0.0)
    chosen = np.where(voiced, slots % NOISE_BLOCKS, places % NOISE_BLOCKS)
    sound = noise(aperiodic, blocks()[chosen].ravel())
    power = 0.5 * (amplitudes**2).sum(1) + (sound.reshape(len(slots), -1) ** 2).mean(1)
    factor = (WHISPER_LEVEL if whispers.any() else LEVEL) / np.sqrt(power[power > 1e-2 * power.max()].mean())
    return Target(amplitudes * factor, sound * factor)
