"""Join the sound of consecutive text chunks. Knows nothing of how the sound is generated."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from shared.types import Pcm, Samples, TextChunk

OVERLAP_S = 0.05
"""Cross-fade between two chunks, in seconds. Chosen."""
MAX_SILENCE_S = 0.6
"""Longest silence at the beginning or end of a chunk that counts towards a pause, in seconds. Chosen; it also bounds
how much sound is held back."""
EDGE_S = 0.005
"""Fade of a sound that begins or ends without silence, in seconds. Chosen long enough to prevent clicks."""
SILENCE_RATIO = 0.02
"""Share of a chunk's peak below which a sample counts as silent: 34 dB. Chosen."""


@dataclass(slots=True)
class Timeline:
    """Position of each chunk in the joined sound: the sample at which it begins, and the samples yielded so far.

    `sounds` are the samples at which each chunk's sound begins and ends, without the silence around it; its end is None
    until it is known. `shifts` maps samples: sample n of chunk i, counted before the joiner cuts anything from the
    chunk, is sample `n + shifts[i]` of the joined sound. It is known once the chunk has begun there.
    """

    starts: list[int] = field(default_factory=list)
    samples: int = 0
    sounds: list[tuple[int, int | None]] = field(default_factory=list)
    shifts: list[int] = field(default_factory=list)

    def sample_of(self, chunk: int, sample: float) -> float:
        """Return the place in the joined sound of a sample of `chunk`, whose shift is known.

        A sample that was cut from an edge of the chunk has the place of the cut.
        """
        place = max(sample + self.shifts[chunk], self.starts[chunk])
        return min(place, self.starts[chunk + 1]) if chunk + 1 < len(self.starts) else place


