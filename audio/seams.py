"""Join the sound of consecutive text chunks into one performance. Knows nothing of how the sound is made."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from shared.types import Pcm, Samples, TextChunk

OVERLAP_S = 0.05
LONGEST_REST_S = 0.6  # of silence at the end or beginning of a chunk that is taken for a rest
EDGE_S = 0.005  # a sound that stops or begins without silence of its own is faded so long, against clicks
QUIET = 0.02  # of a chunk's peak: 34 dB below it


@dataclass(slots=True)
class Timeline:
    """Where each chunk lies in the joined sound: the sample at which it begins, and the samples given so far."""

    starts: list[int] = field(default_factory=list)
    samples: int = 0


class SeamJoiner:
    """Between two chunks there is the rest that the text asks for, whatever silence the model put there itself.

    Each chunk is announced by its `TextChunk`; `pauses_s[i]` is the rest after chunk i. What is silent at the end of a
    chunk, and 50 ms at least, is held back until the next one's first sound is there; then the two silences are cut or
    stretched to the rest, by an equal-power cross-fade of 50 ms. Of the last chunk nothing is held, so a text of one
    chunk passes through untouched and undelayed. `timeline` grows with the output.
    """

    def __init__(self, pauses_s: Sequence[float]) -> None:
        self._pauses_s = pauses_s
        self._before: Samples | None = None  # end of the chunk before, waiting for this one's first sound
        self._held = _nothing()  # what this chunk has not given yet
        self._chunk = TextChunk(0, "", last=True)
        self._peak = 0.0
        self._rate = 0
        self.timeline = Timeline()

    def feed(self, item: TextChunk | Pcm) -> Iterator[Pcm]:
        if isinstance(item, TextChunk):
            yield from self._turn(item)
            return
        self._rate = item.rate
        self._held = np.concatenate([self._held, item.samples]) if len(self._held) else item.samples
        self._peak = max(self._peak, float(np.abs(item.samples).max(initial=0)))
        if self._before is not None:
            if self._leading_rest() == len(self._held) < LONGEST_REST_S * self._rate:
                return  # no sound yet
            yield from self._join()
        keep = 0 if self._chunk.last else max(round(OVERLAP_S * self._rate), self._trailing_rest())
        yield from self._give(self._held[: max(0, len(self._held) - keep)])
        self._held = self._held[max(0, len(self._held) - keep) :]

    def finish(self) -> Iterator[Pcm]:
        if self._before is not None:
            yield from self._join()
        yield from self._give(self._held)

    def _turn(self, chunk: TextChunk) -> Iterator[Pcm]:
        if self._before is not None:  # a chunk that made no sound
            yield from self._join()
        if self.timeline.starts:
            self._before = self._held
        else:
            self.timeline.starts.append(0)
        self._held, self._chunk = _nothing(), chunk

    def _join(self) -> Iterator[Pcm]:
        """Give the end of the chunk before, and lay the beginning of this one on it."""
        assert self._before is not None
        before, after = self._before, self._held
        pause = round(self._pauses_s[self._chunk.index - 1] * self._rate)
        overlap = round(OVERLAP_S * self._rate)
        if pause:
            rest_before, rest_after = _quiet_end(before, self._peak), self._leading_rest()
            overlap = min(overlap, max(rest_after, round(EDGE_S * self._rate)))  # spare the first sound
            lacking = pause + overlap - rest_before - rest_after
            if lacking > 0:
                before = np.concatenate([_faded_out(before, round(EDGE_S * self._rate)), np.zeros(lacking, np.float32)])
            else:
                cut_after = min(rest_after, max(-lacking // 2, -lacking - rest_before))
                before, after = before[: len(before) + lacking + cut_after], after[cut_after:]
        overlap = min(overlap, len(before), len(after))
        yield from self._give(before[: len(before) - overlap])
        self.timeline.starts.append(self.timeline.samples)
        self._held = _crossfade(before[len(before) - overlap :], after, overlap)
        self._before = None

    def _leading_rest(self) -> int:
        return _quiet_end(self._held[::-1], self._peak)

    def _trailing_rest(self) -> int:
        return min(_quiet_end(self._held, self._peak), round(LONGEST_REST_S * self._rate))

    def _give(self, samples: Samples) -> Iterator[Pcm]:
        if len(samples):
            self.timeline.samples += len(samples)
            yield Pcm(samples, self._rate)


def _nothing() -> Samples:
    return np.zeros(0, np.float32)


def _quiet_end(samples: Samples, peak: float) -> int:
    """How many samples at the end are quiet beside `peak`."""
    loud = np.flatnonzero(np.abs(samples) > QUIET * peak)
    return len(samples) - 1 - int(loud[-1]) if len(loud) else len(samples)


def _faded_out(samples: Samples, edge: int) -> Samples:
    edge = min(edge, len(samples))
    ramp = np.cos((np.arange(edge, dtype=np.float32) + 0.5) / max(1, edge) * np.float32(np.pi / 2))
    return np.concatenate([samples[: len(samples) - edge], samples[len(samples) - edge :] * ramp])


def _crossfade(before: Samples, after: Samples, overlap: int) -> Samples:
    turn = (np.arange(overlap, dtype=np.float32) + 0.5) / max(1, overlap) * np.float32(np.pi / 2)
    mixed = before * np.cos(turn) + after[:overlap] * np.sin(turn)
    return np.concatenate([mixed, after[overlap:]])
