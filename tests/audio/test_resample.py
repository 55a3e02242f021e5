import numpy as np
import pytest
import soxr

from audio.resample import Resampler
from shared.types import Pcm

RATE = 16_000
TONE = (0.5 * np.sin(2 * np.pi * 220 * np.arange(3 * RATE) / RATE)).astype(np.float32)


@pytest.mark.parametrize("rate", [8000, 24_000, 44_100, 48_000])
def test_a_resampled_stream_equals_resampling_at_once(rate):
    stage = Resampler(rate_in=RATE, rate_out=rate)
    blocks = [p for at in range(0, len(TONE), 320) for p in stage.feed(Pcm(TONE[at : at + 320], RATE))]
    blocks += stage.finish()
    assert {b.rate for b in blocks} == {rate}
    streamed = np.concatenate([b.samples for b in blocks])
    np.testing.assert_allclose(streamed, soxr.resample(TONE, RATE, rate, quality="HQ"), atol=1e-6)
