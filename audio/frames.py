"""Sound cut into frames that a transport sends one by one. Knows nothing of transports."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from audio.encoders import Encoder
from shared.types import Pcm, Samples

FIRST_MS = 20  # the first frame's length where longer ones are asked for; they double up to that
_TAG = struct.Struct("<II")
_UINT32 = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Frame:
    """Encoded sound: its number, and which samples of the answer it brought."""

    seq: int
    sample: int
    samples: int
    data: bytes

    def tagged(self) -> bytes:
        """The data behind 8 bytes: number and first sample, uint32, little-endian; they wrap."""
        return _TAG.pack(self.seq & _UINT32, self.sample & _UINT32) + self.data


class Framer:
    """Frames of `frame_ms`, encoded; the first ones shorter where that is long, the last one by what is left.

    A format that keeps samples in frames of its own decides when bytes appear: a frame then is what one step gave, and
    its samples those that were fed since the frame before.
    """

    def __init__(self, encoder: Encoder, rate: int, frame_ms: int, *, seq: int = 0, sample: int = 0) -> None:
        """Frames are numbered from `seq`, their samples from `sample`."""
        self._encoder, self._rate = encoder, rate
        self._largest = rate * frame_ms // 1000
        self._size = min(self._largest, rate * FIRST_MS // 1000)
        self._seq, self._sample = seq, sample
        self._fed = 0  # samples since the last frame
        self._held: Samples = np.zeros(0, np.float32)

    def feed(self, block: Pcm) -> Iterator[Frame]:
        held = np.concatenate([self._held, block.samples]) if len(self._held) else block.samples
        start = 0
        while len(held) - start >= self._size:
            yield from self._encode(held[start : start + self._size])
            start += self._size
            self._size = min(2 * self._size, self._largest)
        self._held = held[start:]

    def finish(self) -> Iterator[Frame]:
        if len(self._held):
            yield from self._encode(self._held)
        yield from self._frame(b"".join(self._encoder.finish()))

    def _encode(self, samples: Samples) -> Iterator[Frame]:
        self._fed += len(samples)
        yield from self._frame(b"".join(self._encoder.feed(Pcm(samples, self._rate))))

    def _frame(self, data: bytes) -> Iterator[Frame]:
        if data:
            frame = Frame(self._seq, self._sample, self._fed, data)
            self._seq, self._sample, self._fed = self._seq + 1, self._sample + self._fed, 0
            yield frame
