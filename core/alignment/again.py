"""Second look at a word: whether its tokens fit the word said twice better than once.

The path through a chunk needs a jump to say a word again, whose score stands for all words that it may lead to. Short
words said twice fit their letters said once nearly as well, and get no jump. To say the word just said again is one
way among these, so that it needs less evidence.
"""

import numpy as np

from core.alignment.network import Floats
from core.alignment.states import NEVER, SKIP

NO_GAIN = NEVER
"""Gain of a word in too few tokens."""


def gain_of_two(scores: Floats) -> tuple[float, int]:
    """Return the score of a word said twice, less that of the word said once, and the token where it is said again.

    `scores` [tokens, states]: of the word's onset, the rest of its first letter, and its other letters.
    """
    tokens, states = scores.shape
    if tokens < 2:
        return NO_GAIN, 0
    forward, backward = _sweeps(scores)
    ends = np.maximum(forward[:, -1], forward[:, -2] + _last_skip(states))
    begins = backward[::-1, -1]
    at = int((ends[:-1] + begins[1:]).argmax())
    if ends[at] + begins[at + 1] < NEVER / 2 or ends[-1] < NEVER / 2:  # too few tokens for the letters
        return NO_GAIN, 0
    return float(ends[at] + begins[at + 1] - ends[-1]), at + 1


def _last_skip(states: int) -> np.float32:
    return np.float32(SKIP if states > 2 else 0)


def _sweeps(scores: Floats) -> tuple[Floats, Floats]:
    """Return the scores [tokens, states] of the best paths from the word's begin to each state, and to its end.

    The second are of tokens and states in reverse. Both are computed in the same rows, with two places that no path
    reaches before each.
    """
    tokens, states = scores.shape
    other = states + 2  # the first state of the second, in rows without the first two places
    own = np.full((tokens, other + states), NEVER, np.float32)
    own[:, :states], own[:, other:] = scores, scores[::-1, ::-1]
    skips, stays = np.full((2, other + states), NEVER, np.float32)
    skips[3:states] = skips[other + 2 : -1] = SKIP
    if states > 2:
        skips[2] = skips[-1] = 0
    stays[1:states] = stays[other:-1] = 0
    rows = np.full((tokens, 2 + other + states), NEVER, np.float32)
    rows[0, 2], rows[0, 2 + other] = own[0, 0], own[0, other]
    rows[0, 3 + other] = own[0, other + 1] + _last_skip(states)
    far, best = np.empty((2, other + states), np.float32)
    views = zip(rows[:-1, :-2], rows[:-1, 1:-1], rows[:-1, 2:], own[1:], rows[1:, 2:], strict=True)
    for two, one, same, score, now in views:
        np.add(same, stays, best)
        np.maximum(best, one, best)
        np.add(two, skips, far)
        np.maximum(best, far, best)
        np.add(best, score, now)
    return rows[:, 2:other], rows[:, 2 + other :]
