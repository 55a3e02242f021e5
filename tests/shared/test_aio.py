import asyncio
import threading

import pytest

from shared.aio import amap, prefetch, run_in_slices, through
from shared.steps import Steps


class Source:
    """Stream of the numbers below `stop`. Records how far it was read, and whether it is open or closed."""

    def __init__(self, stop=10**9, fail_at=None):
        self.stop, self.fail_at = stop, fail_at
        self.given, self.open, self.closed = 0, False, False

    async def stream(self):
        self.open = True
        try:
            for number in range(self.stop):
                if number == self.fail_at:
                    raise ValueError("broken")
                await asyncio.sleep(0)
                self.given = number + 1
                yield number
        finally:
            self.open, self.closed = False, True


class Doubler:
    def __init__(self):
        self.finished = False

    def feed(self, item):
        yield item
        yield item

    def finish(self):
        self.finished = True
        yield "end"


async def increment(number):
    await asyncio.sleep(0)
    return number + 1


@pytest.mark.parametrize("on_thread", [False, True])
async def test_stages_keep_order_and_finish_after_a_clean_end(on_thread):
    source, stage = Source(3), Doubler()
    stream = through(amap(source.stream(), increment), stage, on_thread=on_thread)
    assert [n async for n in stream] == [1, 1, 2, 2, 3, 3, "end"]
    assert source.closed and stage.finished


class Slow:
    """Stage whose step lasts until `may_end` is set. Records its thread, and whether it is in use."""

    def __init__(self):
        self.begun, self.may_end, self.in_use, self.thread = threading.Event(), threading.Event(), False, None

    def feed(self, item):
        self.in_use, self.thread = True, threading.get_ident()
        self.begun.set()
        self.may_end.wait(5)
        self.in_use = False
        if item == 1:
            raise ValueError("this cannot be encoded")
        yield item

    def finish(self):
        return ()


async def test_step_on_a_thread_ends_before_a_cancellation_is_raised():
    source, stage = Source(), Slow()
    task = asyncio.create_task(anext(through(source.stream(), stage, on_thread=True)))
    await asyncio.to_thread(stage.begun.wait, 5)
    assert stage.thread != threading.get_ident() and not task.done()
    for _ in range(3):  # any number of cancellations
        task.cancel()
        for _ in range(10):  # rounds of the loop, in which a cancelled task would end
            await asyncio.sleep(0)
    assert stage.in_use and source.open
    stage.may_end.set()
    await asyncio.wait({task})
    assert task.cancelled() and not stage.in_use and source.closed


async def test_error_of_a_step_on_a_thread_is_raised():
    source, stage = Source(), Slow()
    stage.may_end.set()
    stream = through(source.stream(), stage, on_thread=True)
    assert await anext(stream) == 0
    with pytest.raises(ValueError, match="encoded"):
        await anext(stream)
    assert source.closed


async def test_closing_the_last_stage_closes_the_first_without_finish():
    source, stage = Source(), Doubler()
    stream = through(amap(source.stream(), increment), stage)
    await anext(stream)
    await stream.aclose()
    assert source.closed and not stage.finished


async def test_error_passes_every_stage_without_finish():
    source, stage = Source(fail_at=1), Doubler()
    out = []
    with pytest.raises(ValueError, match="broken"):
        async for item in through(source.stream(), stage):
            out.append(item)
    assert out == [0, 0] and source.closed and not stage.finished


async def test_prefetch_runs_ahead_up_to_its_limit():
    source = Source()
    async with prefetch(source.stream(), ahead=3) as reader:
        assert await anext(reader) == 0
        for _ in range(50):
            await asyncio.sleep(0)
        assert source.given == 1 + 3 + 1  # read, waiting, and the one that waits for a place
    assert source.closed


async def test_prefetch_raises_an_error_at_its_place():
    source, out = Source(fail_at=2), []
    with pytest.raises(ValueError, match="broken"):
        async with prefetch(source.stream(), ahead=5) as reader:
            async for item in reader:
                out.append(item)
    assert out == [0, 1] and source.closed


@pytest.mark.parametrize("steps", [0, 1, 5])
async def test_leaving_prefetch_closes_its_upstream_at_any_point(steps):
    source = Source()
    async with prefetch(source.stream(), ahead=2):
        for _ in range(steps):
            await asyncio.sleep(0)
    assert not source.open
    assert len(asyncio.all_tasks()) == 1


async def test_cancelling_the_reader_ends_the_pump():
    source = Source()

    async def read():
        async with prefetch(source.stream(), ahead=2) as reader:
            async for _ in reader:
                await asyncio.sleep(0)

    task = asyncio.create_task(read())
    while source.given < 3:  # noqa: ASYNC110 - until the pump runs
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})
    assert source.closed and len(asyncio.all_tasks()) == 1


async def test_loop_runs_between_steps_and_cancellation_ends_them():
    done = 0

    def count(most: int) -> Steps[str]:
        nonlocal done
        try:
            for _ in range(most):
                done += 1
                yield
        finally:
            done = -done
        return "counted"

    assert await run_in_slices(count(3)) == "counted" and done == -3
    done = 0
    task = asyncio.create_task(run_in_slices(count(10**9)))
    for _ in range(5):
        await asyncio.sleep(0)
    assert 2 < done < 10
    task.cancel()
    await asyncio.wait({task})
    assert done < 0
