"""Encode samples to the bytes of a file format. Knows nothing of transports.

To add a format, add a module with an `Encoder` class to this package and a line to `ENCODERS`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from audio.encoders.aac import AacEncoder, Mp4Encoder
from audio.encoders.flac import FlacEncoder
from audio.encoders.mp3 import Mp3Encoder
from audio.encoders.opus import OpusEncoder, WebmEncoder
from audio.encoders.tags import Tags
from audio.encoders.wav import MULAW_RATE, FloatEncoder, MulawEncoder, PcmEncoder, RawMulawEncoder, WavEncoder, to_int16
from shared.types import Pcm

__all__ = ["ENCODERS", "Encoder", "Format", "PcmEncoder", "Tags", "WavEncoder", "to_int16"]


class Encoder(Protocol):
    """Stage (`Transformer`) from sound to bytes. The header precedes the first block's bytes.

    An encoder that is fed no samples yields the shortest valid file, or no bytes if the format has no header.
    """

    def feed(self, block: Pcm) -> Iterable[bytes]: ...
    def finish(self) -> Iterable[bytes]: ...
    def seal(self, head: bytearray, size: int) -> bytes:
        """Complete the joined stream: write the fields that only its end determines into its first bytes.

        `head` holds at least the first 64 KiB of the stream's `size` bytes, or all of them; it may grow. Return bytes
        that belong at the end.
        """
        ...

    def close(self) -> None:
        """Free the codec's resources. May be called at any time and repeatedly; `finish` does it too.

        Afterwards `feed` raises ValueError in encoders with a codec. A finished stream can still be sealed.
        """
        ...


class EncoderFactory(Protocol):
    """Class of encoders: takes a rate in Hz, and the tags of the file where it has some."""

    def __call__(self, rate: int, tags: Tags | None = None) -> Encoder: ...


@dataclass(frozen=True, slots=True)
class Format:
    """Output format: `encoder` is its class; `media_type` may contain `{rate}`.

    `only_rate`: the format's only rate in Hz, which replaces the requested one. `costly`: encoding 100 ms of sound
    takes milliseconds, so encode on a thread, not on the event loop.
    """

    encoder: EncoderFactory
    media_type: str
    only_rate: int | None = None
    costly: bool = False


ENCODERS: dict[str, Format] = {
    "wav": Format(WavEncoder, "audio/wav"),
    "pcm": Format(PcmEncoder, "audio/pcm;rate={rate};channels=1"),
    "pcm-f32": Format(FloatEncoder, "audio/pcm;rate={rate};channels=1;encoding=float;bits=32"),
    "opus": Format(OpusEncoder, "audio/ogg", costly=True),
    "mp3": Format(Mp3Encoder, "audio/mpeg", costly=True),
    "flac": Format(FlacEncoder, "audio/flac", costly=True),
    "mulaw": Format(MulawEncoder, "audio/wav", only_rate=MULAW_RATE),
    "aac": Format(AacEncoder, "audio/aac", costly=True),
    "mp4": Format(Mp4Encoder, "audio/mp4", costly=True),
    "webm": Format(WebmEncoder, "audio/webm", costly=True),
    "mulaw-raw": Format(RawMulawEncoder, "audio/basic", only_rate=MULAW_RATE),
}
