"""Super-resolution on its worker: modes and threads agree; errors and cancellations affect their own caller alone."""

import asyncio
import threading
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import torch

from core.super_resolution import SuperResolution
from core.superres.checkpoint import load_super_resolver
from core.superres.model import SuperResolver
from core.superres.pieces import Piece
from shared.config import SuperResolutionMode as Mode
from shared.types import Pcm

GOLDEN = Path(__file__).parents[1] / "data" / "apbwe_a"
SOUND = np.random.default_rng(0).normal(0, 0.1, 9000).astype(np.float32)


def opened(mode=Mode.FAST, threads=1):
    loaded = load_super_resolver(GOLDEN)
    return SuperResolution(loaded.config, loaded.generator, mode=mode, device=torch.device("cpu"), threads=threads)


@pytest.fixture
def resolution():
    made = opened()
    yield made
    made.close()


async def blocks_of(samples, size):
    for at in range(0, len(samples), size):
        yield Pcm(samples[at : at + size], 16_000)


async def streamed(resolution, size):
    return np.concatenate([block.samples async for block in resolution.stream(blocks_of(SOUND, size))])


@pytest.mark.parametrize(
    ("mode", "threads", "agree_db"), [(Mode.EAGER, 1, 80), (Mode.FAST, 2, 80), (Mode.INT8, 2, 35), (Mode.BF16, 2, 30)]
)
async def test_modes_and_threads_agree(resolution, mode, threads, agree_db):
    other = opened(mode, threads)
    try:
        expected, made = await streamed(resolution, 1920), await streamed(other, 1920)
    finally:
        other.close()
    assert len(made) == len(expected) == 3 * len(SOUND)
    # The analysis is the same call, so its phases are the same.
    assert np.sum((made - expected) ** 2) < 10 ** (-agree_db / 10) * np.sum(expected**2)
    assert np.abs(expected).max() > 0.01


async def test_block_sizes_do_not_matter(resolution):
    expected = await streamed(resolution, 9000)
    for size in (320, 777, 1920):
        made = await streamed(resolution, size)
        assert np.sum((made - expected) ** 2) < 1e-6 * np.sum(expected**2)


async def test_error_reaches_its_own_caller_alone(resolution):
    good, bad = Piece(SOUND[:1600], 0, 4800), Piece(SOUND[:100], 0, 300)
    results = await asyncio.gather(*(resolution.resolve(piece) for piece in (good, bad, good)), return_exceptions=True)
    assert isinstance(results[1], ValueError)
    np.testing.assert_array_equal(results[0].samples, results[2].samples)


async def test_batched_pieces_equal_pieces_resolved_alone(monkeypatch):
    loaded = load_super_resolver(GOLDEN)
    made = SuperResolution(
        loaded.config, loaded.generator, mode=Mode.EAGER, device=torch.device("cpu"), threads=1, max_jobs=8
    )
    pieces = [Piece(SOUND[n : n + 1600], 0, 4800) for n in range(0, 400, 100)]
    resolve, batches, release = SuperResolver.__call__, [], threading.Event()

    def recorded(self, waves, **options):
        release.wait(10)
        batches.append(len(waves))
        return resolve(self, waves, **options)

    monkeypatch.setattr(SuperResolver, "__call__", recorded)
    with closing(made) as resolution:
        tasks = [asyncio.create_task(resolution.resolve(piece)) for piece in [pieces[0], *pieces]]
        await asyncio.sleep(0)  # every task has submitted its piece
        release.set()
        _, *together = await asyncio.gather(*tasks)
        assert max(batches) >= len(pieces)
        for batched, piece in zip(together, pieces, strict=True):
            alone = await resolution.resolve(piece)
            np.testing.assert_allclose(batched.samples, alone.samples, rtol=0, atol=1e-4)


async def test_closing_a_stream_closes_its_upstream(resolution):
    closed = asyncio.Event()

    async def endless():
        try:
            while True:
                yield Pcm(SOUND[:1920], 16_000)
        finally:
            closed.set()

    stream = resolution.stream(endless())
    assert len((await anext(stream)).samples) == 3 * 1520
    await stream.aclose()
    assert closed.is_set()


async def test_warm_up_returns_its_duration(resolution):
    assert await resolution.warm_up() > 0
