"""The worker: modes and threads agree, faults and cancelling stay with their own caller."""

import asyncio
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import torch

from core.super_resolution import SuperResolution
from core.superres import products
from core.superres.checkpoint import load_super_resolver
from core.superres.pieces import Piece
from shared.config import SuperResolutionMode as Mode
from shared.types import Pcm

GOLDEN = Path(__file__).parents[1] / "data" / "apbwe_a"
SOUND = np.random.default_rng(0).normal(0, 0.1, 9000).astype(np.float32)


def opened(mode=Mode.FAST, threads=1, device="cpu"):
    loaded = load_super_resolver(GOLDEN)
    return SuperResolution(loaded.config, loaded.generator, mode=mode, device=torch.device(device), threads=threads)


@pytest.fixture
def wide():
    made = opened()
    yield made
    made.close()


async def blocks_of(samples, size):
    for at in range(0, len(samples), size):
        yield Pcm(samples[at : at + size], 16_000)


async def streamed(wide, size):
    return np.concatenate([block.samples async for block in wide.stream(blocks_of(SOUND, size))])


@pytest.mark.parametrize(("mode", "threads", "agree_db"), [(Mode.EAGER, 1, 80), (Mode.FAST, 2, 80), (Mode.INT8, 2, 35)])
async def test_modes_and_threads_agree(wide, mode, threads, agree_db):
    other = opened(mode, threads)
    try:
        expected, made = await streamed(wide, 1920), await streamed(other, 1920)
    finally:
        other.close()
    assert len(made) == len(expected) == 3 * len(SOUND)
    # The analysis is the same call, so its phases are the same.
    assert np.sum((made - expected) ** 2) < 10 ** (-agree_db / 10) * np.sum(expected**2)
    assert np.abs(expected).max() > 0.01


@pytest.mark.parametrize(
    ("wanted", "device", "kernels", "used"),
    [
        (Mode.INT8, "cpu", ["fbgemm"], Mode.INT8),
        (Mode.INT8, "cpu", ["qnnpack"], Mode.FAST),  # an ARM processor
        (Mode.INT8, "meta", ["fbgemm"], Mode.EAGER),  # stands for a GPU, which this machine may lack
        (Mode.FAST, "meta", ["fbgemm"], Mode.EAGER),
        (Mode.EAGER, "cpu", ["fbgemm"], Mode.EAGER),
    ],
)
def test_the_mode_in_use(wanted, device, kernels, used, monkeypatch):
    monkeypatch.setattr(products, "KERNELS", kernels)
    with closing(opened(wanted, device=device)) as made:
        assert made.mode is used


async def test_block_sizes_do_not_matter(wide):
    expected = await streamed(wide, 9000)
    for size in (320, 777, 1920):
        made = await streamed(wide, size)
        assert np.sum((made - expected) ** 2) < 1e-6 * np.sum(expected**2)


async def test_error_reaches_its_own_caller_alone(wide):
    good, bad = Piece(SOUND[:1600], 0, 4800), Piece(SOUND[:100], 0, 300)
    results = await asyncio.gather(*(wide.resolve(piece) for piece in (good, bad, good)), return_exceptions=True)
    assert isinstance(results[1], ValueError)
    np.testing.assert_array_equal(results[0].samples, results[2].samples)


async def test_batched_pieces_equal_pieces_resolved_alone():
    loaded = load_super_resolver(GOLDEN)
    made = SuperResolution(
        loaded.config, loaded.generator, mode=Mode.EAGER, device=torch.device("cpu"), threads=1, max_jobs=8
    )
    with closing(made) as wide:
        pieces = [Piece(SOUND[n : n + 1600], 0, 4800) for n in range(0, 400, 100)]
        for together, piece in zip(wide._resolve(pieces), pieces, strict=True):
            np.testing.assert_allclose(together, (await wide.resolve(piece)).samples, rtol=0, atol=1e-4)


async def test_closing_a_stream_closes_its_upstream(wide):
    closed = asyncio.Event()

    async def endless():
        try:
            while True:
                yield Pcm(SOUND[:1920], 16_000)
        finally:
            closed.set()

    stream = wide.stream(endless())
    assert len((await anext(stream)).samples) == 3 * 1520
    await stream.aclose()
    assert closed.is_set()


async def test_warm_up_returns_its_duration(wide):
    assert await wide.warm_up() > 0
