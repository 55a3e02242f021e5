"""Silence in place of sound. Knows nothing of text."""

from collections.abc import Iterable, Iterator

import numpy as np

from shared.types import Pcm

SILENCE_S = 0.2
"""Seconds of silence that a text without anything to speak becomes. From the wire contract."""


class SilenceFiller:
    """Stage that passes sound on, and yields SILENCE_S of silence at `rate` Hz at the end of an input without sound."""

    def __init__(self, *, rate: int) -> None:
        self._rate, self._empty = rate, True

    def feed(self, block: Pcm) -> Iterable[Pcm]:
        self._empty = False
        return (block,)

    def finish(self) -> Iterator[Pcm]:
        if self._empty:
            yield Pcm(np.zeros(round(SILENCE_S * self._rate), np.float32), self._rate)
