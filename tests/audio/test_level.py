import numpy as np
import pytest

from audio.level import Leveller
from shared.types import Pcm, TextChunk

RATE = 16_000


def speech(seconds, gain, seed=0):
    """Return noise in syllables, 4 per second, each followed by a quiet gap."""
    samples = round(seconds * RATE)
    syllables = np.clip(np.sin(2 * np.pi * 4 * np.arange(samples) / RATE), 0.001, None)
    return (np.random.default_rng(seed).normal(0, 0.1, samples) * syllables * gain).astype(np.float32)


def level(chunks, block=4_000):
    leveller, out, of_chunk = Leveller(), [], []
    for index, samples in enumerate(chunks):
        items = [TextChunk(index, "", last=index == len(chunks) - 1)]
        items += [Pcm(samples[start : start + block], RATE) for start in range(0, len(samples), block)]
        for item in items:
            out += leveller.feed(item)
    out += leveller.finish()
    for item in out:
        if isinstance(item, TextChunk):
            of_chunk.append([np.zeros(0, np.float32)])
        else:
            of_chunk[-1].append(item.samples)
    return [np.concatenate(blocks) for blocks in of_chunk]


def decibels(samples):
    return 10 * np.log10(np.mean(np.square(samples, dtype=np.float64)))


def test_louder_and_quieter_chunks_are_brought_to_the_first_level():
    gains = [1.0, 0.6, 1.6, 0.8, 1.0]
    chunks = [speech(4, gain, seed) for seed, gain in enumerate(gains)]
    levelled = level(chunks)
    assert [len(c) for c in levelled] == [len(c) for c in chunks]
    for gain, chunk in zip(gains, levelled, strict=True):
        assert abs(decibels(chunk[RATE:]) - decibels(chunks[0])) < 1, gain
        assert abs(decibels(chunk[: RATE // 2]) - decibels(chunks[0])) < 2.5, gain


def test_first_chunk_passes_undelayed_and_unchanged():
    leveller, block = Leveller(), Pcm(speech(0.5, 1.0), RATE)
    list(leveller.feed(TextChunk(0, "", last=False)))
    assert list(leveller.feed(block)) == [block]
    assert list(leveller.finish()) == []


def test_later_chunk_is_delayed_by_0_2_s():
    leveller = Leveller()
    for index in range(2):
        list(leveller.feed(TextChunk(index, "", last=index == 1)))
        given = [item for item in leveller.feed(Pcm(speech(1, 1.0), RATE))]
    assert sum(len(item.samples) for item in given) == 0.8 * RATE


def test_gain_is_bounded_for_a_whisper():
    chunks = [speech(2, 1.0), speech(2, 0.05)]
    assert decibels(level(chunks)[1]) - decibels(chunks[1]) == pytest.approx(6, abs=1)


@pytest.mark.parametrize("block", [1, 317, 320, 5_000, 100_000])
def test_result_does_not_depend_on_the_blocks(block):
    chunks = [speech(0.7, gain, seed)[:-7] for seed, gain in enumerate([1.0, 0.5, 1.5])]
    for levelled, otherwise in zip(level(chunks), level(chunks, block), strict=True):
        np.testing.assert_allclose(levelled, otherwise, atol=1e-6)


@pytest.mark.parametrize(
    "chunks", [[0.0, 1.0, 0.5], [1.0, 0.0, 0.5], [0.0, 0.0]], ids=["silent first", "silent second", "silent"]
)
def test_silent_chunk_neither_sets_the_level_nor_is_raised(chunks):
    levelled = level([speech(3, gain) for gain in chunks])
    assert [len(c) for c in levelled] == [3 * RATE] * len(chunks)
    loud = [decibels(chunk[RATE:]) for chunk, gain in zip(levelled, chunks, strict=True) if gain]
    assert all(np.isfinite(chunk).all() for chunk in levelled)
    assert not loud or abs(loud[-1] - loud[0]) < 1


def test_the_gain_moves_without_a_click():
    tone = np.sin(2 * np.pi * 200 * np.arange(2 * RATE) / RATE).astype(np.float32)
    _, second = level([tone * 0.5, tone * 0.2])
    assert np.abs(np.diff(second)).max() < 2.1 * np.abs(np.diff(tone * 0.2)).max()
