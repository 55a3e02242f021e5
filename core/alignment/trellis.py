"""Online Viterbi search over the states of a chunk, with jumps for what the text does not foresee.

Beside the steps of states.py a path may jump, at the cost JUMP: to the first letter of any word, for words that are
left out or said again, and into the state "foreign", which every token fits nearly as well as its best unit. Jumps are
considered at every JUMP_EVERY-th token, which is exact enough for faults and saves time.
"""

import numpy as np
import numpy.typing as npt

from core.alignment.network import Floats
from core.alignment.states import NEVER, States

JUMP = -12.0
"""Logarithmic score of a jump. Chosen by measurement: see docs/alignment.md."""
JUMP_EVERY = 4
"""Tokens between two tokens at which a path may jump."""
FOREIGN_DEFICIT = 1.5
"""Score of a token in the state "foreign", below that of its best unit. Chosen by measurement."""


class Trellis:
    """Scores and steps of the best paths to each state, token by token. States after the last: two gaps, foreign."""

    def __init__(self, states: States) -> None:
        self.states = states
        count = states.count
        self.foreign = count + 2
        self._width = count + 3
        self._skips = np.concatenate([states.skips, [NEVER, NEVER, NEVER]]).astype(np.float32)
        self._entries = np.full(self._width, NEVER, np.float32)
        self._entries[states.firsts] = JUMP
        self._entries[self.foreign] = JUMP
        self._scores = np.full(self._width + 2, NEVER, np.float32)
        self._steps: list[bytes] = []  # of each block [N, states]
        self._sources: dict[int, int] = {}
        self.deficits: list[Floats] = []
        self.tokens = 0

    def advance(self, unit_scores: Floats) -> None:
        """Take the scores of units [N, U] of the next N tokens."""
        count, width = len(unit_scores), self._width
        best = unit_scores.max(1)
        scores = np.full((count, width), NEVER, np.float32)
        scores[:, : self.states.count] = unit_scores[:, self.states.units]
        scores[:, self.foreign] = best - FOREIGN_DEFICIT
        rows = np.empty((count + 1, width + 2), np.float32)
        rows[0], rows[:, :2] = self._scores, NEVER
        jumps = np.full(count, NEVER, np.float32)
        skips, entries, sum_ = self._skips, self._entries, np.empty(width, np.float32)
        for at in range(count):
            row, score, token = rows[at], scores[at], self.tokens + at
            if token == 0:
                rows[1, 2:] = NEVER
                rows[1, 2:4] = score[:2]
                rows[1, 2:] = np.maximum(rows[1, 2:], entries + score)
                continue
            np.add(row[:-2], skips, out=sum_)
            np.maximum(sum_, row[1:-1], out=sum_)
            np.maximum(sum_, row[2:], out=sum_)
            if token % JUMP_EVERY == 0:
                source = int(row.argmax())
                self._sources[token] = source - 2
                jumps[at] = row[source]
                np.maximum(sum_, entries + row[source], out=sum_)
            np.add(sum_, score, out=rows[at + 1, 2:])
        self._steps.append(self._chosen(rows[:-1], jumps).tobytes())
        self.deficits.append(best[:, None] - scores)
        self._scores = rows[-1] - rows[-1].max()
        self.tokens += count

    def _chosen(self, rows: Floats, jumps: Floats) -> npt.NDArray[np.uint8]:
        """Return the best step into each state [N, states]: states gone forward (0 to 2), or 3 for a jump."""
        stay, one, two = rows[:, 2:], rows[:, 1:-1], rows[:, :-2] + self._skips
        steps = (one > stay).astype(np.uint8)
        local = np.maximum(stay, one)
        steps[two > local] = 2
        np.maximum(local, two, out=local)
        steps[jumps[:, None] + self._entries > local] = 3
        return steps

    def path(self, begin: int, *, ended: bool = False) -> list[int]:
        """Return the states of the best path from token `begin` on; `ended`: of one that ends the text, or jumps."""
        scores = self._scores[2:]
        if ended:
            scores = scores + np.float32(JUMP)
            last = [self.states.count - 1, self.states.count - 2, self.foreign]
            scores[last] -= np.float32(JUMP)
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
