import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.speed import SpeedChanger
from shared.types import Pcm

RATES = [8000, 16_000, 24_000, 44_100, 48_000]
SPEEDS = [0.25, 0.4, 0.5, 0.8, 0.99, 1.01, 1.25, 1.5, 2.0, 3.0, 4.0]
AHEAD_S, LATE_S = 0.0311, 0.0156  # seconds that a splice reads ahead; the output's largest delay behind its schedule


def blocks_of(samples, sizes, *, rate=16_000, speed):
    """Yield the output for each block of `samples`, then that of the end. `sizes` is repeated as needed."""
    stage, at, index = SpeedChanger(rate=rate, speed=speed), 0, 0
    while at < len(samples):
        size = sizes[index % len(sizes)]
        yield [p.samples for p in stage.feed(Pcm(samples[at : at + size], rate))]
        at, index = at + size, index + 1
    last = list(stage.finish())
    assert {p.rate for p in last} <= {rate} and all(len(p.samples) for p in last)
    yield [p.samples for p in last]


def change(samples, *, rate=16_000, speed, sizes=(320,)):
    given = [piece for pieces in blocks_of(samples, sizes, rate=rate, speed=speed) for piece in pieces]
    return np.concatenate([np.zeros(0, np.float32), *given])


def harmonics(pitch_hz, rate, peak=0.5):
    """Return a voiced sound with the pitch `pitch_hz` at each sample: harmonics up to 3.5 kHz."""
    phase = 2 * np.pi * np.cumsum(pitch_hz) / rate
    wave = sum(np.sin(k * phase) / k for k in range(1, int(3500 / np.max(pitch_hz, initial=1)) + 1))
    return (peak * wave / np.abs(wave).max(initial=1e-9)).astype(np.float32)


