"""AAC-LC in ADTS, for players that support no better format."""

from audio.encoders.muxed import MuxedEncoder, StreamSettings

MAX_BITS_PER_SAMPLE = 6
"""Largest number of bits per sample and channel, from the AAC standard. It limits the bit rate below 11 kHz."""


class AacEncoder(MuxedEncoder):
    """AAC at 64 kbit/s. ADTS cannot state where the sound begins or ends: decoders add up to three frames of 1024
    samples.
    """

    def __init__(self, rate: int) -> None:
        super().__init__(rate, StreamSettings("aac", "adts", bit_rate=min(64_000, MAX_BITS_PER_SAMPLE * rate)))
