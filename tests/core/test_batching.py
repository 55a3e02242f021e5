import asyncio
import threading
import time
from contextlib import closing

import pytest

from core.batching import LONGEST_S, DeviceWorker, Work
from shared.errors import RuntimeDead, TokenStreamInvalid

SOON, LATER = 0.0, float("inf")


class Bench:
    """Work that stands still until it is let go, and keeps what was done together."""

    def __init__(self, *, most=4, gather_s=0.0, takes_s=0.0):
        self.worker = DeviceWorker(most=most, gather_s=gather_s)
        self.work = Work(self.worker, self._run)
        self.batches, self.go, self._takes_s = [], threading.Event(), takes_s
        self.begun = threading.Event()
        self.go.set()

    def _run(self, items):
        self.begun.set()
        self.go.wait()
        time.sleep(self._takes_s * len(items))
        self.batches.append(list(items))
        if "bad" in items:
            raise TokenStreamInvalid("bad")
        return [item.upper() for item in items]

    def ask(self, item, *, shape=1, due=LATER):
        return asyncio.create_task(self.work(item, shape=shape, size=1.0, due=due))

    async def busy(self):
        """Something is being done, and everything asked for now waits behind it."""
        self.go.clear()
        self.begun.clear()
        task = self.ask("busy", shape="its own", due=SOON)
        await asyncio.to_thread(self.begun.wait)
        return task

    def close(self):
        self.go.set()
        self.worker.close()


@pytest.fixture
def bench():
    with closing(Bench()) as made:
        yield made


async def test_the_urgent_first_and_with_it_whatever_is_alike(bench):
    tasks = [await bench.busy()]
    tasks += [bench.ask(f"a{n}", shape="a", due=10 + n) for n in range(6)]
    tasks += [bench.ask("b", shape="b", due=5), bench.ask("c", shape="c", due=11), bench.ask("first", due=SOON)]
    await asyncio.sleep(0)
    bench.go.set()
    answers = await asyncio.gather(*tasks)
    assert answers == ["BUSY", "A0", "A1", "A2", "A3", "A4", "A5", "B", "C", "FIRST"]
    assert bench.batches[1:] == [["first"], ["b"], ["a0", "a1", "a2", "a3"], ["c"], ["a4", "a5"]]


async def test_a_bad_request_fails_alone(bench):
    tasks = [await bench.busy(), *(bench.ask(item) for item in ("x", "bad", "y"))]
    await asyncio.sleep(0)
    bench.go.set()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert answers[1] == "X" and answers[3] == "Y" and isinstance(answers[2], TokenStreamInvalid)
    assert bench.batches[1:] == [["x", "bad", "y"], ["x"], ["bad"], ["y"]]


async def test_a_cancelled_waiter_is_skipped(bench):
    tasks = [await bench.busy(), *(bench.ask(f"{n}", due=n % 3) for n in range(6))]
    await asyncio.sleep(0)
    for task in tasks[2:-1]:
        task.cancel()
    await asyncio.sleep(0)
    bench.go.set()
    await asyncio.wait(tasks)
    assert bench.batches[1:] == [["0", "5"]]


async def test_who_is_alone_never_waits():
    with closing(Bench(gather_s=30.0)) as bench:
        for n in range(5):
            assert await bench.ask(f"{n}") == f"{n}"
        assert [len(batch) for batch in bench.batches] == [1] * 5


async def test_while_company_comes_it_is_waited_for_but_not_by_the_urgent():
    with closing(Bench(gather_s=80.0)) as bench:
        tasks = [await bench.busy(), bench.ask("a"), bench.ask("b")]
        await asyncio.sleep(0)
        bench.go.set()
        await asyncio.gather(*tasks)  # two together: from now on a job waits for others, at most ten seconds here
        assert await bench.ask("urgent", due=SOON) == "URGENT"
        tasks = [await bench.busy(), bench.ask("a"), bench.ask("b")]
        await asyncio.sleep(0)
        bench.go.set()
        await asyncio.gather(*tasks)
        alone = bench.ask("c")
        assert not (await asyncio.wait({alone}, timeout=0.05))[0]
        rest = [bench.ask(item) for item in ("d", "e", "f")]
        await asyncio.wait_for(asyncio.gather(alone, *rest), 5)
        assert bench.batches[-1] == ["c", "d", "e", "f"]


async def test_a_batch_is_no_longer_than_others_can_bear():
    with closing(Bench(most=100, takes_s=LONGEST_S / 3)) as bench:
        for n in range(3):  # the first is not counted
            await bench.ask(f"{n}")
        tasks = [await bench.busy(), *(bench.ask(f"{n}") for n in range(9))]
        await asyncio.sleep(0)
        bench.go.set()
        await asyncio.gather(*tasks)
        assert max(len(batch) for batch in bench.batches) <= 3
    assert bench.work.times.cost_s(2.0) == pytest.approx(2 * LONGEST_S / 3, rel=0.8)


async def test_closing_leaves_nobody_waiting(bench):
    done, waiting = await bench.busy(), bench.ask("late")
    await asyncio.sleep(0)
    closing_now = asyncio.create_task(asyncio.to_thread(bench.worker.close))
    await asyncio.sleep(0.02)
    bench.go.set()
    assert await done == "BUSY"
    with pytest.raises(RuntimeDead):
        await waiting
    await closing_now
    with pytest.raises(RuntimeDead):
        await bench.ask("too late")
