"""Opus, the format for speech over networks: in Ogg, and in WebM for MediaSource of browsers."""

from collections.abc import Iterator

from audio.encoders.muxed import MuxedEncoder, StreamSettings
from audio.encoders.tags import Tags
from audio.resample import Resampler
from shared.types import Pcm

CODED_RATES = (8_000, 12_000, 16_000, 24_000, 48_000)
"""Rates in Hz that Opus encodes without resampling, from the standard (RFC 6716)."""
# By default an Ogg page holds a second of sound. A page per frame of 20 ms lowers the latency and adds 10 kbit/s.
OPUS = StreamSettings("libopus", "ogg", bit_rate=32_000, container_options={"page_duration": "20000"})

# A cluster is written when it is complete. A short one lowers the latency; `live` leaves out the index.
WEBM = StreamSettings("libopus", "webm", bit_rate=32_000, container_options={"live": "1", "cluster_time_limit": "40"})


class OpusEncoder(MuxedEncoder):
    """Opus at 32 kbit/s. Sound of a rate that is not one of CODED_RATES is resampled to 48 kHz first.

    Decoders return 48 kHz for any `rate`, with exactly the duration of the sound, by Ogg's count of samples.
    """

    def __init__(self, rate: int, tags: Tags | None = None, settings: StreamSettings = OPUS) -> None:
        super().__init__(rate if rate in CODED_RATES else 48_000, settings, tags)
        self._resampler = None if rate in CODED_RATES else Resampler(rate_in=rate, rate_out=48_000)
        self._fed_rate = rate

    def feed(self, block: Pcm) -> Iterator[bytes]:
        if self._resampler is None:
            yield from super().feed(block)
            return
        if block.rate != self._fed_rate:
            raise ValueError(f"{block.rate} Hz fed to an encoder made for {self._fed_rate} Hz")
        for resampled in self._resampler.feed(block):
            yield from super().feed(resampled)

    def finish(self) -> Iterator[bytes]:
        if self._resampler is not None:
            for resampled in self._resampler.finish():
                yield from super().feed(resampled)
        yield from super().finish()


class WebmEncoder(OpusEncoder):
    """Opus at 32 kbit/s in WebM, in clusters of 40 ms. A live WebM cannot state where its sound ends."""

    def __init__(self, rate: int, tags: Tags | None = None) -> None:
        super().__init__(rate, tags, WEBM)
