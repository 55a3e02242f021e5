"""Measures of intonation on sounds of known pitch."""

import numpy as np
import pytest

from tests.training.speech_like import RATE, contour, voice
from training.demo_voice.measures.contour import (
    CONSTANT,
    FALL,
    RISE,
    final_movement,
    longest_constant_s,
    pitch_range,
)
from training.demo_voice.measures.likeness import pitch_correlation
from training.demo_voice.measures.pitch import STEP_S, Pitch, track


def semitones(a_hz: float, b_hz: float) -> float:
    return float(12 * np.log2(b_hz / a_hz))


@pytest.mark.parametrize("hz", [80.0, 117.0, 200.0, 330.0])
def test_tracker_finds_a_constant_pitch_without_octave_errors(hz) -> None:
    pitch = track(voice(contour([(0, hz), (1.0, hz)])))
    assert pitch.voiced.mean() > 0.9
    assert np.abs(12 * np.log2(pitch.hz[pitch.voiced] / hz)).max() < 0.1


def test_tracker_finds_no_pitch_in_noise_silence_and_clicks() -> None:
    noise = np.random.default_rng(1).standard_normal(RATE) * 0.1
    assert track(noise).voiced.mean() < 0.05
    assert not track(np.zeros(RATE)).voiced.any()
    assert not track(np.zeros(100)).voiced.any()


def test_range_is_that_of_a_glide_between_its_percentiles() -> None:
    pitch = track(voice(contour([(0, 120.0), (2.0, 180.0)])))
    assert pitch_range(pitch) == pytest.approx(0.9 * semitones(120, 180), abs=0.2)
    assert pitch_range(Pitch(np.zeros(10))) == 0


@pytest.mark.parametrize(
    ("points", "least", "most"),
    [
        ([(0, 150.0), (1.0, 150.0), (1.3, 200.0)], RISE, 6.0),
        ([(0, 150.0), (1.0, 150.0), (1.3, 110.0)], -6.0, 2 * FALL),
        ([(0, 150.0), (1.3, 150.0)], FALL / 5, -FALL / 5),
    ],
)
def test_final_movement_tells_a_rise_from_a_fall_and_from_neither(points, least, most) -> None:
    movement = final_movement(track(voice(contour(points))))
    assert movement is not None
    assert least <= movement <= most


def test_final_movement_skips_pauses_and_needs_voiced_speech() -> None:
    before = contour([(0, 150.0), (0.6, 150.0)])
    end = contour([(0, 200.0), (0.2, 200.0)])
    movement = final_movement(track(voice(np.concatenate([before, np.zeros(RATE // 5), end, np.zeros(RATE // 2)]))))
    assert movement == pytest.approx(semitones(150, 200), abs=2.0)
    assert movement >= RISE
    assert final_movement(track(voice(contour([(0, 150.0), (0.2, 150.0)])))) is None


def test_longest_constant_stretch_is_that_of_the_plateau() -> None:
    plateau = [(0, 120.0), (0.5, 180.0), (1.2, 180.0), (1.7, 130.0)]
    pitch = track(voice(contour(plateau)))
    inside_glides = 0.5 * 2 * CONSTANT * (1 / semitones(120, 180) + 1 / semitones(130, 180))
    assert longest_constant_s(pitch) == pytest.approx(0.7 + inside_glides, abs=0.03)
    gliding = track(voice(contour([(0, 120.0), (1.5, 220.0)])))
    assert longest_constant_s(gliding) < 0.15


def test_longest_constant_stretch_goes_on_after_a_voiceless_sound() -> None:
    part = contour([(0, 140.0), (0.4, 140.0)])
    pitch = track(voice(np.concatenate([part, np.zeros(RATE // 10), part])))
    assert longest_constant_s(pitch) > 0.7


def test_constant_pitch_allows_a_band_about_one_value() -> None:
    wobble = 5.0 * np.sin(np.arange(200) / 3)  # cents
    assert longest_constant_s(Pitch(100 * 2 ** (wobble / 1200))) == 200 * STEP_S
    drift = np.linspace(0, 12 * CONSTANT * 100, 200)
    assert longest_constant_s(Pitch(100 * 2 ** (drift / 1200))) < 60 * STEP_S


def test_correlation_follows_the_contour_and_not_the_level_or_the_rate() -> None:
    points = [(0, 120.0), (0.4, 180.0), (0.9, 130.0), (1.3, 170.0), (1.6, 110.0)]
    one = voice(contour(points))
    same = voice(contour([(at * 1.0, hz * 1.6) for at, hz in points]))
    mirrored = voice(contour([(at, 140.0**2 / hz) for at, hz in points]))
    flat = voice(contour([(0, 140.0), (1.6, 140.0)]))
    own = (one, track(one))
    assert pitch_correlation(own, (same, track(same))) > 0.9
    assert pitch_correlation(own, (mirrored, track(mirrored))) < -0.5
    assert abs(pitch_correlation(own, (flat, track(flat)))) < 0.5
