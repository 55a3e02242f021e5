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

    `signs` are those of the pattern (CHIPS, DELAYS). Each sample is the same sum in the same order wherever blocks are
    cut, so a stream and a file have the same samples, bit for bit.
    """

    def __init__(self, signs: Signs, *, rate: int) -> None:
        self._signs, self._rate = signs, rate
        self._delays = [round(delay * rate / RATE) for delay in DELAYS]
        self._terms: dict[int, list[tuple[np.ufunc, int]]] = {}
        self._chip = CHIP * rate / RATE
        ramp = round(RAMP_S * rate)
        self._ramp: Samples = ((np.arange(ramp) + 0.5) / ramp).astype(np.float32)
        self._past: Samples = np.zeros(max(self._delays), np.float32)
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
        total = np.zeros(part.stop - part.start, np.float32)
        start, stop = len(self._past) + part.start, len(self._past) + part.stop
        for add_or_subtract, delay in self._terms_of(chip % len(self._signs)):
            add_or_subtract(total, known[start - delay : stop - delay], total)
        return total

    def _terms_of(self, chip: int) -> list[tuple[np.ufunc, int]]:
        """Return each echo's operation and its delay in samples."""
        if chip not in self._terms:
            signs = zip(self._signs[chip], self._delays, strict=True)
            self._terms[chip] = [(np.add if sign > 0 else np.subtract, delay) for sign, delay in signs]
        return self._terms[chip]
