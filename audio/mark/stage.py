"""Add the mark to a stream of sound. Knows nothing of secrets."""

from collections.abc import Iterator

import numpy as np

from audio.mark.pattern import CHIP, DELAYS, MARK_DB, RATE, Signs
from shared.types import Pcm, Samples

RAMP_S = 0.02
"""Seconds in which the echoes change from one chip's signs to the next one's. Chosen long enough to prevent clicks."""
_GAIN = np.float32(np.sqrt(10 ** (MARK_DB / 10) / len(DELAYS)))


class Marker:
    """Stage that adds the echoes of the mark. It neither delays the sound nor changes its length.

    `signs` are those of the pattern (CHIPS, DELAYS). Each sample is the same product of the same two vectors
    wherever blocks are cut, so a stream and a file have the same samples, bit for bit.
    """

    def __init__(self, signs: Signs, *, rate: int) -> None:
        self._rate = rate
        self._phases = 1 if rate % RATE else rate // RATE  # of which each is filtered alone: the delays are multiples
        delays = np.array([round(delay * rate / RATE / self._phases) for delay in DELAYS])
        self._shortest, self._longest = (int(delay) * self._phases for delay in (delays.min(), delays.max()))
        self._filters: Samples = np.zeros((len(signs), delays.max() - delays.min() + 1), np.float32)
        self._filters[:, delays - delays.min()] = signs
        self._chip = CHIP * rate / RATE
        ramp = round(RAMP_S * rate)
        self._ramp: Samples = ((np.arange(ramp) + 0.5) / ramp).astype(np.float32)
        self._past: Samples = np.zeros(self._longest, np.float32)
        self._position = 0

    def feed(self, block: Pcm) -> Iterator[Pcm]:
        if not len(block.samples):
            return
        known = np.concatenate([self._past, block.samples])
        marked = block.samples.copy()
        first, end = self._position, self._position + len(marked)
        at = first
        while at < end:
            chip = self._chip_at(at)
            start, stop = self._start_of(chip), min(end, self._start_of(chip + 1))
            steady = start + len(self._ramp)
            if at < steady:
                stop = min(stop, steady)
            part = slice(at - first, stop - first)
            echoes = self._echoes(known, part, chip)
            if at < steady:
                before = self._echoes(known, part, chip - 1)
                echoes = before + (echoes - before) * self._ramp[at - start : stop - start]
            marked[part] += _GAIN * echoes
            at = stop
        self._past, self._position = known[len(known) - len(self._past) :], end
        yield Pcm(marked, self._rate)

    def finish(self) -> Iterator[Pcm]:
        return iter(())

    def _start_of(self, chip: int) -> int:
        return round(chip * self._chip)

    def _chip_at(self, sample: int) -> int:
        chip = int(sample / self._chip)
        return chip + 1 if self._start_of(chip + 1) <= sample else chip - 1 if self._start_of(chip) > sample else chip

    def _echoes(self, known: Samples, part: slice, chip: int) -> Samples:
        """Return the sum of the echoes (N,) in `part` of the block, which `known` has behind the past."""
        total = np.empty(part.stop - part.start, np.float32)
        start, stop = len(self._past) + part.start, len(self._past) + part.stop
        heard, taps = known[start - self._longest : stop - self._shortest], self._filters[chip % len(self._filters)]
        for phase in range(min(self._phases, len(total))):
            total[phase :: self._phases] = np.convolve(heard[phase :: self._phases], taps, "valid")
        return total
