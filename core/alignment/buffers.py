"""Arrays of a Viterbi search, and the views of each token's rows, which take as long to make as the search itself."""

import numpy as np

from core.alignment.states import NEVER

WIDTH = 32
"""States by whose multiple widths are rounded up. Chosen: a step takes the time of its calls, not that of 32 states."""


class SearchBuffers:
    """Arrays of a search over up to `rows` tokens and `width` states, for all chunks of that width. Not thread-safe.

    `scores` [rows, width]: of each state, which the search reads. Scores of the best paths that stay in a state
    (`stays`), that stay or go on by one state (`near`), and that go on by one or two (`local`). `jumps` [rows, width]:
    of those that jump. `paths` [rows + 1, 2 + width]: of the best, behind two places that no path reaches; `one` and
    `now` are its views of the states before a token, moved by one, and at the token. `tokens`: the rows of each token.
    """

    ROWS = 48
    """Tokens of a search at once. Chosen: what the aligner takes at once, but for long files."""

    def __init__(self, width: int, rows: int = ROWS) -> None:
        self.scores, self.stays, self.near, self.local, self.jumps = np.empty((5, rows, width), np.float32)
        self.far, self.top = np.empty(width, np.float32), np.empty((), np.float32)
        self.paths = np.full((rows + 1, width + 2), NEVER, np.float32)
        two, self.one, same, self.now = (
            self.paths[:-1, :-2],
            self.paths[:-1, 1:-1],
            self.paths[:-1, 2:],
            self.paths[1:, 2:],
        )
        arrays = two, self.one, same, self.stays, self.near, self.local, self.scores, self.now
        self.tokens = list(zip(*arrays, strict=True))
        self.jumped = list(self.jumps)
