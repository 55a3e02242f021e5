import asyncio
import threading
from contextlib import closing

import pytest

from core.scheduling.device_worker import BatchedWork, DeviceWorker
from shared.errors import RuntimeDead, TokenStreamInvalid

SOON, LATER = 0.0, float("inf")


class Bench:
    """A worker with work that blocks until it is released, and records which items ran together."""

    def __init__(self, *, max_jobs=4, gather_s=0.0):
        self.worker = DeviceWorker(max_jobs=max_jobs, gather_s=gather_s)
        self.work = BatchedWork(self.worker, self._run)
        self.batches, self.release, self.started = [], threading.Event(), threading.Event()
        self.release.set()

    def _run(self, items):
        self.started.set()
        self.release.wait()
        self.batches.append(list(items))
        if "bad" in items:
            raise TokenStreamInvalid("bad")
        return [item.upper() for item in items]

    def ask(self, item, *, shape=1, deadline=LATER):
        return asyncio.create_task(self.work(item, shape=shape, size=1.0, deadline=deadline))

    async def busy(self):
        """Occupy the device: everything requested after this waits."""
        self.release.clear()
        self.started.clear()
        task = self.ask("busy", shape="its own", deadline=SOON)
        await asyncio.to_thread(self.started.wait)
        return task

    def close(self):
        self.release.set()
        self.worker.close()


@pytest.fixture
def bench():
    with closing(Bench()) as made:
        yield made


async def test_waiting_jobs_run_in_the_order_of_the_queue(bench):
    tasks = [await bench.busy()]
    tasks += [bench.ask(f"a{n}", shape="a", deadline=10 + n) for n in range(6)]
    tasks += [bench.ask("b", shape="b", deadline=5), bench.ask("first", deadline=SOON)]
    await asyncio.sleep(0)
    bench.release.set()
    assert await asyncio.gather(*tasks) == ["BUSY", "A0", "A1", "A2", "A3", "A4", "A5", "B", "FIRST"]
    assert bench.batches[1:] == [["first"], ["b"], ["a0", "a1", "a2", "a3"], ["a4", "a5"]]


async def test_failing_item_fails_alone(bench):
    tasks = [await bench.busy(), *(bench.ask(item) for item in ("x", "bad", "y"))]
    await asyncio.sleep(0)
    bench.release.set()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert answers[1] == "X" and answers[3] == "Y" and isinstance(answers[2], TokenStreamInvalid)
    assert bench.batches[1:] == [["x", "bad", "y"], ["x"], ["bad"], ["y"]]


async def test_item_of_a_cancelled_caller_is_skipped(bench):
    tasks = [await bench.busy(), *(bench.ask(f"{n}", deadline=n) for n in range(6))]
    await asyncio.sleep(0)
    for task in tasks[2:-1]:
        task.cancel()
    await asyncio.sleep(0)
    bench.release.set()
    await asyncio.wait(tasks)
    assert bench.batches[1:] == [["0", "5"]]


async def test_worker_measures_its_batches(bench):
    for n in range(3):  # the first is not counted
        await bench.ask(f"{n}")
    assert bench.work.costs.unit_s > 0


async def test_closing_the_worker_ends_every_call(bench):
    running, waiting = await bench.busy(), bench.ask("late")
    await asyncio.sleep(0)
    closing_now = asyncio.create_task(asyncio.to_thread(bench.worker.close))
    for _ in range(1000):  # until the worker refuses new jobs
        probe = bench.ask("probe")
        await asyncio.sleep(0.001)
        if probe.done() and isinstance(probe.exception(), RuntimeDead):
            break
    else:
        pytest.fail("the closing worker still accepts jobs")
    bench.release.set()
    assert await running == "BUSY"
    with pytest.raises(RuntimeDead):
        await waiting
    await closing_now
    with pytest.raises(RuntimeDead):
        await bench.ask("too late")
