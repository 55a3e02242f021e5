"""Second look at words that may have been said twice, against all paths of small examples."""

from itertools import combinations_with_replacement

import numpy as np
import pytest

from core.alignment.again import NO_GAIN, gain_of_two
from core.alignment.states import SKIP


def best_once(scores: np.ndarray) -> float:
    """Return the score of the best of all paths that say a word once: scores [tokens, states]."""
    tokens, states = scores.shape
    best = -np.inf
    for path in combinations_with_replacement(range(states), tokens):
        if path[0] != 0 or path[1:2] == (0,) or 0 in path[1:]:
            continue
        ends = np.array([*path, states])
        steps = np.diff(ends)
        letters = states - 1
        if letters == 1:
            allowed, cost = all(step <= 2 for step in steps), 0.0
        else:
            allowed = all(step < 2 or (step == 2 and at != -1) for at, step in zip(ends, steps, strict=False))
            skipped = [at + 1 for at, step in zip(ends, steps, strict=False) if step == 2]
            cost = sum(0.0 if state == 1 else SKIP for state in skipped)
        if allowed:
            best = max(best, cost + sum(scores[at, state] for at, state in enumerate(path)))
    return best


@pytest.mark.parametrize("states", [2, 3, 4])
@pytest.mark.parametrize("tokens", [2, 3, 5, 7])
def test_gain_is_that_of_the_best_of_all_paths(states: int, tokens: int) -> None:
    for seed in range(20):
        scores = np.random.default_rng(seed).normal(scale=3, size=(tokens, states)).astype(np.float32)
        once = best_once(scores)
        twice = [best_once(scores[:at]) + best_once(scores[at:]) for at in range(1, tokens)]
        gain, again = gain_of_two(scores)
        if once == -np.inf or max(twice) == -np.inf:
            assert gain == NO_GAIN
            continue
        assert gain == pytest.approx(max(twice) - once, abs=1e-3)
        assert twice[again - 1] == pytest.approx(max(twice), abs=1e-3)


def test_gain_is_none_for_a_single_token() -> None:
    assert gain_of_two(np.zeros((1, 3), np.float32)) == (NO_GAIN, 0)


def test_gain_tells_a_word_said_twice_from_a_slow_one() -> None:
    onset, first, second = [3.0, 0, -5], [-6, 0, -5], [-9, -5, 0]
    once = [onset, first, first, first, second, second, second, second]
    twice = [onset, first, second, second, onset, first, second, second]
    assert gain_of_two(np.array(once, np.float32))[0] < -4
    gain, again = gain_of_two(np.array(twice, np.float32))
    assert gain > 4 and again == 4
