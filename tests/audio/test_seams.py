import numpy as np
import pytest

from audio.seams import SeamJoiner
from shared.types import Pcm, TextChunk

RATE = 1000
OVERLAP = 50


def tone(samples, seed=0):
    return np.random.default_rng(seed).normal(0, 0.2, samples).astype(np.float32)


def silence(samples):
    return np.zeros(samples, np.float32)


def join(chunks, pauses_s=None, block=37):
    joiner, out = SeamJoiner(pauses_s or [0.0] * len(chunks)), []
    for index, samples in enumerate(chunks):
        out += joiner.feed(TextChunk(index, "", last=index == len(chunks) - 1))
        for start in range(0, len(samples), block):
            out += joiner.feed(Pcm(samples[start : start + block], RATE))
    out += joiner.finish()
    return np.concatenate([b.samples for b in out]), joiner


def test_one_chunk_passes_unchanged_and_undelayed():
    samples = tone(300)
    joiner = SeamJoiner([0.0])
    assert not list(joiner.feed(TextChunk(0, "", last=True)))
    (given,) = joiner.feed(Pcm(samples, RATE))
    np.testing.assert_array_equal(given.samples, samples)
    assert not list(joiner.finish())


def test_only_the_end_of_a_chunk_before_the_last_is_held():
    joiner = SeamJoiner([0.3, 0.0])
    list(joiner.feed(TextChunk(0, "", last=False)))
    (given,) = joiner.feed(Pcm(tone(300), RATE))
    assert len(given.samples) == 300 - OVERLAP


@pytest.mark.parametrize("block", [1, 7, 50, 51, 1000])
def test_power_is_even_across_a_seam_without_a_pause(block):
    chunks = [tone(20_000, 1), tone(20_000, 2)]
    seam = np.stack([join([c[i * 400 : (i + 1) * 400] for c in chunks], block=block)[0][350:400] for i in range(50)])
    assert abs(10 * np.log10(np.mean(seam**2) / 0.04)) < 1


@pytest.mark.parametrize("block", [1, 37, 5000])
@pytest.mark.parametrize("pause_s", [0.1, 0.3, 0.5])
@pytest.mark.parametrize("rests", [(0, 0), (80, 40), (200, 150), (400, 0), (0, 300), (10, 500)])
def test_pause_is_that_of_the_text_for_any_generated_silence(rests, pause_s, block):
    chunks = [np.append(tone(400, 1), silence(rests[0])), np.append(silence(rests[1]), tone(400, 2))]
    joined, _ = join(chunks, [pause_s, 0.0], block)
    loud = np.flatnonzero(np.abs(joined) > 0.004)
    gaps = np.diff(loud)
    assert abs(gaps.max() - pause_s * RATE) <= 20
    assert len(joined) == pytest.approx(800 + pause_s * RATE, abs=OVERLAP + 5)


@pytest.mark.parametrize("sizes", [(400, 400), (400, 30, 400), (30, 20, 10), (0, 400), (400, 0, 400), (50, 50)])
def test_chunks_of_any_length_are_joined(sizes):
    joined, joiner = join([tone(n, i) for i, n in enumerate(sizes)])
    assert sum(sizes) - OVERLAP * (len(sizes) - 1) <= len(joined) <= sum(sizes)
    assert joiner.timeline.samples == len(joined) and np.isfinite(joined).all()
    assert joiner.timeline.starts == sorted(joiner.timeline.starts) and len(joiner.timeline.starts) == len(sizes)


def test_timeline_starts_are_where_chunks_begin():
    joined, joiner = join([tone(400, 1), np.append(silence(40), tone(300, 2))], [0.2, 0.0])
    begin = joiner.timeline.starts[1]
    assert np.abs(joined[begin:]).max() > 0.3
    assert begin == pytest.approx(400 + 200 - 40, abs=OVERLAP)


@pytest.mark.parametrize("pause_s", [0.0, 0.1, 0.4])
@pytest.mark.parametrize("rests", [(0, 0), (80, 40), (200, 150), (400, 0), (0, 300), (10, 500)])
def test_timeline_maps_each_sample_of_a_chunk_to_its_place_in_the_joined_sound(rests, pause_s):
    parts = [np.concatenate([silence(rests[1]), tone(400, n), silence(rests[0])]) for n in range(3)]
    joiner, out = SeamJoiner([pause_s, pause_s, 0.0]), []
    joiner.lead_s = 0.05
    for index, samples in enumerate(parts):
        out += joiner.feed(TextChunk(index, "", last=index == 2))
        for start in range(0, len(samples), 41):
            out += joiner.feed(Pcm(samples[start : start + 41], RATE))
    joined = np.concatenate([block.samples for block in [*out, *joiner.finish()]])
    for index, samples in enumerate(parts):
        inner = np.arange(rests[1] + OVERLAP + 5, rests[1] + 400 - OVERLAP - 5)  # beside the cross-fades
        places = [joiner.timeline.sample_of(index, n) for n in inner]
        np.testing.assert_array_equal(joined[np.array(places, int)], samples[inner])


def test_sample_that_was_cut_has_the_place_of_the_cut():
    joined, joiner = join([np.append(tone(400), silence(300)), np.append(silence(300), tone(400))], [0.1, 0.0])
    timeline = joiner.timeline
    assert timeline.sample_of(0, 700) == timeline.sample_of(1, 0) == timeline.starts[1] < len(joined)


def test_silent_chunk_is_joined():
    joined, _ = join([tone(400), silence(2000), tone(400)], [0.3, 0.3, 0.0])
    assert np.isfinite(joined).all() and len(joined) > 800
