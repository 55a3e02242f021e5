"""Samples -> bytes of a file format. Knows nothing of transports.

To add a format: an `Encoder` class in a module beside this one and one line in `ENCODERS`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from audio.encoders.aac import AacEncoder
from audio.encoders.flac import FlacEncoder
from audio.encoders.mp3 import Mp3Encoder
from audio.encoders.opus import OpusEncoder
from audio.encoders.wav import MULAW_RATE, MulawEncoder, PcmEncoder, WavEncoder, to_int16
from shared.types import Pcm

__all__ = ["ENCODERS", "Encoder", "Format", "PcmEncoder", "WavEncoder", "to_int16"]


class Encoder(Protocol):
    """A `Transformer` from sound to bytes; the header comes with the first block.

    A sound without samples is the shortest valid file, or no bytes where the format has no header.
    """

    def feed(self, block: Pcm) -> Iterable[bytes]: ...
    def finish(self) -> Iterable[bytes]: ...
    def seal(self, body: bytearray) -> None:
        """Make the joined stream a complete file, in place: what only the end knows is written into its beginning."""
        ...

    def close(self) -> None:
        """Free what the codec holds, at any time and any number of times; an encoder that has finished did so itself.

        After it `feed` raises where a codec was held; a stream that was finished can still be sealed.
        """
        ...


@dataclass(frozen=True, slots=True)
class Format:
    """How a format is made for a rate in Hz, and announced. `media_type` may hold `{rate}`.

    `only_rate` is the one rate that the format has, whatever is asked for. A `costly` one takes milliseconds for 100 ms
    of sound, and is to be made beside the event loop.
    """

    encoder: Callable[[int], Encoder]
    media_type: str
    only_rate: int | None = None
    costly: bool = False


ENCODERS: dict[str, Format] = {
    "wav": Format(WavEncoder, "audio/wav"),
    "pcm": Format(PcmEncoder, "audio/L16;rate={rate};channels=1"),
    "opus": Format(OpusEncoder, "audio/ogg", costly=True),
    "mp3": Format(Mp3Encoder, "audio/mpeg", costly=True),
    "flac": Format(FlacEncoder, "audio/flac", costly=True),
    "mulaw": Format(MulawEncoder, "audio/wav", only_rate=MULAW_RATE),
    "aac": Format(AacEncoder, "audio/aac", costly=True),
}
