"""Online Viterbi search over the states of a chunk, with jumps for what the text does not foresee.

Beside the steps of states.py a path may jump, at a cost: to the onset of any word, for words that are left out
or said again, and into the state "foreign", which every token fits nearly as well as its best unit. Jumps are
considered at tokens with which a word may begin, and at every JUMP_EVERY-th one.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from core.alignment.network import Floats
from core.alignment.states import NEVER, States
from core.alignment.units import SILENCE

JUMP_EVERY = 8
"""Tokens between two tokens at which a path may jump whether a word may begin there or not. Chosen."""
JUMP_ONSET = -3.0
"""Logit of an onset from which a path may jump. Chosen: 5 % is the chance of a word there."""
FOREIGN_DEFICIT = 1.5
"""Score of a token in the state "foreign", below that of its best unit. Chosen by measurement."""


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
        self._targets = np.append(states.onsets, self.foreign)
        self._entries[self._targets] = jump
        self._scores = np.full(self._width + 2, NEVER, np.float32)
        self._scores[2] = 0  # before its first token, a path is in the first silence
        self._steps: list[bytes] = []  # of each block [N, states]
        self._sources: dict[int, int] = {}
        self._silent: list[bool] = []  # of each token: whether silence fits it best; kept for tails
        self._fits: list[tuple[Floats, Floats]] = []  # of each block: best units [N], states [N, states]
        self._begins: list[int] = []  # first token of each block
        self._onsets: list[Floats] = []  # of each block: logits of onsets of words [N]
        self.tokens = 0

    def advance(self, unit_scores: Floats, onsets: Floats) -> None:
        """Take the scores of units [N, U] of the next N tokens, and the logits [N] of onsets of words."""
        count, width = len(unit_scores), self._width
        best = unit_scores.max(1)
        scores = np.full((count, width), NEVER, np.float32)
        scores[:, : self.states.count] = unit_scores[:, self.states.units]
        scores[:, self.foreign] = best - FOREIGN_DEFICIT
        scores[:, self.states.onsets] += onsets[:, None]
        silence, tails = unit_scores[:, SILENCE], self.states.tails
        if len(tails):
            scores[:, tails] = np.maximum(scores[:, tails], silence[:, None])
            self._silent += (silence >= best).tolist()
        self._fits.append((best, scores))
        self._begins.append(self.tokens)
        self._onsets.append(onsets)
        may_jump = onsets > JUMP_ONSET
        may_jump[-self.tokens % JUMP_EVERY :: JUMP_EVERY] = True
        rows = np.empty((count + 1, width + 2), np.float32)
        rows[0], rows[:, :2] = self._scores, NEVER
        jumps = np.full(count, NEVER, np.float32)
        skips, stays, entries = self._skips, self._stays, self._entries
        sum_, stayed = np.empty(width, np.float32), np.empty(width, np.float32)
        add, maximum, token = np.add, np.maximum, self.tokens
        before = rows[:-1]
        views = zip(
            before[:, :-2], before[:, 1:-1], before[:, 2:], scores, rows[1:, 2:], may_jump.tolist(), strict=True
        )
        for two, one, stay, score, now, jumping in views:  # iterated: slicing each row takes as long as adding it
            add(two, skips, sum_)
            maximum(sum_, one, sum_)
            add(stay, stays, stayed)
            maximum(sum_, stayed, sum_)
            if jumping:
                source = int(stay.argmax())
                self._sources[token] = source
                jumps[token - self.tokens] = stay[source]
                maximum(sum_, entries + stay[source], sum_)
            add(sum_, score, now)
            token += 1
        self._steps.append(self._chosen(rows[:-1], jumps).tobytes())
        self._scores = rows[-1] - rows[-1].max()
        self.tokens += count

    def _chosen(self, rows: Floats, jumps: Floats) -> npt.NDArray[np.uint8]:
        """Return the best step into each state [N, states]: states gone forward (0 to 2), or 3 for a jump."""
        stay, one, two = rows[:, 2:] + self._stays, rows[:, 1:-1], rows[:, :-2] + self._skips
        steps = (one > stay).view(np.uint8)
        local = np.maximum(stay, one)
        np.copyto(steps, 2, where=two > local)
        np.maximum(local, two, out=local)
        tokens = np.flatnonzero(jumps > NEVER)
        jumped, entered = (jumps[tokens, None] + self._jump > local[np.ix_(tokens, self._targets)]).nonzero()
        steps[tokens[jumped], self._targets[entered]] = 3
        return steps

    def heard(self, path: list[int], begin: int) -> list[int]:
        """Return a path from token `begin` on with a gap in the place of tails that are silent."""
        tails, gap = set(self.states.tails.tolist()), self.states.count
        if tails.isdisjoint(path):
            return path
        silent = self._silent[begin:]
        return [gap if quiet and state in tails else state for state, quiet in zip(path, silent, strict=False)]

    def deficits(self, path: Sequence[int]) -> Floats:
        """Return how far each token's state in a path from token 0 on scores below the best unit [tokens], at least 0.

        At the first token of a word the score counts whether a word begins there.
        """
        if not path:
            return np.zeros(0, np.float32)
        best = np.concatenate([best for best, _ in self._fits])
        blocks = np.split(np.array(path), np.cumsum([len(scores) for _, scores in self._fits[:-1]]))
        own = [scores[np.arange(len(mine)), mine] for (_, scores), mine in zip(self._fits, blocks, strict=True)]
        found: Floats = np.maximum(best - np.concatenate(own), 0)
        return found

    def onsets(self) -> Floats:
        """Return the logit of an onset of a word at each token [tokens]."""
        return np.concatenate(self._onsets) if self._onsets else np.zeros(0, np.float32)

    def best_units(self, begin: int, end: int) -> Floats:
        """Return the score of the best unit of each token [end - begin]."""
        return np.concatenate([self._fits[block][0][rows] for block, rows in self._blocks(begin, end)])

    def fits(self, begin: int, end: int, states: slice) -> Floats:
        """Return the scores of states that follow each other [end - begin, states].

        The score of an onset counts whether a word begins there.
        """
        return np.concatenate([self._fits[block][1][rows, states] for block, rows in self._blocks(begin, end)])

    def _blocks(self, begin: int, end: int) -> Iterator[tuple[int, slice]]:
        """Yield the blocks that have the tokens from `begin` to `end`, and the rows of each."""
        block = bisect_right(self._begins, begin) - 1
        while block < len(self._begins) and self._begins[block] < end:
            first = self._begins[block]
            yield block, slice(max(begin - first, 0), end - first)
            block += 1

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
