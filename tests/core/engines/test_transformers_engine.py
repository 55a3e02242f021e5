"""Behaviour of this engine alone: order and bound of its queue, failures of one request, failures of the engine."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace

import pytest
import pytest_asyncio
import torch
from torch import Tensor

from core.checkpoint.reading import Checkpoint
from core.engines.qwen2 import KeyValueCache, Qwen2Decoder
from core.engines.transformers_engine import TransformersEngine
from shared.errors import GenerationError, GpuOutOfMemory, Overloaded, RuntimeDead
from shared.types import Finish
from tests.core.engines.conftest import collect, decoder, prompt


@pytest_asyncio.fixture
async def engine(tiny: Checkpoint) -> AsyncIterator[TransformersEngine]:
    engine = TransformersEngine(decoder(tiny, max_len=2048), max_waiting=2, max_sequences=1)
    yield engine
    await engine.close()


async def test_full_queue_refuses_with_retry_after(engine: TransformersEngine, tiny: Checkpoint) -> None:
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


async def test_cancelled_request_frees_its_place_in_the_queue_at_once(
    engine: TransformersEngine, tiny: Checkpoint
) -> None:
    async with aclosing(engine.stream(prompt(tiny, "x" * 600))) as running:
        await anext(running)
        waiting = asyncio.create_task(collect(engine, prompt(tiny, "a")))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert engine.unfinished == 1


async def test_closing_ends_streams_with_an_error(tiny: Checkpoint) -> None:
    engine = TransformersEngine(decoder(tiny, max_len=2048), max_waiting=2, max_sequences=1)
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


def test_engine_survives_a_reader_whose_event_loop_is_closed(tiny: Checkpoint) -> None:
    engine = TransformersEngine(decoder(tiny, max_len=2048), max_waiting=2, max_sequences=1)

    async def leave() -> None:
        await anext(engine.stream(prompt(tiny, "x" * 600)))

    async def stay() -> None:
        assert (await collect(engine, prompt(tiny, "a")))[1] is Finish.STOP
        await engine.close()

    asyncio.run(leave())
    asyncio.run(stay())


class FaultyDecoder(Qwen2Decoder):
    """Decoder that raises each of `faults` once, the last one first. None stands for NaN logits.

    Steps fail the victim, the sequence with a long prompt; prompts fail before it begins, and after it has failed.
    """

    def __init__(self, checkpoint: Checkpoint) -> None:
        super().__init__(checkpoint.language_model_path, max_len=2048, device=torch.device("cpu"), dtype=torch.float32)
        self.faults: list[BaseException | None] = []
        self.victim: KeyValueCache | None = None
        self.failed = False

    def start(self, cache: KeyValueCache, ids: Tensor) -> Tensor:
        if self.faults and (self.victim is None or self.failed):
            raise self.faults.pop() or AssertionError
        if len(ids) > 200:
            self.victim, self.failed = cache, False
        return super().start(cache, ids)

    def step(self, caches: Sequence[KeyValueCache], ids: Tensor) -> Tensor:
        victims = [cache is self.victim for cache in caches]
        if not self.faults or self.failed or not any(victims):
            return super().step(caches, ids)
        if fault := self.faults[-1]:
            self.failed = len(caches) == 1
            if self.failed:
                self.faults.pop()
            raise fault
        self.failed = True
        self.faults.pop()
        return super().step(caches, ids).masked_fill(torch.tensor(victims)[:, None], torch.nan)


@pytest.fixture
def faulty(tiny: Checkpoint) -> FaultyDecoder:
    return FaultyDecoder(tiny)


@pytest_asyncio.fixture
async def proven(faulty: FaultyDecoder, tiny: Checkpoint) -> AsyncIterator[TransformersEngine]:
    """Engine on which one request has succeeded, as on every engine that serves."""
    engine = TransformersEngine(faulty, max_waiting=20)
    await collect(engine, prompt(tiny, "a"))
    yield engine
    await engine.close()


async def ask_three(engine: TransformersEngine, tiny: Checkpoint, faulty: FaultyDecoder, *faults: BaseException | None):
    """Return the results of a request during which the faults occur, and of two that wait in the queue."""
    running = engine.stream(prompt(tiny, "x" * 300))
    await anext(running)
    waiting = [asyncio.create_task(collect(engine, prompt(tiny, "Later.", seed=seed))) for seed in range(2)]
    await asyncio.sleep(0)
    faulty.faults.extend(faults)

    async def rest() -> None:
        async for _ in running:
            pass

    async with asyncio.timeout(20):
        return await asyncio.gather(rest(), *waiting, return_exceptions=True)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (RuntimeError("shapes do not fit"), GenerationError),
        (IndexError("index out of range"), GenerationError),
        (MemoryError(), GenerationError),
        (None, GenerationError),
        (torch.OutOfMemoryError("CUDA out of memory"), GpuOutOfMemory),
    ],
)
async def test_failing_request_fails_alone(
    proven: TransformersEngine, faulty: FaultyDecoder, tiny: Checkpoint, fault: Exception | None, told: type[Exception]
) -> None:
    alone = [await collect(proven, prompt(tiny, "Later.", seed=seed)) for seed in range(2)]
    for _ in range(4):
        failed, *others = await ask_three(proven, tiny, faulty, fault)
        assert type(failed) is told
        assert others == alone
    proven.check_health()
    assert proven.unfinished == 0


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param([torch.AcceleratorError("CUDA error")], id="accelerator"),
        pytest.param([SystemExit(1)], id="no Exception"),
        pytest.param([RuntimeError("again"), RuntimeError("once")], id="the trial fails"),
    ],
)
async def test_engine_failure_reaches_every_request(
    proven: TransformersEngine, faulty: FaultyDecoder, tiny: Checkpoint, faults: list[BaseException]
) -> None:
    assert [type(told) for told in await ask_three(proven, tiny, faulty, *faults)] == [RuntimeDead] * 3
    with pytest.raises(RuntimeDead, match="the engine failed"):
        proven.check_health()
    with pytest.raises(RuntimeDead):
        await collect(proven, prompt(tiny, "a"))


async def test_engine_ends_when_its_first_request_fails(faulty: FaultyDecoder, tiny: Checkpoint) -> None:
    engine = TransformersEngine(faulty, max_waiting=2)
    faulty.faults.append(RuntimeError("wrong from the start"))
    with pytest.raises(RuntimeDead):
        await collect(engine, prompt(tiny, "a"))
    await engine.close()


async def test_a_stream_begins_although_more_files_wait_than_run(tiny: Checkpoint) -> None:
    engine = TransformersEngine(decoder(tiny, max_len=2048), max_waiting=4, max_sequences=2)
    file = replace(prompt(tiny, "x" * 600), streaming=False)
    files = [asyncio.create_task(collect(engine, file)) for _ in range(3)]
    async with asyncio.timeout(20):
        while engine.unfinished < len(files):  # noqa: ASYNC110 - an engine has no event for this
            await asyncio.sleep(0.01)
        async with aclosing(engine.stream(prompt(tiny, "a"))) as stream:
            await anext(stream)
    assert not any(task.done() for task in files)
    for task in files:
        task.cancel()
    await asyncio.gather(*files, return_exceptions=True)
    await engine.close()


class RecordingDecoder(Qwen2Decoder):
    """Decoder whose prompts take long. `calls` has a `p` for each prompt and an `s` for each step."""

    PROMPT_S = 0.2

    def __init__(self, checkpoint: Checkpoint) -> None:
        super().__init__(checkpoint.language_model_path, max_len=2048, device=torch.device("cpu"), dtype=torch.float32)
        self.calls = ""

    def start(self, cache: KeyValueCache, ids: Tensor) -> Tensor:
        self.calls += "p"
        time.sleep(self.PROMPT_S)
        return super().start(cache, ids)

    def step(self, caches: Sequence[KeyValueCache], ids: Tensor) -> Tensor:
        self.calls += "s"
        return super().step(caches, ids)


@pytest.mark.parametrize(("headroom_s", "one_each_round"), [(0.05, False), (60.0, True)])
async def test_prompts_take_half_of_the_time_while_a_player_starves(
    tiny: Checkpoint, headroom_s: float, one_each_round: bool
) -> None:
    recording = RecordingDecoder(tiny)
    engine = TransformersEngine(recording, max_waiting=8)
    playing = replace(prompt(tiny, "x" * 600), streaming=True, deadline=lambda: time.perf_counter() + headroom_s)
    async with aclosing(engine.stream(playing)) as running:
        await anext(running)
        arriving = [asyncio.create_task(collect(engine, prompt(tiny, "x" * 600))) for _ in range(4)]

        async def play() -> None:
            async for _ in running:
                pass

        player = asyncio.create_task(play())
        async with asyncio.timeout(20):
            while recording.calls.count("p") < 5:  # noqa: ASYNC110 - an engine has no event for this
                await asyncio.sleep(0.01)
        for task in (player, *arriving):
            task.cancel()
        await asyncio.gather(player, *arriving, return_exceptions=True)
    await engine.close()
    between = [len(steps) for steps in recording.calls.split("p")[2:5]]
    assert all(steps == 1 for steps in between) if one_each_round else min(between) > 1, between