def voiced_and_not(seed, rate, seconds):
    """Return alternating kinds of sound that occur in speech: gliding voice, noise, silence, clicks."""
    random, count = np.random.default_rng(seed), round(rate * seconds)
    glide = np.linspace(*random.uniform(70, 350, 2), count)
    kinds = [harmonics(glide, rate), random.normal(size=count) * 0.1, np.zeros(count), random.random(count) > 0.999]
    turns = np.repeat(random.integers(0, 4, 1 + count // 500), 500)[:count]
    return np.choose(turns, kinds).astype(np.float32)


@settings(max_examples=150)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([*RATES, 11_025, 22_050]),
    st.floats(0.25, 4).filter(lambda speed: speed != 1),
    st.floats(0, 0.4),
    st.lists(st.integers(0, 2000) | st.sampled_from([0, 1]), min_size=1, max_size=20).filter(any),
)
def test_output_has_the_exact_length_for_any_split(seed, rate, speed, seconds, sizes):
    samples = voiced_and_not(seed, rate, seconds)
    whole = change(samples, rate=rate, speed=speed, sizes=[max(1, len(samples))])
    assert whole.dtype == np.float32 and len(whole) == round(len(samples) / speed)
    assert np.abs(whole).max(initial=0) <= np.abs(samples).max(initial=0) * (1 + 1e-6)
    np.testing.assert_array_equal(change(samples, rate=rate, speed=speed, sizes=sizes), whole)


@pytest.mark.parametrize("speed", [0.3, 0.8, 1.25, 3.7])
def test_single_samples_give_the_same_as_the_whole(speed):
    samples = voiced_and_not(1, 16_000, 0.3)
    whole = change(samples, speed=speed, sizes=[len(samples)])
    np.testing.assert_array_equal(change(samples, speed=speed, sizes=[1]), whole)


@pytest.mark.parametrize("speed", SPEEDS)
@pytest.mark.parametrize("rate", RATES)
def test_output_follows_its_schedule(rate, speed):
    """The output is never ahead of its schedule, and behind it by no more than the stated bounds."""
    samples, taken, had = voiced_and_not(2, rate, 2), 0, 0
    for pieces in blocks_of(samples, [rate // 50], rate=rate, speed=speed):
        had += sum(map(len, pieces))
        taken = min(taken + rate // 50, len(samples))
        assert had <= taken / speed + 1
        assert had >= (taken - AHEAD_S * rate) / speed - LATE_S * rate
    assert had == round(len(samples) / speed)


@pytest.mark.parametrize("speed", SPEEDS)
@pytest.mark.parametrize("rate", RATES)
def test_the_first_output_comes_within_40_ms(rate, speed):
    samples = voiced_and_not(3, rate, 0.2)
    given = [sum(map(len, pieces)) for pieces in blocks_of(samples, [rate // 50], rate=rate, speed=speed)]
    assert sum(given[:2]) > 0


@pytest.mark.parametrize("speed", SPEEDS)
@pytest.mark.parametrize("period", [40, 55, 100, 160, 230])  # 400 to 70 Hz
def test_periodic_sound_stays_periodic(period, speed):
    """Every splice is at a whole period, so the output is the same wave, but longer or shorter."""
    cycle = harmonics(np.full(period, 16_000 / period), 16_000)
    out = change(np.tile(cycle, 16_000 // period), speed=speed)
    tail = round((AHEAD_S / speed + LATE_S) * 16_000)  # where it fades into the silence behind the end
    np.testing.assert_allclose(out[:-tail], np.resize(cycle, len(out))[:-tail], atol=1e-5)


@pytest.mark.parametrize("speed", [0.25, 0.5, 0.8, 1.25, 1.5, 2.0])
@pytest.mark.parametrize("rate", [8000, 16_000, 48_000])
@pytest.mark.parametrize(("low", "high"), [(80, 130), (150, 300)])
def test_gliding_pitch_is_kept_at_its_time(low, high, rate, speed):
    pitch_hz = np.linspace(low, high, 2 * rate)
    out = change(harmonics(pitch_hz, rate), rate=rate, speed=speed)
    for middle_s in np.arange(0.2, 1.8, 0.2):
        wanted_hz = pitch_hz[round(middle_s * rate)]
        middle, reach = round(middle_s / speed * rate), round(1.5 * rate / low)
        sound = out[middle - reach : middle + reach].astype(np.float64)
        lags = np.arange(round(rate / wanted_hz / 1.3), round(rate / wanted_hz * 1.3))
        alike = [np.corrcoef(sound[:-lag], sound[lag:])[0, 1] for lag in lags]
        assert rate / lags[np.argmax(alike)] == pytest.approx(wanted_hz, rel=0.04)
        assert max(alike) > 0.8


@pytest.mark.parametrize("speed", SPEEDS)
def test_events_are_at_their_scheduled_time(speed):
    """Bursts of noise half a second apart are at the positions that the speed determines."""
    samples = np.zeros(32_000, np.float32)
    for at in range(4000, 32_000, 8000):
        samples[at : at + 1600] = np.random.default_rng(at).normal(size=1600) * 0.1
    loud = np.convolve(np.square(change(samples, speed=speed)), np.ones(80), "same") > 1e-3
    begins = np.flatnonzero(np.diff(loud.astype(int)) == 1)
    begins = begins[np.diff(begins, prepend=-4000) > 4000 / speed] / 16_000
    assert begins == pytest.approx(np.arange(0.25, 2, 0.5) / speed, abs=LATE_S + 0.01 / speed)


@pytest.mark.parametrize("speed", [0.25, 0.8, 1.5, 4.0])
@pytest.mark.parametrize("count", [0, 1, 7, 300, 20_000])
def test_silence_stays_silent_and_short_sounds_have_their_length(count, speed):
    assert not change(np.zeros(count, np.float32), speed=speed).any()
    assert len(change(np.full(count, 0.1, np.float32), speed=speed)) == round(count / speed)


def test_sound_over_full_scale_is_not_clipped():
    loud = voiced_and_not(4, 16_000, 1) * 8
    out = change(loud, speed=1.5)
    assert 0.9 * np.abs(loud).max() < np.abs(out).max() <= np.abs(loud).max() * (1 + 1e-6)
