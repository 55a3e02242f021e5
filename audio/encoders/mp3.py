"""MP3, for players that support no better format."""

import struct

from av.audio.stream import AudioStream
from av.packet import Packet

from audio.encoders.muxed import MuxedEncoder, StreamSettings
from audio.encoders.tags import Tags, id3_bytes

MP3 = StreamSettings(
    "libmp3lame",
    "mp3",
    bit_rate=64_000,
    options={"reservoir": "0"},  # with a bit reservoir, a frame waits for later frames, which increases latency
    container_options={"write_xing": "0", "id3v2_version": "0"},
    tag_options={"id3v2_version": "3"},
)
MPEG1_MIN_RATE = 32_000
"""Lowest rate of MPEG-1 audio, in Hz. Below it (MPEG-2), frames and their side information are half as long."""
ENCODER_DELAY = 576
"""Samples that LAME puts before the sound. Decoders themselves remove the 529 samples of their own filters."""


class Mp3Encoder(MuxedEncoder):
    """MP3 at a constant 64 kbit/s. A stream cannot state where its sound begins or ends; a sealed file states both."""

    def __init__(self, rate: int, tags: Tags | None = None) -> None:
        super().__init__(rate, MP3, tags)
        self._frames = 0
        self._frame_bytes = 0

    def seal(self, head: bytearray, size: int) -> bytes:
        """Insert an Info tag before the first frame: a frame of silence that states which samples are sound."""
        if not self._frames:
            return b""
        samples_per_frame, side_info_bytes = (1152, 17) if self._rate >= MPEG1_MIN_RATE else (576, 9)
        padding = self._frames * samples_per_frame - ENCODER_DELAY - self._samples
        start = id3_bytes(head)
        music_bytes = size - start
        tag = bytes(head[start : start + 4]) + bytes(
            side_info_bytes
        )  # the first frame's header: all frames have the same one
        tag += info(frames=self._frames, file_bytes=self._frame_bytes + music_bytes)
        tag += lame_extension(padding=padding, music_bytes=music_bytes)
        tag += struct.pack(">H", crc16(tag))
        head[start:start] = tag.ljust(self._frame_bytes, b"\0")
        return b""

    def _inspect(self, packet: "Packet[AudioStream]") -> None:
        self._frames += 1
        self._frame_bytes = self._frame_bytes or packet.size


def info(*, frames: int, file_bytes: int) -> bytes:
    """Return the Xing part of the tag (120 bytes) for a constant bit rate: sizes, a linear seek table, no quality."""
    all_fields = 0b1111
    seek_table = bytes(percent * 256 // 100 for percent in range(100))
    return b"Info" + struct.pack(">III", all_fields, frames, file_bytes) + seek_table + bytes(4)


def lame_extension(*, padding: int, music_bytes: int) -> bytes:
    """Return LAME's part of the tag (34 bytes, without its CRC): the samples before and after the sound.

    Gains, filters and the music's CRC are 0, because decoders do not need them.
    """
    constant_bit_rate = 1
    gaps = (ENCODER_DELAY << 12 | padding).to_bytes(3)
    tail = bytes(4) + struct.pack(">IH", music_bytes, 0)
    return b"LAME3.100" + bytes([constant_bit_rate]) + bytes(11) + gaps + tail


def crc16(data: bytes) -> int:
    """Return the CRC-16/ARC of `data`, which ends LAME's tag."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc
