"""What is this engine's own: one at a time, in order, from a queue with an end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
import pytest_asyncio

from core.checkpoint.reading import Checkpoint
from core.engines.transformers_engine import TransformersEngine
from shared.errors import Overloaded, RuntimeDead
from shared.types import Finish
from tests.core.engines.conftest import collect, decoder, prompt


@pytest_asyncio.fixture
async def engine(tiny: Checkpoint) -> AsyncIterator[TransformersEngine]:
    engine = TransformersEngine(decoder(tiny, max_len=2048), max_waiting=2)
    yield engine
    await engine.close()


async def test_a_full_queue_refuses_and_says_for_how_long(engine: TransformersEngine, tiny: Checkpoint) -> None:
    endless = prompt(tiny, "x" * 600)
    async with aclosing(engine.stream(endless)) as running:
        await anext(running)
        waiting = [asyncio.create_task(collect(engine, prompt(tiny, "a"))) for _ in range(2)]
        await asyncio.sleep(0)
        assert engine.unfinished == 3
        with pytest.raises(Overloaded) as caught:
            await collect(engine, prompt(tiny, "a"))
        assert caught.value.retry_after_s is not None and caught.value.retry_after_s >= 1
        assert not any(task.done() for task in waiting)
    assert [finish for _, finish in await asyncio.gather(*waiting)] == [Finish.STOP] * 2
    assert engine.unfinished == 0


async def test_who_leaves_the_queue_frees_the_place_at_once(engine: TransformersEngine, tiny: Checkpoint) -> None:
    async with aclosing(engine.stream(prompt(tiny, "x" * 600))) as running:
        await anext(running)
        waiting = asyncio.create_task(collect(engine, prompt(tiny, "a")))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert engine.unfinished == 1


async def test_closing_ends_streams_with_an_error(tiny: Checkpoint) -> None:
    engine = TransformersEngine(decoder(tiny, max_len=2048), max_waiting=2)
    running = engine.stream(prompt(tiny, "x" * 600))
    await anext(running)
    waiting = asyncio.create_task(collect(engine, prompt(tiny, "a")))
    await asyncio.sleep(0)
    await engine.close()
    with pytest.raises(RuntimeDead, match="closed"):
        async for _ in running:
            pass
    with pytest.raises(RuntimeDead, match="closed"):
        await waiting
    with pytest.raises(RuntimeDead, match="closed"):
        await collect(engine, prompt(tiny, "a"))
    assert engine.unfinished == 0


def test_a_reader_whose_loop_is_gone_does_no_harm(tiny: Checkpoint) -> None:
    engine = TransformersEngine(decoder(tiny, max_len=2048), max_waiting=2)

    async def leave() -> None:
        await anext(engine.stream(prompt(tiny, "x" * 600)))

    async def stay() -> None:
        assert (await collect(engine, prompt(tiny, "a")))[1] is Finish.STOP
        await engine.close()

    asyncio.run(leave())
    asyncio.run(stay())
