"""Second look at a word: whether its tokens fit the word said twice better than once.

The path through a chunk needs a jump to say a word again, whose score stands for all words that it may lead to. Short
words said twice fit their letters said once nearly as well, and get no jump. To say the word just said again is one
way among these, so that it needs less evidence.
"""

from collections.abc import Callable

import numpy as np

from core.alignment.buffers import WIDTH, SearchBuffers
from core.alignment.network import Floats
from core.alignment.states import NEVER, SKIP

NO_GAIN = NEVER
"""Gain of a word in too few tokens."""


Buffers = Callable[[int], SearchBuffers]


def gain_of_two(scores: Floats, buffers: Buffers = SearchBuffers) -> tuple[float, int]:
    """Return the score of a word said twice, less that of the word said once, and the token where it is said again.

    `scores` [tokens, states]: of the word's onset, the rest of its first letter, and its other letters. `buffers`: of a
    width.
    """
    tokens, states = scores.shape
    if tokens < 2:
        return NO_GAIN, 0
    forward, backward = _sweeps(scores, buffers)
    ends = np.maximum(forward[:, -1], forward[:, -2] + _last_skip(states))
    begins = backward[::-1, -1]
    both = ends[:-1] + begins[1:]
    at = int(both.argmax())
    if both[at] < NEVER / 2 or ends[-1] < NEVER / 2:  # too few tokens for the letters
        return NO_GAIN, 0
    return float(both[at] - ends[-1]), at + 1


def _last_skip(states: int) -> np.float32:
    return np.float32(SKIP if states > 2 else 0)


def _sweeps(scores: Floats, buffers: Buffers) -> tuple[Floats, Floats]:
    """Return the scores [tokens, states] of the best paths from the word's begin to each state, and to its end.

    The second are of tokens and states in reverse. Both are computed in the same rows, with two places that no path
    reaches between them.
    """
    tokens, states = scores.shape
    other = states + 2  # the first state of the second
    width = -(-(other + states) // WIDTH) * WIDTH
    arrays = buffers(width) if tokens <= SearchBuffers.ROWS else SearchBuffers(width, tokens)
    own = arrays.scores[: tokens - 1]
    own[:] = NEVER
    own[:, :states], own[:, other : other + states] = scores[1:], scores[-2::-1, ::-1]
    skips, stays = np.full((2, width), NEVER, np.float32)
    last = other + states - 1
    skips[3:states] = skips[other + 2 : last] = SKIP
    if states > 2:
        skips[2] = skips[last] = 0
    stays[1:states] = stays[other:last] = 0
    begin = arrays.paths[0, 2:]
    begin[:] = NEVER
    begin[0], begin[other] = scores[0, 0], scores[-1, -1]
    begin[other + 1] = scores[-1, -2] + _last_skip(states)
    far, add, maximum = arrays.far, np.add, np.maximum
    for two, one, same, _, near, best, score, now in arrays.tokens[: tokens - 1]:
        add(same, stays, best)
        maximum(best, one, near)
        add(two, skips, far)
        maximum(near, far, best)
        add(best, score, now)
    rows = arrays.paths[:tokens, 2:]
    return rows[:, :states], rows[:, other : other + states]
