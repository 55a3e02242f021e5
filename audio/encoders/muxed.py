"""Drive a codec and the container around it, in memory. Knows nothing of the single formats."""

import ctypes
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

import av
import av._core
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet

from audio.encoders.wav import quantized
from shared.types import Pcm, Samples

STEPS_PER_S = 10  # sound is encoded 100 ms at a time, and given away, so that a long block holds nobody up for long

# PyAV cuts sound into a codec's frames with a filter graph, which starts a thread for every core (up to 16) in every
# encoder, all of them idle, and cannot be told not to. FFmpeg can be told that there is one core. On Windows a module
# does not lead to the libraries that it is linked with, and the threads stay.
if sys.platform != "win32":
    ctypes.CDLL(av._core.__file__).av_cpu_force_count(1)


@dataclass(frozen=True, slots=True)
class Codec:
    """What FFmpeg is asked for. `takes` is the sample format; `bit_rate` in bit/s, None where the codec needs none."""

    name: Literal["libopus", "libmp3lame", "flac", "aac"]
    container: str
    takes: Literal["s16", "flt"] = "flt"
    bit_rate: int | None = None
    options: dict[str, str] = field(default_factory=dict)
    container_options: dict[str, str] = field(default_factory=dict)


class MuxedEncoder:
    """Mono sound through a codec into a container, which hands its bytes over as soon as it has them.

    The same sound gives the same bytes: nothing in them tells time, version or a random number.
    """

    def __init__(self, rate: int, codec: Codec) -> None:
        self._rate = rate
        self._takes = codec.takes
        self._samples = 0
        self._sink = _Sink()
        options = codec.container_options | {"flush_packets": "1", "fflags": "+bitexact"}
        container = av.open(self._sink, "w", format=codec.container, options=options)
        stream = container.add_stream(codec.name, rate, codec.options, layout="mono")
        if codec.bit_rate:
            stream.bit_rate = codec.bit_rate
        container.start_encoding()
        self._open: tuple[OutputContainer, AudioStream] | None = (container, stream)

    def feed(self, block: Pcm) -> Iterator[bytes]:
        """Raises ValueError for a block of another rate, and for an encoder that is closed."""
        if block.rate != self._rate:
            raise ValueError(f"{block.rate} Hz fed to an encoder made for {self._rate} Hz")
        if self._open is None:
            raise ValueError("the encoder is closed")
        step = self._rate // STEPS_PER_S
        for start in range(0, len(block.samples), step):
            self._encode(self._frame(block.samples[start : start + step]))
            yield from self._sink.take()

    def finish(self) -> Iterator[bytes]:
        self._encode(None)
        self.close()
        yield from self._sink.take()

    def seal(self, body: bytearray) -> None:
        """The stream is the file already."""

    def close(self) -> None:
        # Closing writes the container's end into the sink; after a cancel nobody takes it.
        opened, self._open = self._open, None
        if opened:
            opened[0].close()

    def _encode(self, frame: av.AudioFrame | None) -> None:
        if self._open is None:
            raise ValueError("the encoder is closed")
        container, stream = self._open
        for packet in stream.encode(frame):
            self._look_at(packet)
            container.mux_one(packet)

    def _look_at(self, packet: "Packet[AudioStream]") -> None:
        """A format that seals its files learns here what it needs for that; `packet` is about to be written."""

    def _frame(self, samples: Samples) -> av.AudioFrame:
        taken = quantized(samples) if self._takes == "s16" else np.ascontiguousarray(samples, np.float32)
        frame = av.AudioFrame.from_ndarray(taken[np.newaxis], format=self._takes, layout="mono")
        frame.sample_rate = self._rate
        frame.pts, frame.time_base = self._samples, Fraction(1, self._rate)
        self._samples += len(samples)
        return frame


class _Sink:
    """The file that a container writes to. It cannot seek, so nothing already taken is written again."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def take(self) -> Iterator[bytes]:
        if self._written:
            yield bytes(self._written)
            self._written.clear()
