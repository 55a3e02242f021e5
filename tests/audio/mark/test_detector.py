"""The detector on sound that resembles speech; benchmarks/mark.py measures it on speech."""

from math import exp

import numpy as np
import pytest
import soxr

from audio.mark.cepstra import HOP, WINDOW, echo_cepstra
from audio.mark.detector import HYPOTHESES, MOST_FALSE_ALARM, MarkDetector
from audio.mark.pattern import CHIP, RATE, MarkPattern
from audio.speed import SpeedChanger
from shared.types import Pcm
from tests.audio.mark.sound import marked, spoken

PATTERN = MarkPattern.of("a secret of some length")
DETECTOR = MarkDetector(PATTERN)
MARK_ID = 0xA7
WAVE = spoken(10)
MARKED = marked(WAVE, PATTERN.with_id(MARK_ID))


def best(wave, detector=DETECTOR):
    return max(detector.sightings(np.asarray(wave, np.float64)), key=lambda one: one.score)


def changed_speed(wave, speed):
    stage = SpeedChanger(rate=RATE, speed=speed)
    return np.concatenate([out.samples for out in [*stage.feed(Pcm(wave, RATE)), *stage.finish()]])


@pytest.mark.parametrize("mark_id", [0, 1, 128, 255])
def test_detector_finds_the_mark_and_its_id(mark_id):
    found = best(marked(WAVE, PATTERN.with_id(mark_id)))
    assert found.marked and found.mark_id == mark_id and found.speed == 1.0
    assert found.false_alarm < 1e-12


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_detector_finds_no_mark_in_unmarked_sound(seed):
    found = best(spoken(10, seed))
    assert not found.marked and found.score < 7 and found.false_alarm > 1e-3


def test_detector_finds_no_mark_of_another_secret():
    assert not best(MARKED, MarkDetector(MarkPattern.of("another secret of some length"))).marked


ATTACKS = {
    "quieter by 30 dB": lambda wave: wave * 0.03,
    "inverted": lambda wave: -wave,
    "cut at both ends": lambda wave: wave[29_123:-31_777],
    "noise 20 dB below": lambda wave: (
        wave + np.random.default_rng(5).normal(0, np.sqrt(np.mean(wave**2.0)) / 10, len(wave))
    ),
    "at 8 kHz and back": lambda wave: soxr.resample(soxr.resample(wave, RATE, 8_000), 8_000, RATE),
    "played 7 % faster": lambda wave: soxr.resample(wave, RATE, RATE / 1.07),
    "played 10 % slower": lambda wave: soxr.resample(wave, RATE, RATE / 0.9),
    "shortened by 10 %": lambda wave: changed_speed(wave, 1.1),
    "lengthened by 10 %": lambda wave: changed_speed(wave, 0.9),
    "eight bits": lambda wave: np.round(wave * 127) / 127,
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_detector_finds_the_mark_after(attack):
    found = best(ATTACKS[attack](MARKED))
    assert found.marked and found.mark_id == MARK_ID, found


def test_detector_states_the_speed():
    faster = best(ATTACKS["played 7 % faster"](MARKED))
    assert faster.speed == pytest.approx(1.07, abs=0.002) and faster.pitch_changed
    shorter = best(ATTACKS["shortened by 10 %"](MARKED))
    assert shorter.speed == pytest.approx(1.1, abs=0.01) and not shorter.pitch_changed


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_detector_finds_a_mark_that_was_added_at_another_rate(rate):
    wave = marked(soxr.resample(WAVE, RATE, rate), PATTERN.with_id(MARK_ID), rate=rate)
    found = best(soxr.resample(wave, rate, RATE))
    assert found.marked and found.mark_id == MARK_ID and found.speed == 1.0


def test_detector_tells_which_part_of_a_recording_is_marked():
    joined = np.concatenate([spoken(20, seed=7), marked(spoken(20, seed=8), PATTERN.with_id(MARK_ID))])
    windows = list(DETECTOR.sightings(joined.astype(np.float64)))
    assert windows[0].start_s == 0 and windows[-1].end_s == 40
    assert not any(one.marked for one in windows if one.end_s <= 20)
    assert all(one.marked and one.mark_id == MARK_ID for one in windows if one.start_s >= 20)


@pytest.mark.parametrize(
    "wave",
    [np.zeros(0), np.ones(1), np.zeros(RATE), np.full(10 * RATE, 0.5), np.ones(WINDOW + CHIP), np.zeros(11 * RATE)],
)
def test_detector_finds_no_mark_in_sound_without_content(wave):
    assert not any(one.marked for one in DETECTOR.sightings(wave))


def test_probability_of_a_false_alarm_is_below_its_bound_by_calculation():
    """Hoeffding's inequality for a sum of independent signs, times the hypotheses: below 1 in 10,000 clips of 10 s."""
    least = min(score for score in np.arange(0, 20, 0.01) if HYPOTHESES * exp(-(score**2) / 2) <= MOST_FALSE_ALARM)
    assert MOST_FALSE_ALARM <= 1e-4 and 7.5 < least < 8
    found = best(MARKED)
    assert found.false_alarm == pytest.approx(HYPOTHESES * exp(-(found.score**2) / 2), rel=0.2)


def test_score_of_unmarked_sound_keeps_the_bound_for_every_score():
    """One hypothesis, 4,000 secrets: the share of scores above z is at most exp(-z²/2), as calculated."""
    cepstra = echo_cepstra(WAVE.astype(np.float64), longest=500)
    cells = np.add.reduceat(cepstra[:, ::60], np.arange(0, len(cepstra), CHIP // HOP), axis=0).ravel()
    signs = np.random.default_rng(1).choice([-1.0, 1.0], (4_000, len(cells)))
    scores = signs @ cells / np.sqrt((cells**2).sum())
    for z in (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5):
        assert np.mean(scores > z) <= exp(-(z**2) / 2)
