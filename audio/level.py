"""Keep the loudness of consecutive text chunks even. Knows nothing of how the sound is made."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from shared.types import Pcm, Samples, TextChunk

FRAME_S = 0.02
LOOK_AHEAD = 10  # frames of a later chunk that are heard before its first sound is given
GATE = 0.01  # of the loudest frame's power: 20 dB below it is not speech
SOME_SPEECH = 10  # frames after which half of the difference is believed
MOST = 2.0  # 6 dB up or down: a whisper stays a whisper

Levels = NDArray[np.float64]
"""One value for each frame; shape (frames,)."""


class Leveller:
    """The first chunk of a text sets the level, by the mean power of its speech; later chunks are brought to it.

    A model asked anew for every chunk speaks one some decibels louder than another. The gain follows what has been
    heard of the chunk so far and 0.2 s beyond, which are held back; it settles within a second and then leaves the
    chunk's own stresses alone. The first chunk passes untouched and undelayed. Where blocks are cut does not matter.
    """

    def __init__(self) -> None:
        self._reference = 0.0  # mean power of the first chunk's speech; 0 until it is known
        self._meter = _Meter()
        self._held: Samples = np.zeros(0, np.float32)
        self._gains: Levels = np.zeros(0)  # for each frame held: what was believed when it was heard
        self._gain: float | None = None  # at the end of what was given of this chunk
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
        self._gains = np.concatenate([self._gains, self._believed(levels)])
        yield from self._give(len(self._gains) - LOOK_AHEAD)

    def finish(self) -> Iterator[Pcm]:
        """The end of a chunk."""
        if self._reference and len(self._held):
            last = self._gains[-1:] if len(self._gains) else np.array([self._gain or 1.0])
            frames = -(-len(self._held) // self._frame)
            self._gains = np.concatenate([self._gains, np.repeat(last, frames + LOOK_AHEAD - len(self._gains))])
            yield from self._give(frames)
        self._reference = self._reference or self._meter.level
        self._meter, self._gain, self._gains = _Meter(), None, np.zeros(0)

    @property
    def _frame(self) -> int:
        return round(FRAME_S * self._rate)

    def _believed(self, levels: Levels) -> Levels:
        """Gains for the powers `levels`, heard over ever more frames of speech."""
        speech = self._meter.speech_frames[-len(levels) :] if len(levels) else levels
        full = np.log(np.sqrt(self._reference / np.where(levels > 0, levels, self._reference)))
        gains: Levels = np.exp(np.clip(full * speech / (speech + SOME_SPEECH), -np.log(MOST), np.log(MOST)))
        return gains

    def _give(self, frames: int) -> Iterator[Pcm]:
        """Frame k with the gain that was believed `LOOK_AHEAD` frames later."""
        if frames <= 0:
            return
        gains = self._gains[LOOK_AHEAD : LOOK_AHEAD + frames]
        start = self._gain if self._gain is not None else float(gains[0])
        edges = np.concatenate([[start], gains])
        samples = self._held[: frames * self._frame]
        at = np.arange(1, len(samples) + 1) / self._frame
        curve = np.interp(at, np.arange(frames + 1), edges).astype(np.float32)
        self._held, self._gains, self._gain = self._held[len(samples) :], self._gains[frames:], float(gains[-1])
        yield Pcm(samples * curve, self._rate)


class _Meter:
    """The mean power of the speech in a chunk so far, frame by frame."""

    def __init__(self) -> None:
        self._rest: Samples = np.zeros(0, np.float32)
        self._peak = 0.0
        self._sum = 0.0
        self.speech_frames: Levels = np.zeros(1)
        self.level = 0.0

    def measure(self, block: Pcm) -> Levels:
        """The level after each frame that `block` completes; `speech_frames` counts what it rests on."""
        frame = round(FRAME_S * block.rate)
        samples = np.concatenate([self._rest, block.samples])
        whole = len(samples) // frame
        self._rest = samples[whole * frame :]
        if not whole:
            return np.zeros(0)
        power = np.mean(np.square(samples[: whole * frame].reshape(whole, frame), dtype=np.float64), axis=1)
        peaks = np.maximum(np.maximum.accumulate(power), self._peak)
        speech = power > GATE * peaks
        sums = self._sum + np.cumsum(power * speech)
        self.speech_frames = self.speech_frames[-1] + np.cumsum(speech)
        levels: Levels = sums / np.maximum(self.speech_frames, 1)
        self._peak, self._sum, self.level = float(peaks[-1]), float(sums[-1]), float(levels[-1])
        return levels
