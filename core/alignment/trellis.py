"""Online Viterbi search over the states of a chunk, with jumps for what the text does not foresee.

Beside the steps of states.py a path may jump, at a cost: to the onset of any word, for words that are left out
or said again, and into the state "foreign", which every token fits nearly as well as its best unit. Jumps are
considered at tokens with which a word may begin, and at every JUMP_EVERY-th one.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core.alignment.buffers import WIDTH, SearchBuffers
from core.alignment.network import Floats, UnitScores
from core.alignment.states import NEVER, States
from core.alignment.units import SILENCE

Ints = npt.NDArray[np.int64]
JUMP_EVERY = 8
"""Tokens between two tokens at which a path may jump whether a word may begin there or not. Chosen."""
JUMP_ONSET = -3.0
"""Logit of an onset from which a path may jump. Chosen: 5 % is the chance of a word there."""
ON, OVER, JUMP = 1, 2, 4
"""Steps into a state: from the one before it, from that before the last, from the best of all. 0: the path stays."""
FOREIGN_DEFICIT = 1.5
"""Score of a token in the state "foreign", below that of its best unit. Chosen by measurement."""


class Fits(NamedTuple):
    """Scores of N tokens: of the `best` unit [N], and of `states` [N, states]; the logits of `onsets` of words.

    The score of an onset counts whether a word begins there.
    """

    best: Floats
    states: Floats
    onsets: list[float]


class Trellis:
    """Scores and steps of the best paths to each state, token by token.

    States after the last: two gaps, foreign, and some that no path reaches, up to a multiple of WIDTH. `jump`:
    logarithmic score of a jump. `buffers`: of a width. `alike`: units that sound as each unit [K, U].
    """

    def __init__(self, states: States, jump: float, buffers: Callable[[int], SearchBuffers], alike: Ints) -> None:
        self.states, self._jump = states, np.float32(jump)
        count = states.count
        self.foreign = count + 2
        self._width = -(-(count + 3) // WIDTH) * WIDTH
        self._buffers = buffers(self._width)
        self._skips, self._entries = np.full((2, self._width), NEVER, np.float32)
        self._skips[:count] = states.skips
        self._stays, self._begins = np.zeros((2, self._width), np.float32)
        self._stays[states.onsets] = NEVER
        self._entries[states.onsets] = self._entries[self.foreign] = jump
        self._begins[states.onsets] = 1  # share of the logit of an onset in the score of each state
        self._units = np.full(self._width, SILENCE)
        self._units[:count] = states.units
        self._alike = [others for others in alike[:, self._units] if not np.array_equal(others, self._units)]
        self._scores = np.full(self._width, NEVER, np.float32)
        self._scores[0] = 0  # before its first token, a path is in the first silence
        self._steps: list[bytes] = []  # of each block [N, states]
        self._sources: dict[int, int] = {}
        self._tails = frozenset(states.tails.tolist())
        self._silent: list[bool] = []  # of each token: whether silence fits it best; kept for tails
        self._best: list[Floats] = []  # of each block, as of Fits
        self._states: list[Floats] = []
        self._onsets: list[float] = []
        self.tokens = 0

    def advance(self, scores: UnitScores) -> None:
        """Take the scores of the next tokens."""
        rows = SearchBuffers.ROWS
        for at in range(0, len(scores.best), rows):
            self._advance(UnitScores(*(each[..., at : at + rows] for each in scores)))

    def _advance(self, unit_scores: UnitScores) -> None:
        buffers, count, token = self._buffers, len(unit_scores.best), self.tokens
        self._fit(unit_scores)
        jumping = unit_scores.onsets > JUMP_ONSET
        jumping[-token % JUMP_EVERY :: JUMP_EVERY] = True
        buffers.paths[0, 2:] = self._scores
        skip, stay, entries, top, far = self._skips, self._stays, self._entries, buffers.top, buffers.far
        add, maximum, jumps = np.add, np.maximum, iter(buffers.jumped)
        for views, may_jump in zip(buffers.tokens, jumping.tolist(), strict=False):
            before2, before1, before0, stayed, nearer, best, score, now = views
            add(before2, skip, far)
            add(before0, stay, stayed)
            maximum(before1, stayed, nearer)
            maximum(nearer, far, best)
            if may_jump:
                self._sources[token] = source = int(before0.argmax())
                top[()] = before0[source]
                jumped = next(jumps)
                add(entries, top, jumped)
                maximum(best, jumped, far)
                add(far, score, now)
            else:
                add(best, score, now)
            token += 1
        self._steps.append(self._bits(count, jumping.nonzero()[0]).tobytes())
        last = buffers.now[count - 1]
        self._scores = last - last[last.argmax()]
        self.tokens = token

    def _bits(self, count: int, at: Ints) -> npt.NDArray[np.uint8]:
        """Return the steps [N, states] into each state: ON, OVER and JUMP, of which the largest counts.

        `at`: tokens with jumps.
        """
        buffers = self._buffers
        steps = np.greater(buffers.one[:count], buffers.stays[:count]).view(np.uint8)
        over = np.greater(buffers.local[:count], buffers.near[:count]).view(np.uint8)
        np.add(over, over, over)
        np.bitwise_or(steps, over, steps)
        entered = np.greater(buffers.jumps[: len(at)], buffers.local.take(at, 0)).view(np.uint8)
        steps[at] |= np.multiply(entered, JUMP, entered)
        return steps

    def _fit(self, scores: UnitScores) -> None:
        """Fill in the score of each state, and keep it with what else the readings need."""
        count, states = len(scores.best), self.states
        own = self._buffers.scores[:count]
        np.multiply(scores.onsets[:, None], self._begins, own)
        units = scores.units.take(self._units, 0)
        for others in self._alike:
            np.maximum(units, scores.units.take(others, 0), units)
        np.add(own, units.T, own)
        own[:, states.count :] = NEVER
        np.subtract(scores.best, FOREIGN_DEFICIT, own[:, self.foreign])
        if len(states.tails):
            silence = scores.units[SILENCE]
            own[:, states.tails] = np.maximum(own[:, states.tails], silence[:, None])
            self._silent += (silence >= scores.best).tolist()
        self._best.append(scores.best)
        self._states.append(own.copy())
        self._onsets += scores.onsets.tolist()

    def heard(self, path: list[int], begin: int) -> list[int]:
        """Return a path from token `begin` on with a gap in the place of tails that are silent."""
        tails, gap = self._tails, self.states.count
        if tails.isdisjoint(path):
            return path
        silent = self._silent[begin:]
        return [gap if quiet and state in tails else state for state, quiet in zip(path, silent, strict=False)]

    def fits(self) -> Fits:
        """Return the fits of all tokens."""
        if not self._best:
            return Fits(np.zeros(0, np.float32), np.zeros((0, self._width), np.float32), [])
        return Fits(np.concatenate(self._best), np.concatenate(self._states), self._onsets)

    def path(self, begin: int, *, ended: bool = False) -> list[int]:
        """Return the states of the best path from token `begin` on; `ended`: of one that ends the text, or jumps."""
        scores = self._scores
        if ended:
            scores = scores + self._jump
            last = [self.states.count - 1, self.states.count - 2, self.foreign]
            scores[last] -= self._jump
        state = int(scores.argmax())
        backwards: list[int] = []
        token, width = self.tokens, self._width
        for block in reversed(self._steps):
            token -= len(block) // width
            for row in range(len(block) - width, max(0, begin - token) * width - 1, -width):
                backwards.append(state)
                if step := block[row + state]:
                    state = self._sources[token + row // width] if step >= JUMP else state - 1 - (step > ON)
            if token <= begin:
                break
        return backwards[::-1]
