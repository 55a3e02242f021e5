"""Speak faster or slower at the same pitch. Knows nothing of where the sound comes from."""

from collections.abc import Iterator

import numpy as np
import sonic

from shared.types import Pcm

MOST_READ = 22_050  # samples; sonic gives no more at once


class SpeedChanger:
    """Sonic's pitch-synchronous overlap-add, streaming; the first sound comes after some 40 ms of input."""

    def __init__(self, *, rate: int, speed: float) -> None:
        self._rate = rate
        self._sonic = sonic.Sonic(rate, 1)
        self._sonic.set_speed(speed)

    def feed(self, block: Pcm) -> Iterator[Pcm]:
        self._sonic.write_float(np.ascontiguousarray(block.samples, np.float32))
        return self._read()

    def finish(self) -> Iterator[Pcm]:
        self._sonic.flush()
        return self._read()

    def _read(self) -> Iterator[Pcm]:
        while ready := self._sonic.samples_available():
            data = self._sonic.read_float(min(ready, MOST_READ))
            yield Pcm(np.frombuffer(data, np.float32), self._rate)
