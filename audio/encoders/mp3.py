"""MP3, for players that have nothing else."""

import struct

from av.audio.stream import AudioStream
from av.packet import Packet

from audio.encoders.muxed import Codec, MuxedEncoder

MP3 = Codec(
    "libmp3lame",
    "mp3",
    bit_rate=64_000,
    options={"reservoir": "0"},  # with it a frame waits for those after it, whose bits it may borrow
    container_options={"write_xing": "0", "id3v2_version": "0"},
)
MPEG1_FROM = 32_000  # Hz; below it frames and their side information are half as long
ENCODER_DELAY = 576  # samples that LAME puts before the sound; decoders know the 529 of their own filters


class Mp3Encoder(MuxedEncoder):
    """64 kbit/s, constant. A stream cannot say where its sound begins or ends; a sealed file can, and is exact."""

    def __init__(self, rate: int) -> None:
        super().__init__(rate, MP3)
        self._frames = 0
        self._frame_bytes = 0

    def seal(self, body: bytearray) -> None:
        """Put an Info tag in front: a frame of silence that says how much of the others is sound."""
        if not self._frames:
            return
        samples_a_frame, side_bytes = (1152, 17) if self._rate >= MPEG1_FROM else (576, 9)
        padding = self._frames * samples_a_frame - ENCODER_DELAY - self._samples
        tag = bytes(body[:4]) + bytes(side_bytes)  # the first frame's header fits: all frames are alike
        tag += info(frames=self._frames, file_bytes=self._frame_bytes + len(body))
        tag += lame_extension(padding=padding, music_bytes=len(body))
        tag += struct.pack(">H", crc16(tag))
        body[:0] = tag.ljust(self._frame_bytes, b"\0")

    def _look_at(self, packet: "Packet[AudioStream]") -> None:
        self._frames += 1
        self._frame_bytes = self._frame_bytes or packet.size


def info(*, frames: int, file_bytes: int) -> bytes:
    """Xing's part of the tag (120 bytes), for a constant bit rate: size, an even table to seek by, no quality."""
    all_fields = 0b1111
    seek_table = bytes(percent * 256 // 100 for percent in range(100))
    return b"Info" + struct.pack(">III", all_fields, frames, file_bytes) + seek_table + bytes(4)


def lame_extension(*, padding: int, music_bytes: int) -> bytes:
    """LAME's part of the tag (34 bytes, without its CRC): what precedes the sound and what follows it, in samples.

    Gains, filters and the music's CRC, none of which decoders ask for, are left unset.
    """
    constant_bit_rate = 1
    gaps = (ENCODER_DELAY << 12 | padding).to_bytes(3)
    tail = bytes(4) + struct.pack(">IH", music_bytes, 0)
    return b"LAME3.100" + bytes([constant_bit_rate]) + bytes(11) + gaps + tail


def crc16(data: bytes) -> int:
    """CRC-16/ARC, which LAME seals its tag with."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc
