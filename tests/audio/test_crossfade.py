import numpy as np
import pytest

from audio.crossfade import Crossfader
from shared.types import Pcm, TextChunk

RATE = 1000
OVERLAP = 50


def join(chunks, block=37):
    fader, out = Crossfader(0.05), []
    for index, samples in enumerate(chunks):
        out += fader.feed(TextChunk(index, "", last=index == len(chunks) - 1))
        for start in range(0, len(samples), block):
            out += fader.feed(Pcm(samples[start : start + block], RATE))
    out += fader.finish()
    return np.concatenate([b.samples for b in out]), fader


def test_one_chunk_passes_untouched_and_undelayed():
    samples = np.random.default_rng(0).normal(size=300).astype(np.float32)
    fader = Crossfader(0.05)
    assert not list(fader.feed(TextChunk(0, "", last=True)))
    (given,) = fader.feed(Pcm(samples, RATE))
    np.testing.assert_array_equal(given.samples, samples)
    assert not list(fader.finish())


@pytest.mark.parametrize("block", [1, 7, 50, 51, 1000])
def test_power_is_even_through_the_seam(block):
    random = np.random.default_rng(1)
    chunks = [random.normal(size=20_000).astype(np.float32) for _ in range(2)]
    seam = np.stack([join([c[i * 400 : (i + 1) * 400] for c in chunks], block)[0][350:400] for i in range(50)])
    assert abs(10 * np.log10(np.mean(seam**2))) < 1


@pytest.mark.parametrize("sizes", [(400, 400), (400, 30, 400), (30, 20, 10), (0, 400), (400, 0, 400), (50, 50)])
def test_every_sample_is_spoken_once(sizes):
    """Chunks of one constant each: what is joined holds each in order, and is as long as their overlaps leave it."""
    joined, fader = join([np.full(n, i + 1, np.float32) for i, n in enumerate(sizes)])
    assert len(joined) >= sum(sizes) - OVERLAP * (len(sizes) - 1)
    assert len(joined) <= sum(sizes)
    assert fader.samples == len(joined)
    assert fader.starts == sorted(fader.starts)
    assert np.isfinite(joined).all()


def test_starts_lie_where_chunks_begin():
    joined, fader = join([np.ones(400, np.float32), np.zeros(300, np.float32)])
    assert fader.starts == [0, 350]
    assert len(joined) == 650
    assert joined[349] == 1 and joined[400] == 0
