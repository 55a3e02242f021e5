"""AAC-LC in ADTS, for players that have nothing else."""

from audio.encoders.muxed import Codec, MuxedEncoder

MOST_BITS_A_SAMPLE = 6  # of a channel; the standard's bound, which matters below 11 kHz


class AacEncoder(MuxedEncoder):
    """64 kbit/s. ADTS cannot say where the sound begins or ends: decoders add up to three frames of 1024 samples."""

    def __init__(self, rate: int) -> None:
        super().__init__(rate, Codec("aac", "adts", bit_rate=min(64_000, MOST_BITS_A_SAMPLE * rate)))
