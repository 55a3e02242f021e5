import numpy as np
import pytest

from audio.mark.pattern import CHIP, CHIPS, DELAYS, MARK_DB, MarkPattern
from audio.mark.stage import RAMP_S, Marker
from shared.types import Pcm
from tests.audio.mark.sound import RATE, marked, spoken

SIGNS = MarkPattern.of("a secret of some length").with_id(200)
WAVE = spoken(12)
WHOLE = marked(WAVE, SIGNS)


@pytest.mark.parametrize("block", [1, 7, 160, 320, 641, 4095, 4096, 4097, 50_000])
@pytest.mark.parametrize("rate", [RATE, 3 * RATE, 44_100])
def test_marker_adds_the_same_bits_wherever_blocks_are_cut(block, rate):
    wave = WAVE[: 3 * RATE] if block > 1 else WAVE[: RATE // 2]
    assert marked(wave, SIGNS, block=block, rate=rate).tobytes() == marked(wave, SIGNS, rate=rate).tobytes()


def test_marker_adds_the_same_bits_for_blocks_of_any_sizes():
    random, at, stage_blocks = np.random.default_rng(3), 0, []
    stage = Marker(SIGNS, rate=RATE)
    while at < len(WAVE):
        size = int(random.integers(0, 3_000))
        stage_blocks += stage.feed(Pcm(WAVE[at : at + size], RATE))
        at += size
    assert np.concatenate([block.samples for block in stage_blocks]).tobytes() == WHOLE.tobytes()


def test_marker_neither_delays_nor_lengthens_the_sound():
    assert len(WHOLE) == len(WAVE)
    assert np.array_equal(WHOLE[: min(DELAYS)], WAVE[: min(DELAYS)])  # nothing precedes the first echo


def test_marker_leaves_the_input_and_silence_unchanged():
    silence = np.zeros(RATE, np.float32)
    assert np.array_equal(marked(silence, SIGNS), silence)
    before = WAVE.copy()
    marked(WAVE, SIGNS)
    assert np.array_equal(before, WAVE)


def test_marker_adds_echoes_at_the_stated_level():
    noise = np.random.default_rng(0).normal(0, 0.1, 10 * RATE).astype(np.float32)
    added = marked(noise, SIGNS).astype(float) - noise
    ratio = 10 * np.log10(np.mean(added[RATE:] ** 2) / np.mean(noise[RATE:].astype(float) ** 2))
    assert ratio == pytest.approx(MARK_DB, abs=0.4)


def test_marker_changes_the_signs_with_each_chip_without_a_step():
    impulse = np.zeros(3 * CHIP, np.float32)
    at = CHIP + CHIP // 2
    impulse[at] = 1.0
    echoes = marked(impulse, SIGNS)
    assert [np.sign(echoes[at + delay]) for delay in DELAYS] == SIGNS[1].tolist()
    tone = np.sin(2 * np.pi * 200 * np.arange(5 * CHIP) / RATE).astype(np.float32)
    added = marked(tone, SIGNS) - tone
    largest_step = np.abs(np.diff(added)[max(DELAYS) :]).max()
    assert largest_step < np.abs(added).max() * (2 * np.pi * 200 / RATE + 2 / (RAMP_S * RATE))


def test_marker_repeats_its_pattern():
    at = CHIPS * CHIP + CHIP // 2
    impulse = np.zeros((CHIPS + 1) * CHIP, np.float32)
    impulse[at] = 1.0
    echoes = marked(impulse, SIGNS)
    assert [np.sign(echoes[at + delay]) for delay in DELAYS] == SIGNS[0].tolist()


def test_marker_has_the_same_delays_in_seconds_at_another_rate():
    impulse = np.zeros(3 * CHIP, np.float32)
    impulse[0] = 1.0
    echoes = np.flatnonzero(marked(impulse, SIGNS, rate=3 * RATE))[1:]
    assert echoes.tolist() == [3 * delay for delay in DELAYS]
