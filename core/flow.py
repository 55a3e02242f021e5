"""What has passed each stage of one performance, counted where it passes. Judging it is others' work.

Counting is a few additions (tests/api/test_debug.py holds it under a microsecond); it is done on the event
loop alone.
"""

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Passage:
    """What one stage took and gave, in the stage's own units, and when it did so first and last (perf_counter)."""

    steps: int = 0
    taken: int = 0
    given: int = 0
    first: float = 0.0
    last: float = 0.0

    def saw(self, *, taken: int = 0, given: int = 0) -> None:
        self.last = time.perf_counter()
        if not self.steps:
            self.first = self.last
        self.steps += 1
        self.taken += taken
        self.given += given


@dataclass(frozen=True, slots=True)
class Flow:
    """A performance's passages, in the order of the line. `hop`: samples of a token, at the codec's rate."""

    hop: int
    engine: Passage = field(default_factory=Passage)  # deltas; gives semantic tokens
    codec: Passage = field(default_factory=Passage)  # windows; takes tokens, gives samples
    chunker: Passage = field(default_factory=Passage)  # blocks; takes samples, and joins, paces and resamples them
    encoder: Passage = field(default_factory=Passage)  # pieces; takes samples at the answer's rate, gives bytes
    transport: Passage = field(default_factory=Passage)  # pieces; gives bytes to the client's connection
