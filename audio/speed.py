"""Change the speed of speech without its pitch, as a stream. Rate and level stay the same.

The method is pitch-synchronous overlap-add (PICOLA: Morita and Itakura, ICASSP 1986): copy the input, and at intervals
cross-fade to the sound one pitch period later, which removes that period, or one period earlier, which repeats it.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from shared.types import Pcm, Samples

LOWEST_HZ, HIGHEST_HZ = 65, 300
"""Pitches whose periods are the longest and the shortest lag. Chosen: the range of most voices. A higher pitch is
matched at two periods."""
COMPARED_S = 0.010
"""Seconds of sound that the search compares. 6 and 15 ms gave PESQ within 0.1 (measured: docs/benchmarks.md)."""
COARSE_HZ = 4000
"""Least sampling rate of the search's first pass. 2 and 8 kHz gave PESQ within 0.1 (measured)."""
LAG_COST = 0.2
"""Amount by which the longest lag must be more similar than a lag of 0 to be preferred, because one period is better
than two. 0 to 0.3 gave PESQ within 0.14 (measured)."""
HELD_S = 2 / LOWEST_HZ
"""Seconds of the input that are held between blocks: a splice reads twice the longest lag ahead."""
FULL_SCALE = np.float32(2**15)
"""Full scale of the integers that the search compares: 16 bits."""


class SpeedChanger:
    """Stage for a speed from 0.25 to 4, except 1. The output does not depend on how the input is cut into blocks.

    Schedule: sample n of the input belongs at position n / speed of the output. The output is never ahead of the
    schedule and at most the longest lag (15.4 ms) behind it. Its length is that of the input divided by the speed,
    rounded. A splice reads twice the longest lag (30.8 ms) ahead; less than that is held between blocks. A fade never
    exceeds the peak of its input.
    """

    def __init__(self, *, rate: int, speed: float) -> None:
        self._rate, self._speed = rate, speed
        self._faster = speed > 1
        self._drift = abs(
            1 - 1 / speed
        )  # samples by which copying one sample moves the output relative to its schedule
        self._search = LagSearch(rate)
        self._longest = self._search.longest
        self._ramp = np.arange(0.5, self._longest, dtype=np.float32)
        self._held: Samples = np.zeros(0, np.float32)  # input from `_read` on
        self._taken = self._read = self._written = 0  # samples
        self._lag = self._searched = 0  # the last lag, and the input position at which it was found
        self._to_copy = int(self._room() / self._drift)  # samples before the next splice

    def feed(self, block: Pcm) -> Iterator[Pcm]:
        self._taken += len(block.samples)
        return self._push(block.samples)

    def finish(self) -> Iterator[Pcm]:
        """Yield the rest, followed by silence where the output is behind its schedule."""
        if left := round(self._taken / self._speed) - self._written:
            silence = np.zeros(2 * self._longest + round(self._longest * self._speed), np.float32)
            for block in self._push(silence):
                yield Pcm(block.samples[:left], self._rate)

    def _push(self, samples: Samples) -> Iterator[Pcm]:
        held = np.concatenate([self._held, samples])
        pieces: list[Samples] = []
        start, at = self._read, 0
        while at < len(held):
            if copied := min(self._to_copy, len(held) - at):
                pieces.append(held[at : at + copied])
                self._to_copy -= copied
                self._moved(read=copied, written=copied)
            elif len(held) - at >= 2 * self._longest:
                self._splice(held[at : at + 2 * self._longest], pieces)
                self._to_copy = int(self._room() / self._drift)
            else:
                break
            at = self._read - start
        self._held = held[at:]
        if pieces:
            yield Pcm(np.concatenate(pieces), self._rate)

    def _splice(self, ahead: Samples, pieces: list[Samples]) -> None:
        """Remove or repeat one lag. Above twice and below half the speed, the fade is shorter than the lag."""
        if self._read >= self._searched + self._lag:
            self._lag, self._searched = self._search.best(ahead), self._read
        lag = self._lag
        gained = lag / self._speed if self._faster else lag
        width = min(lag, int((self._room() + gained) / self._drift))
        here, there = ahead[:width], ahead[lag : lag + width]
        weights = self._ramp[:width] * np.float32(1 / width)
        if self._faster:
            pieces.append(here + (there - here) * weights)
            self._moved(read=lag + width, written=width)
        else:
            pieces += ahead[:lag], there + (here - there) * weights
            self._moved(read=width, written=lag + width)

    def _room(self) -> float:
        """Return the samples by which copying may still move the output relative to its schedule."""
        late = self._read / self._speed - self._written
        return late if self._faster else self._longest - late

    def _moved(self, *, read: int, written: int) -> None:
        self._read += read
        self._written += written


class LagSearch:
    """Search for the lag at which sound is most similar to itself: the pitch period of voiced speech.

    The first pass, at a low rate, maximises 2ab / (aa + bb), which is 1 for equal sounds. The second pass finds the
    least squared difference close to the first result. Samples are rounded to integers whose sums float64 represents
    exactly, so the result does not depend on the order in which a processor adds them.
    """

    def __init__(self, rate: int) -> None:
        self._step = step = max(1, rate // COARSE_HZ)
        self._shortest, self.longest = (round(rate / hz / step) * step for hz in (HIGHEST_HZ, LOWEST_HZ))
        self._compared = round(COMPARED_S * rate / step) * step
        self._ones = np.ones(step)
        self._cost = LAG_COST * np.arange(self._shortest, self.longest + 1, step) / self.longest

    def best(self, ahead: Samples) -> int:
        """Return the lag in samples; `ahead` is at least twice the longest."""
        sound = np.rint(ahead[: self.longest + self._compared] * FULL_SCALE).astype(np.float64)
        step = self._step
        similar = _similarity(sound.reshape(-1, step) @ self._ones, self._shortest // step, self._compared // step)
        near = self._shortest + int((similar - self._cost).argmax()) * step
        first, last = max(self._shortest, near - step + 1), min(self.longest, near + step - 1)
        return first + int(_closeness(sound, first, last, self._compared).argmax())


def _similarity(sound: NDArray[np.float64], first: int, length: int) -> NDArray[np.floating]:
    """Return the similarity of the first `length` samples to those at each lag from `first` to the end of `sound`."""
    energy = (sound * sound).cumsum()
    energies = energy[first + length - 1 :] - energy[first - 1 : -length]
    products = np.correlate(sound[first:], sound[:length])
    similarity: NDArray[np.floating] = 2 * products / (energies + (energy[length - 1] + 1))
    return similarity


def _closeness(sound: NDArray[np.float64], first: int, last: int, length: int) -> NDArray[np.floating]:
    """Return 2ab - bb of the first `length` samples and those at each lag, less the bb of lag `first`."""
    closeness = 2 * np.correlate(sound[first : last + length], sound[:length])
    entering, leaving = sound[first + length : last + length], sound[first:last]
    closeness[1:] -= (entering * entering - leaving * leaving).cumsum()
    return closeness
