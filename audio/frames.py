"""Cut sound into encoded frames that a transport sends one by one. Knows nothing of transports."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from audio.encoders import Encoder
from shared.types import Pcm, Samples

FIRST_FRAME_MS = 20
"""Length of the first frame if longer frames are requested; later ones double up to the requested length. Chosen: one
token's sound, so that the first frame adds no latency."""
_TAG = struct.Struct("<II")
_UINT32 = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Frame:
    """Encoded sound: number `seq`, first sample of the answer `sample`, number of `samples`."""

    seq: int
    sample: int
    samples: int
    data: bytes

    def tagged(self) -> bytes:
        """Return 8 bytes followed by the data: `seq` and `sample` as little-endian uint32, modulo 2^32."""
        return _TAG.pack(self.seq & _UINT32, self.sample & _UINT32) + self.data


class Framer:
    """Stage that yields encoded frames of `frame_ms`. The first frames and the last one may be shorter.

    A codec with its own frame size determines when bytes appear. A frame then holds the bytes of one or more steps, and
    its samples are those fed since the frame before.
    """

    def __init__(self, encoder: Encoder, rate: int, frame_ms: int, *, seq: int = 0, sample: int = 0) -> None:
        """Number frames from `seq` and samples from `sample`. `rate` in Hz."""
        self._encoder, self._rate = encoder, rate
        self._largest = rate * frame_ms // 1000
        self._size = min(self._largest, rate * FIRST_FRAME_MS // 1000)
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
