"""One thread that owns the device, and the order in which it works. Knows nothing of what the work is.

What is most urgent is done first, together with whatever waits beside it and has the same shape.
docs/decisions/0014-headroom.md has the reasons and the measurements.
"""

import asyncio
import heapq
import itertools
import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from shared.errors import RuntimeDead

LONGEST_S = 0.1  # that a batch may keep the device from others, as far as it is known before
URGENT_S = 0.25  # a job that is due so soon does not wait by choice
MEMORY = 0.1  # weight of the newest batch in the running means

In = TypeVar("In")
Out = TypeVar("Out")


class Times:
    """Running means of what one kind of work takes; `wait_s` is that of urgent jobs.

    `size` is a job's, in any unit that its time is proportional to.
    The first batch is not counted: it pays for what is done once. `batch_seen` is told how many jobs a batch has.
    """

    def __init__(self) -> None:
        self.batch_seen: Callable[[int], object] = lambda jobs: None
        self.wait_s = 0.0
        self._unit_s: float | None = None

    def cost_s(self, size: float) -> float:
        """Seconds of the device for a job of this size."""
        return (self._unit_s or 0.0) * size

    def takes_s(self, size: float) -> float:
        """Seconds until an urgent job of this size is done; 0 where nobody knows yet."""
        return self.wait_s + self.cost_s(size)

    def saw(self, *, jobs: int, wait_s: float | None, run_s: float, size: float) -> None:
        """A batch: the wait of its first job, unless that had time anyway; its time; the size of all its jobs."""
        self.batch_seen(jobs)
        if self._unit_s is None:
            self._unit_s = 0.0
            return
        unit_s = run_s / size
        if wait_s is not None:
            self.wait_s += MEMORY * (wait_s - self.wait_s)
        self._unit_s += MEMORY * (unit_s - self._unit_s) if self._unit_s else unit_s


@dataclass(slots=True, order=True)
class Job:
    """One item of a kind of work. `due`, `asked`: times of `time.perf_counter()`."""

    due: float
    number: int = field(init=False)  # in the line
    work: "Work[Any, Any]" = field(compare=False)
    item: Any = field(compare=False)
    shape: object = field(compare=False)
    size: float = field(compare=False)
    asked: float = field(compare=False)
    answer: "asyncio.Future[Any]" = field(compare=False)


class Line:
    """The jobs that wait, and which of them are done next. Has no clock, thread or lock of its own.

    `gather_s`: the longest that a job waits for company. It is waited for only while company comes, and never by a job
    that is due: after a wait in vain the next one is half as long, and who is alone does not wait at all.
    """

    def __init__(self, *, most: int, gather_s: float) -> None:
        self._most, self._gather_most_s = most, gather_s
        self._gather_s = 0.0
        self._jobs: list[Job] = []  # a heap
        self._numbers = itertools.count()

    def put(self, job: Job) -> None:
        job.number = next(self._numbers)
        heapq.heappush(self._jobs, job)

    def take(self, now: float) -> list[Job] | float:
        """The most urgent job and its company, or the time until which to wait for that; infinite where nobody waits.

        A job whose caller was cancelled is dropped.
        """
        while self._jobs and self._jobs[0].answer.cancelled():
            heapq.heappop(self._jobs)
        if not self._jobs:
            return float("inf")
        first, room = self._jobs[0], self._room(self._jobs[0])
        fitting = (job for job in self._jobs if job.shape == first.shape and not job.answer.cancelled())
        batch = heapq.nsmallest(room, fitting)
        until = first.asked + self._gather_s
        if len(batch) < room and now < until < first.due:
            return until
        taken = {job.number for job in batch}
        self._jobs = [job for job in self._jobs if job.number not in taken]
        heapq.heapify(self._jobs)
        self._learn(len(batch))
        return batch

    def clear(self) -> list[Job]:
        """Everything that waits, which waits no longer."""
        left, self._jobs = self._jobs, []
        return left

    def _room(self, job: Job) -> int:
        """How many jobs like this one go into a batch."""
        cost_s = job.work.times.cost_s(job.size)
        return self._most if cost_s * self._most <= LONGEST_S else max(1, int(LONGEST_S / cost_s))

    def _learn(self, jobs: int) -> None:
        least_s = self._gather_most_s / 8
        if jobs > 1:
            self._gather_s = min(self._gather_most_s, max(2 * self._gather_s, least_s))
        else:
            self._gather_s = self._gather_s / 2 if self._gather_s > least_s else 0.0


