import numpy as np
import pytest
import soxr

from audio.resample import Resampler
from audio.speed import SpeedChanger
from shared.types import Pcm

RATE = 16_000
TONE = (0.5 * np.sin(2 * np.pi * 220 * np.arange(3 * RATE) / RATE)).astype(np.float32)


def run(stage, samples, block):
    out = [p for at in range(0, len(samples), block) for p in stage.feed(Pcm(samples[at : at + block], RATE))]
    out += stage.finish()
    return out


@pytest.mark.parametrize("rate", [8000, 24_000, 44_100, 48_000])
def test_a_resampled_stream_equals_resampling_at_once(rate):
    blocks = run(Resampler(rate_in=RATE, rate_out=rate), TONE, 320)
    assert {b.rate for b in blocks} == {rate}
    streamed = np.concatenate([b.samples for b in blocks])
    np.testing.assert_allclose(streamed, soxr.resample(TONE, RATE, rate, quality="HQ"), atol=1e-6)


@pytest.mark.parametrize("block", [320, 30_000])
@pytest.mark.parametrize("speed", [0.25, 0.8, 1.5, 4.0])
def test_speed_changes_length_and_keeps_pitch(speed, block):
    joined = np.concatenate([b.samples for b in run(SpeedChanger(rate=RATE, speed=speed), TONE, block)])
    assert len(joined) == pytest.approx(len(TONE) / speed, rel=0.02)
    spectrum = np.abs(np.fft.rfft(joined * np.hanning(len(joined))))
    assert np.argmax(spectrum) * RATE / len(joined) == pytest.approx(220, rel=0.03)
