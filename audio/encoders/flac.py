"""FLAC: lossless, for archives and further processing."""

from av.audio.stream import AudioStream
from av.packet import Packet

from audio.encoders.muxed import MuxedEncoder, StreamSettings
from audio.encoders.tags import Tags

FRAMES_PER_S = 25
"""Frames per second: 40 ms each. Chosen: a stream's latency grows with the frame, its size shrinks."""
STREAMINFO = slice(8, 42)
"""Byte range of STREAMINFO in the file: after `fLaC` and the header of this metadata block."""


class FlacEncoder(MuxedEncoder):
    """FLAC of 16 bits, in frames of 40 ms. The decoded samples equal those of WAV.

    A streamed file states neither its length nor its MD5: FLAC allows that, but libsndfile cannot read it. With a
    length that is too large, libsndfile and `flac` fail at the end (measured). A sealed file states both.
    """

    def __init__(self, rate: int, tags: Tags | None = None) -> None:
        options = {"frame_size": str(rate // FRAMES_PER_S)}
        # By default the container reserves 8 KB for tags.
        settings = StreamSettings("flac", "flac", "s16", None, options, {"metadata_header_padding": "0"})
        super().__init__(rate, settings, tags)
        self._streaminfo: bytes | None = None

    def _inspect(self, packet: "Packet[AudioStream]") -> None:
        # The codec's last packet has no sound. It carries the complete STREAMINFO, for writers that can seek.
        if packet.has_sidedata("new_extradata"):
            self._streaminfo = bytes(packet.get_sidedata("new_extradata"))

    def seal(self, head: bytearray, size: int) -> bytes:
        if self._streaminfo is not None:
            head[STREAMINFO] = self._streaminfo
        return b""