class Worker(Protocol):
    """Whoever does jobs, one batch at a time."""

    def submit(self, job: Job) -> None: ...


class Work(Generic[In, Out]):
    """One kind of work of a worker: `run` takes items of one shape, and gives a result for each."""

    def __init__(self, worker: Worker, run: Callable[[Sequence[In]], Sequence[Out]]) -> None:
        self._worker, self.run = worker, run
        self.times = Times()

    async def __call__(self, item: In, *, shape: object, size: float, due: float) -> Out:
        """Done before everything that is due later. Raises what `run` raises for this item.

        A caller that is cancelled while it waits is skipped.
        """
        answer: asyncio.Future[Out] = asyncio.get_running_loop().create_future()
        self._worker.submit(Job(due, self, item, (self, shape), size, time.perf_counter(), answer))
        return await answer


class DeviceWorker:
    """The thread that owns the device: runs jobs in batches of at most `most`, until closed."""

    def __init__(self, *, most: int, gather_s: float, prepare: Callable[[], None] = lambda: None) -> None:
        self._prepare = prepare
        self._line = Line(most=most, gather_s=gather_s)
        self._closing = False
        self._changed = threading.Condition()  # guards the two above
        self._thread = threading.Thread(target=self._live, name="device", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> None:
        with self._changed:
            if self._closing:
                raise RuntimeDead("the device's worker is closed")
            self._line.put(job)
            self._changed.notify()

    def close(self) -> None:
        """Wait for the batch that is being done, and end the thread; whoever still waits gets RuntimeDead."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()
        _deliver([(job, RuntimeDead("the device's worker is closed")) for job in self._line.clear()])

    def _live(self) -> None:
        self._prepare()
        while batch := self._next():
            begun = time.perf_counter()
            results = attempt(batch)
            saw(batch, begun=begun, ended=time.perf_counter())
            _deliver(list(zip(batch, results, strict=True)))

    def _next(self) -> list[Job]:
        """Nothing once the worker is closing."""
        with self._changed:
            while not self._closing:
                now = time.perf_counter()
                found = self._line.take(now)
                if isinstance(found, list):
                    return found
                self._changed.wait(found - now if math.isfinite(found) else None)
            return []


def saw(batch: Sequence[Job], *, begun: float, ended: float) -> None:
    """Count a batch among what its kind of work takes."""
    first = batch[0]
    urgent = first.due - first.asked < URGENT_S or first.due < begun
    first.work.times.saw(
        jobs=len(batch),
        wait_s=begun - first.asked if urgent else None,
        run_s=ended - begun,
        size=sum(job.size for job in batch),
    )


def attempt(batch: list[Job]) -> list[Any]:
    """A result or an error for each job. What fails together is tried one by one: a bad request fails alone."""
    run = batch[0].work.run
    try:
        return list(run([job.item for job in batch]))
    except Exception as failure:  # noqa: BLE001 - the thread's boundary: the error is the caller's, who raises it
        if len(batch) == 1:
            return [failure]
    return [result for job in batch for result in attempt([job])]


def _deliver(results: list[tuple[Job, Any]]) -> None:
    """Wake each event loop once."""
    loops = {job.answer.get_loop() for job, _ in results}
    for loop in loops:
        mine = [(job.answer, result) for job, result in results if job.answer.get_loop() is loop]
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle, mine)


def _settle(answers: list[tuple["asyncio.Future[Any]", Any]]) -> None:
    for answer, result in answers:
        if answer.done():
            continue
        if isinstance(result, Exception):
            answer.set_exception(result)
        else:
            answer.set_result(result)
