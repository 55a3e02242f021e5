"""Online Viterbi search over the states of a chunk, with jumps for what the text does not foresee.

Beside the steps of states.py a path may jump, at a cost: to the onset of any word, for words that are left out
or said again, and into the state "foreign", which every token fits nearly as well as its best unit. Jumps are
considered at tokens with which a word may begin, and at every JUMP_EVERY-th one.
"""

from typing import NamedTuple

import numpy as np

from core.alignment.network import Floats
from core.alignment.states import NEVER, States
from core.alignment.units import SILENCE

JUMP_EVERY = 8
"""Tokens between two tokens at which a path may jump whether a word may begin there or not. Chosen."""
JUMP_ONSET = -3.0
"""Logit of an onset from which a path may jump. Chosen: 5 % is the chance of a word there."""
FOREIGN_DEFICIT = 1.5
"""Score of a token in the state "foreign", below that of its best unit. Chosen by measurement."""


class Fits(NamedTuple):
    """Scores of N tokens: of the `best` unit [N], the logits of `onsets` of words [N], and of `states` [N, states].

    The score of an onset counts whether a word begins there.
    """

    best: Floats
    onsets: Floats
    states: Floats


class Trellis:
    """Scores and steps of the best paths to each state, token by token. States after the last: two gaps, foreign.

    `jump`: logarithmic score of a jump.
    """

    def __init__(self, states: States, jump: float) -> None:
        self.states, self._jump = states, np.float32(jump)
        count = states.count
        self.foreign = count + 2
        self._width = count + 3
        self._skips = np.concatenate([states.skips, [NEVER, NEVER, NEVER]]).astype(np.float32)
        self._stays = np.zeros(self._width, np.float32)
        self._stays[states.onsets] = NEVER
        self._entries = np.full(self._width, NEVER, np.float32)
        self._entries[states.onsets] = self._entries[self.foreign] = jump
        self._begins = np.zeros(count, np.float32)  # share of the logit of an onset in the score of each state
        self._begins[states.onsets] = 1
        self._scores = np.full(self._width + 2, NEVER, np.float32)
        self._scores[2] = 0  # before its first token, a path is in the first silence
        self._steps: list[bytes] = []  # of each block [N, states]
        self._sources: dict[int, int] = {}
        self._silent: list[bool] = []  # of each token: whether silence fits it best; kept for tails
        self._fits: list[Fits] = []  # of each block
        self.tokens = 0

    def advance(self, unit_scores: Floats, onsets: Floats) -> None:
        """Take the scores of units [N, U] of the next N tokens, and the logits [N] of onsets of words."""
        count, width = len(unit_scores), self._width
        scores = self._fit(unit_scores, onsets)
        jumping = onsets > JUMP_ONSET
        jumping[-self.tokens % JUMP_EVERY :: JUMP_EVERY] = True
        rows = np.empty((count + 1, width + 2), np.float32)
        rows[0], rows[:, :2] = self._scores, NEVER
        # Scores of the best paths that stay in a state, that stay or go on by one state, and that go on by one or two.
        stays, near, local = np.empty((3, count, width), np.float32)
        jumped = np.empty((np.count_nonzero(jumping), width), np.float32)
        skip, stay, entries, add, maximum = self._skips, self._stays, self._entries, np.add, np.maximum
        far, jump_rows, token = np.empty(width, np.float32), iter(jumped), self.tokens
        one, two, same = rows[:-1, 1:-1], rows[:-1, :-2], rows[:-1, 2:]
        views = zip(two, one, same, stays, near, local, scores, rows[1:, 2:], jumping.tolist(), strict=True)
        for before2, before1, before0, stayed, nearer, best, score, now, may_jump in views:  # slicing takes as long
            add(before2, skip, far)
            add(before0, stay, stayed)
            maximum(before1, stayed, nearer)
            maximum(nearer, far, best)
            if may_jump:
                source = int(before0.argmax())
                self._sources[token] = source
                add(maximum(best, add(entries, before0[source], next(jump_rows))), score, now)
            else:
                add(best, score, now)
            token += 1
        steps = (one > stays).view(np.uint8)  # states gone forward, or 3 for a jump
        np.putmask(steps, local > near, 2)
        at = np.flatnonzero(jumping)
        entered = steps[at]
        np.putmask(entered, jumped > local[at], 3)
        steps[at] = entered
        self._steps.append(steps.tobytes())
        self._scores = rows[-1] - rows[-1].max()
        self.tokens += count

    def _fit(self, unit_scores: Floats, onsets: Floats) -> Floats:
        """Return the score of each state [N, states], and keep it with what else the readings need."""
        count, states = len(unit_scores), self.states
        best = unit_scores.max(1)
        scores = np.empty((count, self._width), np.float32)
        own = scores[:, : states.count]
        scores[:, states.count : self.foreign] = NEVER
        np.multiply(onsets[:, None], self._begins, own)
        own += unit_scores.take(states.units, 1)
        scores[:, self.foreign] = best - FOREIGN_DEFICIT
        if len(states.tails):
            silence = unit_scores[:, SILENCE]
            scores[:, states.tails] = np.maximum(scores[:, states.tails], silence[:, None])
            self._silent += (silence >= best).tolist()
        self._fits.append(Fits(best, onsets, scores))
        return scores

    def heard(self, path: list[int], begin: int) -> list[int]:
        """Return a path from token `begin` on with a gap in the place of tails that are silent."""
        tails, gap = set(self.states.tails.tolist()), self.states.count
        if tails.isdisjoint(path):
            return path
        silent = self._silent[begin:]
        return [gap if quiet and state in tails else state for state, quiet in zip(path, silent, strict=False)]

    def fits(self) -> Fits:
        """Return the fits of all tokens."""
        if not self._fits:
            nothing = np.zeros(0, np.float32)
            return Fits(nothing, nothing, np.zeros((0, self._width), np.float32))
        return Fits(*(np.concatenate(arrays) for arrays in zip(*self._fits, strict=True)))

    def path(self, begin: int, *, ended: bool = False) -> list[int]:
        """Return the states of the best path from token `begin` on; `ended`: of one that ends the text, or jumps."""
        scores = self._scores[2:]
        if ended:
            scores = scores + self._jump
            last = [self.states.count - 1, self.states.count - 2, self.foreign]
            scores[last] -= self._jump
        state = int(scores.argmax())
        backwards: list[int] = []
        token = self.tokens
        for block in reversed(self._steps):
            for row in range(len(block) - self._width, -1, -self._width):
                token -= 1
                if token < begin:
                    return backwards[::-1]
                backwards.append(state)
                step = block[row + state]
                state = state - step if step < 3 else self._sources[token]
        return backwards[::-1]
