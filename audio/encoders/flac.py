"""FLAC: lossless, for archives and for what works on the sound further."""

from av.audio.stream import AudioStream
from av.packet import Packet

from audio.encoders.muxed import Codec, MuxedEncoder

FRAMES_PER_S = 25
STREAMINFO = slice(8, 42)  # bytes of the file: behind `fLaC` and the header of this metadata block


class FlacEncoder(MuxedEncoder):
    """16 bits, in frames of 40 ms. The samples are those that WAV would hold.

    A streamed file says neither its length nor its MD5, which FLAC allows and libsndfile does not read; a sealed one
    says both.
    """

    def __init__(self, rate: int) -> None:
        options = {"frame_size": str(rate // FRAMES_PER_S)}
        # The container would leave 8 KB of room for tags.
        super().__init__(rate, Codec("flac", "flac", "s16", None, options, {"metadata_header_padding": "0"}))
        self._streaminfo: bytes | None = None

    def _look_at(self, packet: "Packet[AudioStream]") -> None:
        # The codec's last packet has no sound: it carries the complete STREAMINFO for those who can seek.
        if packet.has_sidedata("new_extradata"):
            self._streaminfo = bytes(packet.get_sidedata("new_extradata"))

    def seal(self, body: bytearray) -> None:
        if self._streaminfo is not None:
            body[STREAMINFO] = self._streaminfo
