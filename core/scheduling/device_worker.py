"""The thread that owns a device and runs jobs in batches. Knows nothing of what the jobs compute."""

import asyncio
import math
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from core.scheduling.costs import DecodeCosts
from core.scheduling.job_queue import URGENT_S, Job, JobQueue
from shared.errors import RuntimeDead

In = TypeVar("In")
Out = TypeVar("Out")


class Worker(Protocol):
    """Runner of jobs, one batch at a time."""

    def submit(self, job: Job) -> None: ...


class BatchedWork(Generic[In, Out]):
    """One kind of work of a worker. `run` takes items of one shape and returns a result for each."""

    def __init__(self, worker: Worker, run: Callable[[Sequence[In]], Sequence[Out]]) -> None:
        self._worker, self.run = worker, run
        self.costs = DecodeCosts()

    async def __call__(self, item: In, *, shape: object, size: float, deadline: float, patient: bool = False) -> Out:
        """Return the result for `item`; it runs before every item with a later deadline.

        A `patient` item lets urgent ones go first.

        Raise what `run` raises for this item. A call that is cancelled while it waits is skipped.
        """
        answer: asyncio.Future[Out] = asyncio.get_running_loop().create_future()
        self._worker.submit(Job(deadline, self, item, (self, shape), size, time.perf_counter(), answer, patient))
        return await answer


class DeviceWorker:
    """The thread that owns the device. Run batches of at most `max_jobs` until closed.

    `gather_s` is the longest time that a job waits for others of its shape. `prepare` runs first on the thread.
    """

    def __init__(self, *, max_jobs: int, gather_s: float, prepare: Callable[[], None] = lambda: None) -> None:
        self._prepare = prepare
        self._queue = JobQueue(max_jobs=max_jobs, gather_s=gather_s)
        self._closing = False
        self._changed = threading.Condition()  # guards the two above
        self._thread = threading.Thread(target=self._run, name="device", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> None:
        """Queue a job. Raises RuntimeDead once the worker is closed."""
        with self._changed:
            if self._closing:
                raise RuntimeDead("the device's worker is closed")
            self._queue.put(job)
            self._changed.notify()

    def close(self) -> None:
        """Wait for the running batch and end the thread. Jobs that still wait raise RuntimeDead in their callers."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()
        _deliver([(job, RuntimeDead("the device's worker is closed")) for job in self._queue.clear()])

    def _run(self) -> None:
        self._prepare()
        while batch := self._next():
            started = time.perf_counter()
            results = run_batch(batch)
            observe_batch(batch, started=started, ended=time.perf_counter())
            _deliver(list(zip(batch, results, strict=True)))

    def _next(self) -> list[Job]:
        """Return the next batch; an empty one once the worker is closing."""
        with self._changed:
            while not self._closing:
                now = time.perf_counter()
                found = self._queue.take(now)
                if isinstance(found, list):
                    return found
                self._changed.wait(found - now if math.isfinite(found) else None)
            return []


def observe_batch(batch: Sequence[Job], *, started: float, ended: float) -> None:
    """Add a batch to the costs of its kind of work."""
    first = batch[0]
    urgent = first.deadline - first.submitted_at < URGENT_S or first.deadline < started
    first.work.costs.observe(
        jobs=len(batch),
        wait_s=started - first.submitted_at if urgent else None,
        run_s=ended - started,
        size=sum(job.size for job in batch),
    )


def run_batch(batch: list[Job]) -> list[Any]:
    """Return a result or an error for each job.

    When a batch fails, run its jobs one by one, so that only the jobs at fault fail.
    """
    run = batch[0].work.run
    try:
        return list(run([job.item for job in batch]))
    except Exception as failure:  # noqa: BLE001 - the thread's boundary: the caller of the job raises the error
        if len(batch) == 1:
            return [failure]
    return [result for job in batch for result in run_batch([job])]


def _deliver(results: list[tuple[Job, Any]]) -> None:
    """Set the results of all jobs, waking each event loop once."""
    loops = {job.answer.get_loop() for job, _ in results}
    for loop in loops:
        mine = [(job.answer, result) for job, result in results if job.answer.get_loop() is loop]
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle, mine)


def _settle(answers: "list[tuple[asyncio.Future[Any], Any]]") -> None:
    for answer, result in answers:
        if answer.done():
            continue
        if isinstance(result, Exception):
            answer.set_exception(result)
        else:
            answer.set_result(result)
