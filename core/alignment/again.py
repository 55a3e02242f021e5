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
    skips = np.full(states, SKIP, np.float32)
    skips[:2] = NEVER
    skips[2:3] = 0
    stays = np.zeros(states, np.float32)
    stays[0] = NEVER
    last_skip = np.float32(SKIP if states > 2 else 0)
    forward = _sweep(scores, skips, stays, np.array([0.0, NEVER], np.float32))
    ends = np.maximum(forward[:, -1], forward[:, -2] + last_skip)
    backward_skips = np.append(skips[2:], [NEVER, NEVER])[::-1].astype(np.float32)
    backward = _sweep(scores[::-1, ::-1], backward_skips, stays[::-1], np.array([0.0, last_skip], np.float32))
    begins = backward[::-1, -1]
    at = int((ends[:-1] + begins[1:]).argmax())
    if ends[at] + begins[at + 1] < NEVER / 2 or ends[-1] < NEVER / 2:  # too few tokens for the letters
        return NO_GAIN, 0
    return float(ends[at] + begins[at + 1] - ends[-1]), at + 1


def _sweep(scores: Floats, skips: Floats, stays: Floats, first: Floats) -> Floats:
    """Return the score of the best path to each state [tokens, states] that begins in the first two states."""
    tokens, states = scores.shape
    rows = np.full((tokens, states + 2), NEVER, np.float32)
    rows[0, 2 : 2 + len(first)] = scores[0, : len(first)] + first
    best = np.empty(states, np.float32)
    for before, now, score in zip(rows[:-1], rows[1:], scores[1:], strict=True):
        np.add(before[2:], stays, best)
        np.maximum(best, before[1:-1], best)
        np.maximum(best, before[:-2] + skips, best)
        np.add(best, score, now[2:])
    return rows[:, 2:]
