"""Measures of brightness on sounds with a known spectrum."""

import numpy as np
import pytest

from tests.training.speech_like import RATE, Array, contour, voice
from training.demo_voice.measures.spectrum import distance_db, long_term_spectrum, low_share


def tilted(samples: Array, db_per_octave: float) -> Array:
    """Return the sound with a tilt above 1 kHz."""
    spectrum = np.fft.rfft(samples)
    hz = np.fft.rfftfreq(len(samples), 1 / RATE)
    octaves = np.log2(np.maximum(hz, 1000) / 1000)
    return np.fft.irfft(spectrum * 10 ** (db_per_octave * octaves / 20), len(samples))


def sine(hz: float) -> Array:
    return np.sin(2 * np.pi * hz * np.arange(RATE) / RATE)


def test_low_share_is_the_energy_below_the_limit() -> None:
    assert low_share(long_term_spectrum([sine(300)])) == pytest.approx(1, abs=0.01)
    assert low_share(long_term_spectrum([sine(300) + sine(2000)])) == pytest.approx(0.5, abs=0.02)
    assert low_share(long_term_spectrum([sine(2000)])) == pytest.approx(0, abs=0.01)


def test_distance_is_that_of_the_tilt_and_not_of_loudness() -> None:
    sound = voice(contour([(0, 120.0), (1.0, 170.0), (2.0, 110.0)])) + 0.01 * np.random.default_rng(2).standard_normal(
        2 * RATE
    )
    own = long_term_spectrum([sound])
    assert distance_db(own, long_term_spectrum([sound * 0.1])) == pytest.approx(0, abs=0.1)
    assert distance_db(own, long_term_spectrum([tilted(sound, -2)])) == pytest.approx(1.9, abs=0.4)
    assert distance_db(own, long_term_spectrum([tilted(sound, -6)])) > 4


def test_distance_depends_little_on_pitch() -> None:
    low, high = (voice(contour([(0, hz), (1.0, hz * 1.3), (2.0, hz)])) for hz in (110.0, 200.0))
    assert distance_db(long_term_spectrum([low]), long_term_spectrum([high])) < 3


def test_silence_does_not_count() -> None:
    sound = voice(contour([(0, 140.0), (1.0, 140.0)]))
    padded = np.concatenate([sound, 1e-4 * np.random.default_rng(3).standard_normal(3 * RATE)])
    assert distance_db(long_term_spectrum([sound]), long_term_spectrum([padded])) < 0.3
