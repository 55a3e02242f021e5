"""Silence in place of sound. Knows nothing of text."""

from collections.abc import Iterable, Iterator

import numpy as np

from shared.types import Pcm

SILENCE_S = 0.2
"""Seconds of silence that a text without anything to speak becomes. From the wire contract."""


class SilenceFiller:
    """Stage that passes sound on, and yields `seconds` of silence at `rate` Hz at the end of an input without sound."""

    def __init__(self, *, rate: int, seconds: float = SILENCE_S) -> None:
        self._rate, self._seconds, self._empty = rate, seconds, True

    def feed(self, block: Pcm) -> Iterable[Pcm]:
        self._empty = False
        return (block,)

    def finish(self) -> Iterator[Pcm]:
        if self._empty:
            yield Pcm(np.zeros(round(self._seconds * self._rate), np.float32), self._rate)
