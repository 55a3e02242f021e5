"""Encode sound with a codec and a container of FFmpeg, in memory. Knows nothing of the individual formats."""

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

from audio.encoders.tags import Tags
from audio.encoders.wav import quantized
from shared.types import Pcm, Samples

STEPS_PER_S = 10
"""Steps in which sound is encoded, per second of sound. Chosen: a step of 100 ms takes milliseconds, so that a long
block does not delay other work."""

# PyAV cuts sound into a codec's frames with a filter graph, which starts an idle thread per core (up to 16) in every
# encoder; it has no option against that. So FFmpeg is told that there is one core. On Windows FFmpeg cannot be reached
# through PyAV's module, and the threads stay.
if sys.platform != "win32":
    ctypes.CDLL(av._core.__file__).av_cpu_force_count(1)


@dataclass(frozen=True, slots=True)
class StreamSettings:
    """FFmpeg's codec and container, with their options. `bit_rate` in bit/s; None for codecs without one."""

    codec: Literal["libopus", "libmp3lame", "flac", "aac"]
    container: str
    sample_format: Literal["s16", "flt"] = "flt"
    bit_rate: int | None = None
    options: dict[str, str] = field(default_factory=dict)
    container_options: dict[str, str] = field(default_factory=dict)
    tag_options: dict[str, str] = field(default_factory=dict)
    """Options of the container where the file has tags."""


class MuxedEncoder:
    """Encoder of mono sound through a codec and a container, which writes its bytes as soon as it can.

    The same sound with the same tags gives the same bytes: they contain no time, version or random number.
    """

    def __init__(self, rate: int, settings: StreamSettings, tags: Tags | None = None) -> None:
        self._rate = rate
        self._sample_format = settings.sample_format
        self._samples = 0
        self._sink = _Sink()
        tag_options = settings.tag_options if tags else {}
        options = settings.container_options | tag_options | {"flush_packets": "1", "fflags": "+bitexact"}
        container = av.open(self._sink, "w", format=settings.container, options=options)
        if tags:
            container.metadata["comment"] = tags.comment
        stream = container.add_stream(settings.codec, rate, settings.options, layout="mono")
        if settings.bit_rate:
            stream.bit_rate = settings.bit_rate
        container.start_encoding()
        self._open: tuple[OutputContainer, AudioStream] | None = (container, stream)

    def feed(self, block: Pcm) -> Iterator[bytes]:
        """Encode a block. Raises ValueError for a block of another rate, and for a closed encoder."""
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

    def seal(self, head: bytearray, size: int) -> bytes:
        """Return nothing: the stream is a complete file."""
        return b""

    def close(self) -> None:
        # Closing writes the container's end to the sink; after a cancellation it is discarded.
        opened, self._open = self._open, None
        if opened:
            opened[0].close()

    def _encode(self, frame: av.AudioFrame | None) -> None:
        if self._open is None:
            raise ValueError("the encoder is closed")
        container, stream = self._open
        for packet in stream.encode(frame):
            self._inspect(packet)
            container.mux_one(packet)

    def _inspect(self, packet: "Packet[AudioStream]") -> None:
        """Collect what `seal` needs from a packet that is about to be written. Overridden where `seal` writes."""

    def _frame(self, samples: Samples) -> av.AudioFrame:
        converted = quantized(samples) if self._sample_format == "s16" else np.ascontiguousarray(samples, np.float32)
        frame = av.AudioFrame.from_ndarray(converted[np.newaxis], format=self._sample_format, layout="mono")
        frame.sample_rate = self._rate
        frame.pts, frame.time_base = self._samples, Fraction(1, self._rate)
        self._samples += len(samples)
        return frame


class _Sink:
    """File object that a container writes to. It cannot seek, so bytes that were taken are final."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def take(self) -> Iterator[bytes]:
        if self._written:
            yield bytes(self._written)
            self._written.clear()
