"""Formats of samples after a header: raw PCM, WAV, mu-law in WAV. Knows nothing of codecs with state."""

import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from audio.encoders.tags import Tags, riff_info
from shared.types import Pcm, Samples

UNKNOWN_SIZE = 0xFFFFFFFF
"""Size fields of a WAV whose length is not known yet. Players then read to the end of the stream."""
WAVE_PCM, WAVE_MULAW = 1, 7
"""Format tags of the RIFF `fmt ` chunk."""

MULAW_RATE = 8_000
"""Rate of telephony in Hz, the only one for which mu-law is made."""
MULAW_BIAS = 132
"""G.711: added to a 16-bit magnitude, so that each segment begins at a power of two; the first at 128."""
MULAW_CLIP = 32_635
"""G.711: largest 16-bit magnitude, so that the sum with the bias fits."""


def to_int16(samples: Samples) -> bytes:
    """float32 in [-1, 1] -> s16le bytes; values are rounded, and clipped to the range."""
    return quantized(samples).tobytes()


def quantized(samples: Samples) -> NDArray[np.int16]:
    """float32 (N,) in [-1, 1] -> int16 (N,), little-endian; rounded and clipped."""
    rounded: NDArray[np.int16] = np.rint(np.clip(samples, -1.0, 1.0) * 32767.0).astype("<i2")
    return rounded


def to_mulaw(samples: Samples) -> bytes:
    """float32 in [-1, 1] -> G.711 mu-law, a byte per sample: sign, segment (3 bits) and step (4 bits), all inverted."""
    linear = quantized(samples).astype(np.int32)
    biased = np.minimum(np.abs(linear), MULAW_CLIP) + MULAW_BIAS
    segment = np.frexp(biased)[1] - 8
    step = (biased >> (segment + 3)) & 0xF
    sign = np.where(linear < 0, 0x80, 0)
    code: NDArray[np.uint8] = (~(sign | segment << 4 | step)).astype(np.uint8)
    return code.tobytes()


class PcmEncoder:
    """Raw PCM: s16le without a header, and so without a place for tags."""

    def __init__(self, rate: int, tags: Tags | None = None) -> None:
        self._rate, self._tags = rate, tags

    def feed(self, block: Pcm) -> Iterator[bytes]:
        if block.rate != self._rate:
            raise ValueError(f"{block.rate} Hz fed to an encoder made for {self._rate} Hz")
        yield self._data(block.samples)

    def finish(self) -> Iterator[bytes]:
        return iter(())

    def seal(self, head: bytearray, size: int) -> bytes:
        """Return nothing: the stream is a complete file."""
        return b""

    def close(self) -> None:
        """Do nothing: this encoder holds no resources."""

    def _data(self, samples: Samples) -> bytes:
        return to_int16(samples)


class FloatEncoder(PcmEncoder):
    """Raw samples: 32-bit float, little-endian, without a header."""

    def _data(self, samples: Samples) -> bytes:
        return samples.astype("<f4").tobytes()


class WavEncoder(PcmEncoder):
    """16-bit mono WAV."""

    def __init__(self, rate: int, tags: Tags | None = None) -> None:
        super().__init__(rate, tags)
        self._begun = False

    def feed(self, block: Pcm) -> Iterator[bytes]:
        for data in super().feed(block):
            yield from self._begin()
            yield data

    def finish(self) -> Iterator[bytes]:
        return self._begin()

    def seal(self, head: bytearray, size: int) -> bytes:
        header = len(self._header(None))
        data = size - header
        head[:header] = self._header(data)
        return bytes(data % 2)  # RIFF pads a chunk to an even length; its size field excludes the padding

    def _begin(self) -> Iterator[bytes]:
        if not self._begun:
            self._begun = True
            yield self._header(None)

    def _header(self, data_bytes: int | None) -> bytes:
        return wav_header(self._rate, data_bytes=data_bytes, info=self._info())

    def _info(self) -> bytes:
        return riff_info(self._tags.comment) if self._tags else b""


class MulawEncoder(WavEncoder):
    """8 kHz mono G.711 mu-law in a WAV container, for telephony. Raises ValueError for another rate."""

    def __init__(self, rate: int = MULAW_RATE, tags: Tags | None = None) -> None:
        _check_mulaw(rate)
        super().__init__(rate, tags)

    def _data(self, samples: Samples) -> bytes:
        return to_mulaw(samples)

    def _header(self, data_bytes: int | None) -> bytes:
        return mulaw_header(data_bytes=data_bytes, info=self._info())


class RawMulawEncoder(PcmEncoder):
    """8 kHz mono G.711 mu-law without a header, as telephony APIs exchange it. Raises ValueError for another rate."""

    def __init__(self, rate: int = MULAW_RATE, tags: Tags | None = None) -> None:
        _check_mulaw(rate)
        super().__init__(rate, tags)

    def _data(self, samples: Samples) -> bytes:
        return to_mulaw(samples)


def _check_mulaw(rate: int) -> None:
    if rate != MULAW_RATE:
        raise ValueError(f"mu-law is encoded at {MULAW_RATE} Hz, not at {rate} Hz")


def wav_header(rate: int, *, data_bytes: int | None, info: bytes = b"") -> bytes:
    """Return the RIFF header of 16-bit mono PCM. `data_bytes` is None for a stream of unknown length.

    `info` is a chunk that precedes the data.
    """
    fmt = struct.pack("<HHIIHH", WAVE_PCM, 1, rate, rate * 2, 2, 16)
    return _riff([(b"fmt ", fmt)], data_bytes=data_bytes, info=info)


def mulaw_header(*, data_bytes: int | None, info: bytes = b"") -> bytes:
    """Return the RIFF header of 8 kHz mono mu-law: a longer `fmt ` than PCM's, and a `fact` chunk with the length."""
    fmt = struct.pack("<HHIIHHH", WAVE_MULAW, 1, MULAW_RATE, MULAW_RATE, 1, 8, 0)
    fact = struct.pack("<I", data_bytes or 0)  # 0 for an unknown length: ffmpeg takes any other number as the length
    return _riff([(b"fmt ", fmt), (b"fact", fact)], data_bytes=data_bytes, info=info)


def _riff(chunks: list[tuple[bytes, bytes]], *, data_bytes: int | None, info: bytes) -> bytes:
    head = b"WAVE" + b"".join(name + struct.pack("<I", len(body)) + body for name, body in chunks) + info
    if data_bytes is None:
        riff = data = UNKNOWN_SIZE
    else:
        data = data_bytes
        riff = len(head) + 8 + data_bytes + data_bytes % 2
    return b"RIFF" + struct.pack("<I", riff) + head + b"data" + struct.pack("<I", data)