class SeamJoiner:
    """Stage that joins chunks with the pauses that the text requires, whatever silence the model generated.

    Each chunk's sound follows its `TextChunk`; `pauses_s[i]` is the pause after chunk i, in seconds. The silence at the
    end of a chunk, at least 50 ms, is held back until the next chunk's first sound arrives. Then the two silences are
    shortened or extended to the pause, and joined by an equal-power cross-fade of 50 ms. Nothing of the last chunk is
    held back, so a text of one chunk passes unchanged and undelayed. `timeline` grows with the output.

    `lead_s` seconds of silence precede the first sound, and `tail_s` follow the last one. Both may be set until then.
    """

    def __init__(self, pauses_s: Sequence[float]) -> None:
        self._pauses_s = pauses_s
        self.lead_s = self.tail_s = 0.0
        self._before: Samples | None = None  # held end of the chunk before, until this one's first sound arrives
        self._held = _nothing()  # samples of this chunk that were not yielded yet
        self._chunk = TextChunk(0, "", last=True)
        self._peak = 0.0
        self._rate = 0
        self.timeline = Timeline()

    def feed(self, item: TextChunk | Pcm) -> Iterator[Pcm]:
        if isinstance(item, TextChunk):
            yield from self._begin(item)
            return
        self._rate = item.rate
        self._held = np.concatenate([self._held, item.samples]) if len(self._held) else item.samples
        self._peak = max(self._peak, float(np.abs(item.samples).max(initial=0)))
        if self._before is not None:
            if self._leading_silence() == len(self._held) < MAX_SILENCE_S * self._rate:
                return  # no sound yet
            yield from self._join()
        elif not self.timeline.sounds:
            yield from self._lead()
        keep = 0 if self._chunk.last else max(round(OVERLAP_S * self._rate), self._trailing_silence())
        yield from self._emit(self._held[: max(0, len(self._held) - keep)])
        self._held = self._held[max(0, len(self._held) - keep) :]

    def finish(self) -> Iterator[Pcm]:
        if self._before is not None:
            yield from self._join()
        end = self.timeline.samples + len(self._held) - _silent_end(self._held, self._peak)
        yield from self._emit(self._held)
        if self.timeline.sounds:
            self._end_sound(end)
        yield from self._emit(np.zeros(round(self.tail_s * self._rate), np.float32))

    def _lead(self) -> Iterator[Pcm]:
        """Yield the silence before the first sound, and note where that begins."""
        if not self.timeline.samples:
            self.timeline.shifts[0] = lead = round(self.lead_s * self._rate)
            yield from self._emit(np.zeros(lead, np.float32))
        silence = self._leading_silence()
        if silence < len(self._held):
            self.timeline.sounds.append((self.timeline.samples + silence, None))

    def _end_sound(self, at: int) -> None:
        self.timeline.sounds[-1] = (self.timeline.sounds[-1][0], at)

    def _begin(self, chunk: TextChunk) -> Iterator[Pcm]:
        if self._before is not None:  # the chunk that ends here was silent
            yield from self._join()
        if self.timeline.starts:
            self._before = self._held
        else:
            self.timeline.starts.append(0)
            self.timeline.shifts.append(0)
        self._held, self._chunk = _nothing(), chunk

    def _join(self) -> Iterator[Pcm]:
        """Yield the end of the chunk before, and cross-fade it into the beginning of this one."""
        assert self._before is not None
        before, after = self._before, self._held
        pause = round(self._pauses_s[self._chunk.index - 1] * self._rate)
        overlap, cut_after = round(OVERLAP_S * self._rate), 0
        silence_before = _silent_end(before, self._peak)
        sound_before = len(before) - silence_before
        if pause:
            silence_after = self._leading_silence()
            overlap = min(overlap, max(silence_after, round(EDGE_S * self._rate)))  # keep the first sound's level
            lacking = pause + overlap - silence_before - silence_after
            if lacking > 0:
                before = np.concatenate([faded_out(before, round(EDGE_S * self._rate)), np.zeros(lacking, np.float32)])
            else:
                cut_after = min(silence_after, max(-lacking // 2, -lacking - silence_before))
                before, after = before[: len(before) + lacking + cut_after], after[cut_after:]
        overlap = min(overlap, len(before), len(after))
        timeline, end = self.timeline, self.timeline.samples + min(sound_before, len(before))
        yield from self._emit(before[: len(before) - overlap])
        if not timeline.sounds:  # every chunk so far was silent
            timeline.sounds.append((timeline.samples, None))
        self._end_sound(end)
        timeline.starts.append(timeline.samples)
        timeline.shifts.append(timeline.samples - cut_after)
        self._held = _crossfade(before[len(before) - overlap :], after, overlap)
        timeline.sounds.append((timeline.samples + self._leading_silence(), None))
        self._before = None

    def _leading_silence(self) -> int:
        return _silent_end(self._held[::-1], self._peak)

    def _trailing_silence(self) -> int:
        return min(_silent_end(self._held, self._peak), round(MAX_SILENCE_S * self._rate))

    def _emit(self, samples: Samples) -> Iterator[Pcm]:
        if len(samples):
            self.timeline.samples += len(samples)
            yield Pcm(samples, self._rate)


def _nothing() -> Samples:
    return np.zeros(0, np.float32)


def _silent_end(samples: Samples, peak: float) -> int:
    """Return the number of samples at the end that are silent relative to `peak`."""
    loud = np.flatnonzero(np.abs(samples) > SILENCE_RATIO * peak)
    return len(samples) - 1 - int(loud[-1]) if len(loud) else len(samples)


def faded_out(samples: Samples, edge: int) -> Samples:
    """Return samples that end in a fade of `edge` samples."""
    edge = min(edge, len(samples))
    ramp = np.cos((np.arange(edge, dtype=np.float32) + 0.5) / max(1, edge) * np.float32(np.pi / 2))
    return np.concatenate([samples[: len(samples) - edge], samples[len(samples) - edge :] * ramp])


def _crossfade(before: Samples, after: Samples, overlap: int) -> Samples:
    phase = (np.arange(overlap, dtype=np.float32) + 0.5) / max(1, overlap) * np.float32(np.pi / 2)
    mixed = before * np.cos(phase) + after[:overlap] * np.sin(phase)
    return np.concatenate([mixed, after[overlap:]])
