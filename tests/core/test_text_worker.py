"""The text worker shares its thread in slices, lets the event loop run, and ends the work of cancelled requests."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from core.text_worker import REST, SLICE_S, TextWorker
from shared.steps import Steps

A_SLICE = 20
"""Steps of `Work` in a slice."""


class Work:
    """Steps that use the CPU and record their progress. The first step waits for `hold`."""

    def __init__(self, *, slices: float, hold: threading.Event | None = None) -> None:
        self._most, self._hold = int(slices * A_SLICE), hold
        self.begun, self.closed = threading.Event(), False
        self.threads: set[str] = set()
        self.steps = 0
        self.ended_at = 0.0

    def run(self) -> Steps[str]:
        self.begun.set()
        if self._hold:
            self._hold.wait()
        try:
            while self.steps < self._most:
                self.threads.add(threading.current_thread().name)
                self.steps += 1
                self._use_cpu()
                yield
        finally:
            self.closed = True
        self.ended_at = time.perf_counter()
        return "done"

    def _use_cpu(self) -> None:
        over = time.thread_time() + SLICE_S / A_SLICE
        while time.thread_time() < over:
            pass


def silent() -> bool:
    """Report that no speech is generated."""
    return False


@pytest.fixture
def worker() -> Iterator[TextWorker]:
    with closing(TextWorker()) as one:
        yield one


async def test_worker_returns_the_result_or_raises_the_error(worker: TextWorker) -> None:
    def fail() -> Steps[None]:
        yield
        raise ValueError("no")

    work = Work(slices=5)
    assert await worker.run(work.run(), speaking=silent) == "done"
    assert all(name.startswith("text") for name in work.threads)
    with pytest.raises(ValueError, match="no"):
        await worker.run(fail(), speaking=silent)


async def test_short_work_started_at_once_needs_no_thread(worker: TextWorker) -> None:
    short, long = Work(slices=0.3), Work(slices=4)
    await worker.run(short.run(), at_once=True, speaking=silent)
    assert short.threads == {threading.current_thread().name}
    await worker.run(long.run(), at_once=True, speaking=silent)
    assert len(long.threads) == 2


async def test_the_event_loop_runs_between_slices(worker: TextWorker) -> None:
    work, rounds = Work(slices=30), 0
    running = asyncio.create_task(worker.run(work.run(), speaking=silent))
    while not running.done():
        await asyncio.sleep(0)
        rounds += 1
    assert rounds > 30


async def test_worker_rests_after_each_slice_while_speech_is_generated(worker: TextWorker) -> None:
    took_s = []
    for speaking in (False, True):
        begun = time.perf_counter()
        await worker.run(Work(slices=20).run(), speaking=lambda speaking=speaking: speaking)
        took_s.append(time.perf_counter() - begun)
    assert took_s[1] > 15 * SLICE_S * (1 + REST)
    assert took_s[0] < took_s[1]


async def test_requests_share_the_thread_in_turns(worker: TextWorker) -> None:
    """A short text ends long before a long one that was submitted earlier."""
    long, short = Work(slices=60), Work(slices=2)
    first = asyncio.create_task(worker.run(long.run(), speaking=silent))
    await asyncio.to_thread(long.begun.wait)
    steps_before = long.steps
    await worker.run(short.run(), speaking=silent)
    assert long.steps - steps_before <= 4 * A_SLICE
    assert not long.closed
    await first
    assert short.ended_at < long.ended_at


async def test_cancelled_work_ends_with_its_slice(worker: TextWorker) -> None:
    works = [Work(slices=10**6) for _ in range(12)]
    running = [asyncio.create_task(worker.run(work.run(), speaking=silent)) for work in works]
    await asyncio.to_thread(works[0].begun.wait)
    begun = time.thread_time()
    for task in running:
        task.cancel()
    await asyncio.wait(running)
    assert time.thread_time() - begun < 0.1
    assert all(task.cancelled() for task in running)
    assert all(work.closed for work in works if work.begun.is_set())
    steps = sum(work.steps for work in works)
    assert await worker.run(Work(slices=1).run(), speaking=silent) == "done"  # the thread is free
    assert sum(work.steps for work in works) == steps


async def test_cancelled_caller_waits_for_the_step_in_progress(worker: TextWorker) -> None:
    release = threading.Event()
    work = Work(slices=10**6, hold=release)
    running = asyncio.create_task(worker.run(work.run(), speaking=silent))
    await asyncio.to_thread(work.begun.wait)
    running.cancel()
    done, _ = await asyncio.wait({running}, timeout=0.05)
    assert not done
    release.set()
    await asyncio.wait({running})
    assert running.cancelled() and work.closed
