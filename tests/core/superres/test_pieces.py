"""Joined pieces equal the super-resolved whole signal, for any split of the input."""

import copy
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.superres.checkpoint import load_super_resolver
from core.superres.config import SuperResConfig
from core.superres.generator import Generator
from core.superres.model import SuperResolver
from core.superres.pieces import PieceCutter, PieceJoiner, PiecePlan
from shared.types import Pcm

GOLDEN = Path(__file__).parents[2] / "data" / "apbwe_a"
LOADED = load_super_resolver(GOLDEN)
EXACT = SuperResolver(LOADED.config, copy.deepcopy(LOADED.generator).double())
PUBLISHED = SuperResConfig(n_fft=1024, hop=80, win=320, channels=512, layers=8, low_rate=16_000, high_rate=48_000)
PLAN = PiecePlan.of(LOADED.config)


def sound(samples):
    """Return noise that is alternately loud and silent."""
    random = np.random.default_rng(samples)
    loudness = np.maximum(0, np.sin(np.arange(samples) / 900)) * 0.2
    return (random.normal(size=samples) * loudness).astype(np.float32)


def whole(resolver, samples):
    """Resolve the whole signal, padded with silence as at the end of a stream."""
    enough = max(len(samples), PLAN.min_samples)
    padded = np.pad(samples, (0, enough - len(samples) + -enough % resolver.config.grid))
    return resolver(torch.from_numpy(padded).double().unsqueeze(0))[0, : 3 * len(samples)].numpy()


def pieces_of(samples, sizes, plan, headroom_s=lambda: 0.0, **come):
    """Yield the pieces, each with the number of input samples at the time it was cut."""
    cutter, at = PieceCutter(plan, headroom_s, **come), 0
    for size in sizes:
        yield from ((piece, at + size) for piece in cutter.feed(Pcm(samples[at : at + size], 16_000)))
        at += size
    yield from ((piece, len(samples)) for piece in cutter.finish())


def in_pieces(resolver, samples, sizes, plan=PLAN, headroom_s=lambda: 0.0, **come):
    joiner = PieceJoiner(plan)
    blocks = []
    for piece, _ in pieces_of(samples, sizes, plan, headroom_s, **come):
        wide = resolver(torch.from_numpy(piece.samples).double().unsqueeze(0))[0, piece.start : piece.stop]
        blocks += joiner.feed(Pcm(wide.numpy(), 48_000))
    blocks += joiner.finish()
    assert all(block.rate == 48_000 and len(block.samples) for block in blocks)
    return np.concatenate([block.samples for block in blocks] or [np.zeros(0)])


@settings(max_examples=20)
@given(
    sizes=st.lists(st.one_of(st.integers(0, 300), st.integers(0, 9000)), min_size=1, max_size=20),
    most=st.sampled_from([800, 2400, 64_000]),
    headroom_s=st.floats(-1, 8),
    more=st.booleans(),
)
def test_joined_pieces_equal_the_whole(sizes, most, headroom_s, more):
    plan = PiecePlan(LOADED.config, context=480, fade=160, min_kept=800, max_kept=most, min_samples=171)
    samples = sound(sum(sizes))
    come = {"more": lambda: more, "latency_s": lambda samples: samples / 64_000}
    made = in_pieces(EXACT, samples, sizes, plan, lambda: headroom_s, **come)
    assert len(made) == 3 * len(samples)
    if len(samples):
        # In the golden model a sample depends on 433 low-rate samples on each side, fewer than the context.
        np.testing.assert_allclose(made, whole(EXACT, samples), rtol=0, atol=1e-6)


def test_piece_size_grows_with_headroom():
    headroom_s = iter([float("-inf"), 0.1, 0.5, 0.5, 0.0, 40.0])
    blocks = [3840] * 6
    cut = [
        (piece.stop - piece.start, at) for piece, at in pieces_of(sound(6 * 3840), blocks, PLAN, headroom_s.__next__)
    ]
    # Blocks of 0.24 s: pieces of 0.25 s are wanted after the second, so the third and fourth block share a piece.
    assert [at // 3840 for _, at in cut] == [1, 2, 4, 5, 6]
    assert cut[2][0] > 1.9 * cut[1][0]


@pytest.mark.parametrize(
    ("rtf", "cut_at"),
    [
        (0.25, [2, 4, 6]),  # half of the headroom of 0.2 s is enough for 0.4 s of sound
        (4.0, [1, 2, 3, 4, 5, 6]),  # there is no time for a larger piece
        (0.0, [1, 2, 3, 4, 5, 6]),  # not measured yet
    ],
)
def test_piece_includes_available_sound_when_time_allows(rtf, cut_at):
    left = [1, 2, 3, 4, 5, 6]
    cutter = PieceCutter(PLAN, lambda: 0.2, more=lambda: bool(left), latency_s=lambda samples: rtf * samples / 16_000)
    cut = []
    while left:
        at = left.pop(0)
        cut += [at for _ in cutter.feed(Pcm(sound(3840), 16_000))]
    assert cut == cut_at


def test_available_end_is_part_of_the_last_piece():
    def pieces(more):
        come = {"more": lambda: more, "latency_s": lambda samples: samples / 64_000}
        return [len(piece.samples) for piece, _ in pieces_of(sound(3840), [3840], PLAN, lambda: 0.3, **come)]

    assert len(pieces(more=False)) == 1 + 1 and pieces(more=True) == [3840]


def test_plan_of_the_published_checkpoint():
    plan = PiecePlan.of(PUBLISHED)
    assert (plan.context, plan.fade, plan.min_kept, plan.max_kept, plan.min_samples) == (320, 80, 800, 64_000, 171)
    assert plan.delay == 400  # 25 ms


@pytest.mark.parametrize("block", [1, 320, 1000, 1920])
def test_first_piece_is_cut_as_soon_as_its_samples_are_available(block):
    """The delay is 400 samples (25 ms) and the smallest kept part 800, so the first piece is cut at sample 1200."""
    samples = sound(8000)
    sizes = [block] * (8000 // block) + [8000 % block]
    piece, arrived = next(pieces_of(samples, sizes, PLAN))
    assert arrived == -(-1200 // block) * block
    assert piece.stop == 3 * ((arrived - 400) // 80 * 80 + 80) and piece.start == 0


def test_piece_size_is_bounded():
    pieces = [piece for piece, _ in pieces_of(sound(200_000), [200_000], PLAN)]
    assert max(len(piece.samples) for piece in pieces) <= PLAN.max_kept + 2 * PLAN.context + PLAN.fade


def test_error_of_shorter_context_matches_the_decision_record():
    """Measure the error of contexts below the field of 833 samples, at the published depth with few channels."""
    torch.manual_seed(3)
    config = SuperResConfig(n_fft=1024, hop=80, win=320, channels=32, layers=8, low_rate=16_000, high_rate=48_000)
    resolver = SuperResolver(config, Generator(config).double().requires_grad_(False).eval())
    samples = sound(12_000)
    reference = whole(resolver, samples)

    def error_db(context):
        plan = PiecePlan(config, context=context, fade=160, min_kept=800, max_kept=1600, min_samples=171)
        noise = in_pieces(resolver, samples, [12_000], plan) - reference
        return 10 * np.log10(np.mean(noise**2) / np.mean(reference**2) + 1e-30)

    assert error_db(880) < -150
    assert error_db(480) < -200
    assert error_db(320) < -100
    assert error_db(80) > -60
