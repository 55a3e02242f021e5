"""AAC-LC: in ADTS for players that support no better format, in fragmented MP4 for MediaSource of browsers."""

from audio.encoders.muxed import MuxedEncoder, StreamSettings
from audio.encoders.tags import Tags

MAX_BITS_PER_SAMPLE = 6
"""Largest number of bits per sample and channel, from the AAC standard. It limits the bit rate below 11 kHz."""

FRAGMENTS = "empty_moov+default_base_moof+frag_every_frame+skip_trailer"
"""Options of FFmpeg's MP4 writer for a stream: the header first, fragments that stand alone, no index at the end."""


class AacEncoder(MuxedEncoder):
    """AAC at 64 kbit/s. ADTS cannot state where the sound begins or ends: decoders add up to three frames of 1024
    samples.
    """

    def __init__(self, rate: int, tags: Tags | None = None) -> None:
        super().__init__(rate, _settings("adts", rate), tags)


class Mp4Encoder(MuxedEncoder):
    """AAC at 64 kbit/s in MP4: a header, then a fragment for each frame of 1024 samples.

    Like ADTS it states neither the beginning nor the end of the sound: both are unknown when the header is written.
    """

    def __init__(self, rate: int, tags: Tags | None = None) -> None:
        super().__init__(rate, _settings("mp4", rate, {"movflags": FRAGMENTS}), tags)


def _settings(container: str, rate: int, options: dict[str, str] | None = None) -> StreamSettings:
    bit_rate = min(64_000, MAX_BITS_PER_SAMPLE * rate)
    tagged = {"write_id3v2": "1"} if container == "adts" else {}
    return StreamSettings("aac", container, bit_rate=bit_rate, container_options=options or {}, tag_options=tagged)
