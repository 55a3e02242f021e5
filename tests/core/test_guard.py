import numpy as np
import pytest

from core.guard import CHECK_INTERVAL, MAX_CONSTANT_TOKENS, MAX_PATTERN_TOKENS, LoopGuard
from shared.errors import SpeechLooped
from shared.types import SpeechTokens


def passed(ids, size=4) -> int:
    """Return the number of tokens that pass before the guard raises."""
    guard, count = LoopGuard(), 0
    try:
        for at in range(0, len(ids), size):
            count += sum(len(item.ids) for item in guard.feed(SpeechTokens(tuple(ids[at : at + size]))))
    except SpeechLooped:
        return count
    return len(ids)


@pytest.mark.parametrize("size", [1, 4, 33])
def test_speech_passes(size):
    ids = np.random.default_rng(0).integers(0, 8192, 4000).tolist()
    assert passed(ids, size) == len(ids)


def test_pause_passes_and_endless_constant_sound_is_stopped():
    speech = list(range(100))
    assert (
        passed(speech + [7] * (MAX_CONSTANT_TOKENS - CHECK_INTERVAL) + speech)
        == 2 * 100 + MAX_CONSTANT_TOKENS - CHECK_INTERVAL
    )
    assert passed(speech + [7] * 1000) <= 100 + MAX_CONSTANT_TOKENS + CHECK_INTERVAL


@pytest.mark.parametrize("period", [2, 13, 60])
def test_endless_pattern_is_stopped(period):
    assert passed(list(range(200)) + list(range(period)) * 100) <= 200 + MAX_PATTERN_TOKENS + CHECK_INTERVAL + 4


def test_word_repeated_eight_times_passes():
    assert passed(list(range(25)) * 8 + list(range(300))) == 500
