"""Keep the loudness of consecutive text chunks even. Knows nothing of how the sound is generated."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from shared.types import Pcm, Samples, TextChunk

FRAME_S = 0.02
"""Seconds of one frame, over which power is averaged. Chosen: usual for speech."""
LOOKAHEAD_FRAMES = 10
"""Frames that are measured before a later chunk's first sound is yielded: 0.2 s. Chosen as a compromise between delay
and a gain that fits the chunk's beginning."""
GATE_RATIO = 0.01
"""Share of the loudest frame's power below which a frame does not count as speech: 20 dB. Chosen."""
HALF_WEIGHT_FRAMES = 10
"""Speech frames after which half of the measured difference (in dB) is corrected: 0.2 s. Chosen."""
MAX_GAIN = 2.0
"""Largest gain, and the inverse of the smallest: 6 dB. Chosen so that a quiet chunk, such as a whisper, stays quiet."""

Levels = NDArray[np.float64]
"""One value per frame; shape (frames,)."""


class Leveller:
    """Stage that brings later chunks to the level of a text's first chunk: the mean power of its speech.

    The model generates each chunk anew, some decibels louder or quieter. The gain follows the level measured over the
    chunk so far and LOOKAHEAD_FRAMES beyond, which are held back. It settles within a second and then leaves the
    chunk's stresses unchanged. The first chunk passes unchanged and undelayed. The result does not depend on where
    blocks are cut.
    """

    def __init__(self) -> None:
        self._reference = 0.0  # mean power of the first chunk's speech; 0 until it is known
        self._meter = _Meter()
        self._held: Samples = np.zeros(0, np.float32)
        self._gains: Levels = np.zeros(0)  # the gain estimated at each frame that is held
        self._gain: float | None = None  # gain at the end of what this chunk has yielded
        self._alone = False  # no chunk before this one had speech, and none follows
        self._rate = 0

    def feed(self, item: TextChunk | Pcm) -> Iterator[TextChunk | Pcm]:
        if isinstance(item, TextChunk):
            yield from self.finish()
            self._alone = item.last and not self._reference
            yield item
            return
        if self._alone:
            yield item
            return
        self._rate = item.rate
        levels = self._meter.measure(item)
        if not self._reference:
            yield item
            return
        self._held = np.concatenate([self._held, item.samples])
        self._gains = np.concatenate([self._gains, self._estimated_gains(levels)])
        yield from self._emit(len(self._gains) - LOOKAHEAD_FRAMES)

    def finish(self) -> Iterator[Pcm]:
        """Yield the rest of a chunk and prepare for the next one."""
        if self._reference and len(self._held):
            last = self._gains[-1:] if len(self._gains) else np.array([self._gain or 1.0])
            frames = -(-len(self._held) // self._frame)
            self._gains = np.concatenate([self._gains, np.repeat(last, frames + LOOKAHEAD_FRAMES - len(self._gains))])
            yield from self._emit(frames)
        self._reference = self._reference or self._meter.level
        self._meter, self._gain, self._gains = _Meter(), None, np.zeros(0)

    @property
    def _frame(self) -> int:
        return round(FRAME_S * self._rate)

    def _estimated_gains(self, levels: Levels) -> Levels:
        """Return the gains for the levels after successive frames. They approach the full correction over time."""
        speech = self._meter.speech_frames[-len(levels) :] if len(levels) else levels
        full = np.log(np.sqrt(self._reference / np.where(levels > 0, levels, self._reference)))
        corrected = full * speech / (speech + HALF_WEIGHT_FRAMES)
        gains: Levels = np.exp(np.clip(corrected, -np.log(MAX_GAIN), np.log(MAX_GAIN)))
        return gains

    def _emit(self, frames: int) -> Iterator[Pcm]:
        """Yield held frames. Frame k has the gain estimated LOOKAHEAD_FRAMES later."""
        if frames <= 0:
            return
        gains = self._gains[LOOKAHEAD_FRAMES : LOOKAHEAD_FRAMES + frames]
        start = self._gain if self._gain is not None else float(gains[0])
        edges = np.concatenate([[start], gains])
        samples = self._held[: frames * self._frame]
        at = np.arange(1, len(samples) + 1) / self._frame
        curve = np.interp(at, np.arange(frames + 1), edges).astype(np.float32)
        self._held, self._gains, self._gain = self._held[len(samples) :], self._gains[frames:], float(gains[-1])
        yield Pcm(samples * curve, self._rate)


class _Meter:
    """Meter of the mean power of a chunk's speech so far, frame by frame."""

    def __init__(self) -> None:
        self._rest: Samples = np.zeros(0, np.float32)
        self._peak = 0.0
        self._sum = 0.0
        self.speech_frames: Levels = np.zeros(1)
        self.level = 0.0

    def measure(self, block: Pcm) -> Levels:
        """Return the level after each frame that `block` completes; update `speech_frames`, their counts of speech."""
        frame = round(FRAME_S * block.rate)
        samples = np.concatenate([self._rest, block.samples])
        whole = len(samples) // frame
        self._rest = samples[whole * frame :]
        if not whole:
            return np.zeros(0)
        power = np.mean(np.square(samples[: whole * frame].reshape(whole, frame), dtype=np.float64), axis=1)
        peaks = np.maximum(np.maximum.accumulate(power), self._peak)
        speech = power > GATE_RATIO * peaks
        sums = self._sum + np.cumsum(power * speech)
        self.speech_frames = self.speech_frames[-1] + np.cumsum(speech)
        levels: Levels = sums / np.maximum(self.speech_frames, 1)
        self._peak, self._sum, self.level = float(peaks[-1]), float(sums[-1]), float(levels[-1])
        return levels
