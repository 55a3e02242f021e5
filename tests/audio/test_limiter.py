import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.limiter import CEILING, PeakLimiter, moving_mean, moving_min
from shared.types import Pcm

RATES = [8_000, 16_000, 24_000, 44_100, 48_000]


def limit(samples, rate=16_000, block=320):
    limiter = PeakLimiter(rate=rate)
    out = [p for at in range(0, len(samples), block) for p in limiter.feed(Pcm(samples[at : at + block], rate))]
    out += limiter.finish()
    assert {p.rate for p in out} <= {rate}
    return np.concatenate([p.samples for p in out]) if out else np.zeros(0, np.float32)


def voice(rate, seconds=1.0, peak=1.0):
    t = np.arange(round(rate * seconds)) / rate
    wave = sum(np.sin(2 * np.pi * 120 * k * t) / k for k in range(1, 20)) * (1 + np.sin(2 * np.pi * 3 * t))
    return (wave / np.abs(wave).max() * peak).astype(np.float32)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("block", [1, 79, 80, 81, 5000])
def test_sound_below_the_ceiling_passes_bit_for_bit(rate, block):
    samples = voice(rate, seconds=0.1 if block == 1 else 1, peak=CEILING)
    np.testing.assert_array_equal(limit(samples, rate, block), samples)


@pytest.mark.parametrize("rate", RATES)
def test_loud_sound_is_attenuated_without_clipping(rate):
    loud = voice(rate, peak=2.0)
    out = limit(loud, rate)
    assert len(out) == len(loud)
    assert np.abs(out).max() <= CEILING + 1e-6
    assert np.abs(out).max() > CEILING - 0.01
    flat = [np.mean(np.abs(sound) > CEILING - 1e-3) for sound in (out, np.clip(loud, -CEILING, CEILING))]
    assert flat[0] < 0.005 < 0.02 < flat[1], "clipping cuts tops off, limiting does not"
    np.testing.assert_array_less(out[loud > 0.01] / loud[loud > 0.01], 1 + 1e-6)


def test_only_the_neighbourhood_of_a_peak_changes():
    rate = 16_000
    samples = voice(rate, peak=0.4)
    samples[8_000] = 1.7
    out = limit(samples, rate)
    assert out[8_000] == pytest.approx(CEILING, abs=1e-6)
    touched = np.flatnonzero(out != samples)
    assert touched.min() >= 8_000 - 80 and touched.max() <= 8_000 + 480 + 80
    gains = out[touched] / samples[touched]
    assert np.abs(np.diff(gains[np.abs(samples[touched]) > 0.01])).max() < 0.05


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.lists(st.integers(0, 700), max_size=12))
def test_any_split_gives_the_same_and_no_peak_passes(seed, sizes):
    random = np.random.default_rng(seed)
    samples = random.normal(size=sum(sizes)).astype(np.float32) * random.choice([0.2, 1, 5], size=sum(sizes))
    samples = samples.astype(np.float32)
    limiter, out, at = PeakLimiter(rate=8_000), [], 0
    for size in sizes:
        out += limiter.feed(Pcm(samples[at : at + size], 8_000))
        at += size
    out += limiter.finish()
    joined = np.concatenate([p.samples for p in out]) if out else samples
    assert len(joined) == len(samples)
    assert np.abs(joined).max(initial=0) <= CEILING + 1e-6
    np.testing.assert_allclose(joined, limit(samples, 8_000, 10**6), atol=1e-6)


@pytest.mark.parametrize("window", [1, 2, 3, 7, 8, 9, 50])
def test_moving_minimum_and_mean_equal_their_definitions(window):
    values = np.random.default_rng(0).uniform(size=50).astype(np.float32)
    views = np.lib.stride_tricks.sliding_window_view(values, window)
    np.testing.assert_array_equal(moving_min(values, window), views.min(axis=1))
    np.testing.assert_allclose(moving_mean(values, window), views.mean(axis=1), rtol=1e-6)


def test_delay_is_at_most_the_ramp():
    samples = voice(16_000)
    given_ = [len(p.samples) for p in PeakLimiter(rate=16_000).feed(Pcm(samples[:320], 16_000))]
    assert given_ == [320 - 80]
