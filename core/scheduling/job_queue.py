"""Queue of a device: choose the next job and the jobs that run with it. Pure: no clock, no thread, no lock."""

import heapq
import itertools
from asyncio import Future
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from core.scheduling.costs import DecodeCosts
from core.scheduling.policy import IMMEDIATE
from core.scheduling.window_size import MAX_BATCH_S

URGENT_S = 0.25
"""Seconds before its deadline within which a job counts as urgent. An urgent job waits only because the device is busy,
so its wait measures the device; a later one may also wait because it was scheduled behind others."""
GATHER_STEPS = 8
"""Longest gathering time divided by the shortest one above 0. The time doubles and halves, so with 8 four batches of
several jobs raise it from 0 to the longest time, and four batches of one job bring it back to 0. Chosen."""


class Work(Protocol):
    """One kind of work. `run` takes the items of one batch and returns a result for each."""

    costs: DecodeCosts
    run: Callable[[Any], Any]


@dataclass(slots=True, order=True)
class Job:
    """One item of a kind of work. `deadline` and `submitted_at` are `time.perf_counter()`.

    Jobs of equal `shape` can run in one batch. `size` is in the units of the work's `costs`. A `patient` job, that of a
    file, lets urgent ones go first even past its deadline.
    """

    deadline: float
    number: int = field(init=False)  # order of arrival: decides between equal deadlines
    work: Work = field(compare=False)
    item: Any = field(compare=False)
    shape: object = field(compare=False)
    size: float = field(compare=False)
    submitted_at: float = field(compare=False)
    answer: "Future[Any]" = field(compare=False)
    patient: bool = field(compare=False, default=False)


class JobQueue:
    """Earliest-deadline-first queue that batches jobs of one shape, at most `max_jobs` together.

    A job may wait for others of its shape: at most `gather_s`, and never past its deadline. The gathering time doubles
    after each batch of several jobs and halves after each batch of one, so that lone jobs soon wait no longer.
    """

    def __init__(self, *, max_jobs: int, gather_s: float) -> None:
        self._max_jobs, self._max_gather_s = max_jobs, gather_s
        self._gather_s = 0.0
        self._jobs: list[Job] = []  # a heap
        self._numbers = itertools.count()

    def put(self, job: Job) -> None:
        """Add a job."""
        job.number = next(self._numbers)
        heapq.heappush(self._jobs, job)

    def take(self, now: float) -> list[Job] | float:
        """Return the next batch, or the time until which to wait; infinity when the queue is empty.

        Drop jobs whose caller was cancelled.
        """
        while self._jobs and self._jobs[0].answer.cancelled():
            heapq.heappop(self._jobs)
        if not self._jobs:
            return float("inf")
        first, room = self._first(now)
        fitting = (job for job in self._jobs if job.shape == first.shape and not job.answer.cancelled())
        batch = [first, *heapq.nsmallest(room - 1, (job for job in fitting if job is not first))]
        until = first.submitted_at + self._gather_s
        if len(batch) < room and now < until < first.deadline:
            return until
        taken = {job.number for job in batch}
        self._jobs = [job for job in self._jobs if job.number not in taken]
        heapq.heapify(self._jobs)
        self._adapt(len(batch))
        return batch

    def clear(self) -> list[Job]:
        """Remove and return all waiting jobs."""
        left, self._jobs = self._jobs, []
        return left

    def _first(self, now: float) -> tuple[Job, int]:
        """Return the job that decides about the next batch, and how many may run with it.

        First windows precede everything, but only as many of them as let the job that is due next be done in time:
        else a burst of new streams would silence those that play.
        """
        waiting = [job for job in self._jobs if not job.answer.cancelled()]
        first = self._jobs[0]
        if first.patient:
            urgent = (job for job in waiting if not job.patient and job.deadline < now + URGENT_S)
            first = min(urgent, default=first)
        room = self._batch_size(first)
        cost_s = first.work.costs.cost_s(first.size)
        if first.deadline > IMMEDIATE or not cost_s:
            return first, room
        due = min((job for job in waiting if job.deadline > IMMEDIATE and not job.patient), default=None)
        if due is None:
            return first, room
        affordable = int((due.deadline - now - due.work.costs.cost_s(due.size)) / cost_s)
        return (first, min(room, affordable)) if affordable > 0 else (due, self._batch_size(due))

    def _batch_size(self, job: Job) -> int:
        """Return the number of jobs of this size that run together within MAX_BATCH_S."""
        cost_s = job.work.costs.cost_s(job.size)
        return self._max_jobs if cost_s * self._max_jobs <= MAX_BATCH_S else max(1, int(MAX_BATCH_S / cost_s))

    def _adapt(self, jobs: int) -> None:
        least_s = self._max_gather_s / GATHER_STEPS
        if jobs > 1:
            self._gather_s = min(self._max_gather_s, max(2 * self._gather_s, least_s))
        else:
            self._gather_s = self._gather_s / 2 if self._gather_s > least_s else 0.0
