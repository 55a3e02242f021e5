"""Change the sampling rate of a stream. Knows nothing of the sound's origin."""

from collections.abc import Iterator

import numpy as np
import soxr

from shared.types import Pcm, Samples


class Resampler:
    """Stage that resamples with soxr HQ. The output equals that of resampling everything at once, sample for sample."""

    def __init__(self, *, rate_in: int, rate_out: int) -> None:
        self._rate = rate_out
        self._stream = soxr.ResampleStream(rate_in, rate_out, 1, dtype="float32", quality="HQ")

    def feed(self, block: Pcm) -> Iterator[Pcm]:
        return self._push(block.samples, last=False)

    def finish(self) -> Iterator[Pcm]:
        return self._push(np.zeros(0, np.float32), last=True)

    def _push(self, samples: Samples, *, last: bool) -> Iterator[Pcm]:
        out = self._stream.resample_chunk(samples, last=last)
        if len(out):
            yield Pcm(out, self._rate)
