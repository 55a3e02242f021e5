"""Join the sound of consecutive text chunks. Knows nothing of how the sound is made."""

from collections.abc import Iterator

import numpy as np

from shared.types import Pcm, Samples, TextChunk


class Crossfader:
    """Equal-power cross-fade of `overlap_s` between chunks; each chunk is announced by its `TextChunk`.

    The last `overlap_s` of a chunk are held back until the next one begins; of the last chunk nothing is held, so
    a text of one chunk passes through untouched and undelayed. `starts`: the output's sample at which each begins.
    """

    def __init__(self, overlap_s: float = 0.05) -> None:
        self._overlap_s = overlap_s
        self._tail: Samples = np.zeros(0, np.float32)  # end of the chunk before, waiting for this one's beginning
        self._held: Samples = np.zeros(0, np.float32)  # what this chunk has not given yet
        self._last = True
        self._rate = 0
        self.samples = 0
        self.starts: list[int] = []

    def feed(self, item: TextChunk | Pcm) -> Iterator[Pcm]:
        if isinstance(item, TextChunk):
            yield from self._turn(item)
            return
        self._rate = item.rate
        self._held = np.concatenate([self._held, item.samples]) if len(self._held) else item.samples
        overlap = round(self._overlap_s * item.rate)
        if len(self._tail):
            if len(self._held) < len(self._tail):
                return
            self._mix()
        keep = 0 if self._last else overlap
        if len(self._held) > keep:
            yield self._give(self._held[: len(self._held) - keep])
            self._held = self._held[len(self._held) - keep :]

    def finish(self) -> Iterator[Pcm]:
        rest = self._joined()
        if len(rest):
            yield self._give(rest)

    def _turn(self, chunk: TextChunk) -> Iterator[Pcm]:
        """The next chunk begins: what is held of the one before becomes its tail."""
        tail = self._joined()
        overlap = round(self._overlap_s * self._rate)
        if len(tail) > overlap:
            yield self._give(tail[: len(tail) - overlap])
            tail = tail[len(tail) - overlap :]
        self._tail, self._held, self._last = tail, tail[:0], chunk.last
        self.starts.append(self.samples)

    def _mix(self) -> None:
        n = len(self._tail)
        turn = (np.arange(n, dtype=np.float32) + 0.5) / n * (np.pi / 2)
        mixed = self._tail * np.cos(turn) + self._held[:n] * np.sin(turn)
        self._held = np.concatenate([mixed, self._held[n:]]).astype(np.float32)
        self._tail = self._tail[:0]

    def _joined(self) -> Samples:
        """What is held, with a tail that never found a partner as long as itself in front of it."""
        if not len(self._tail):
            return self._held
        n = min(len(self._tail), len(self._held))
        rest, self._tail = self._tail[n:], self._tail[:n]
        if n:
            self._mix()
        return np.concatenate([self._held[:n], rest])

    def _give(self, samples: Samples) -> Pcm:
        self.samples += len(samples)
        return Pcm(samples, self._rate)
