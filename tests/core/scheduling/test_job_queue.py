"""The queue is pure: the time is an argument, so no test waits."""

import asyncio
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.scheduling.costs import DecodeCosts
from core.scheduling.job_queue import GATHER_STEPS, Job, JobQueue
from core.scheduling.window_size import MAX_BATCH_S

GATHER_S = 0.8


class FreeWork:
    """A kind of work that costs `unit_s` for each unit of size."""

    def __init__(self, unit_s: float = 0.0) -> None:
        self.costs = DecodeCosts()
        self.costs.unit_s = unit_s
        self.run = list


@pytest.fixture
def job():
    loop = asyncio.new_event_loop()
    work = FreeWork()

    def make(item="", *, deadline=inf, shape=1, submitted_at=0.0, work=work, patient=False):
        return Job(deadline, work, item, shape, 1.0, submitted_at, loop.create_future(), patient)

    yield make
    loop.close()


def items(found):
    return [job.item for job in found]


def drained(queue):
    """Take everything at a time when no job waits for others."""
    batches = []
    while isinstance(found := queue.take(inf), list):
        batches.append(items(found))
    return batches


def test_queue_gives_the_earliest_deadline_with_jobs_of_its_shape(job):
    queue = JobQueue(max_jobs=4, gather_s=0.0)
    for n in range(6):
        queue.put(job(f"a{n}", shape="a", deadline=10 + n))
    queue.put(job("b", shape="b", deadline=5))
    queue.put(job("c", shape="c", deadline=11))
    assert drained(queue) == [["b"], ["a0", "a1", "a2", "a3"], ["c"], ["a4", "a5"]]
    assert queue.take(0.0) == inf


def test_equal_deadlines_keep_the_order_of_arrival(job):
    queue = JobQueue(max_jobs=1, gather_s=0.0)
    for n in range(5):
        queue.put(job(n, deadline=1.0))
    assert drained(queue) == [[0], [1], [2], [3], [4]]


def test_jobs_of_cancelled_callers_are_dropped(job):
    queue, jobs = JobQueue(max_jobs=8, gather_s=0.0), [job(n, deadline=n % 3) for n in range(6)]
    for cancelled, made in enumerate(jobs):
        queue.put(made)
        if cancelled not in (0, 5):
            made.answer.cancel()
    assert drained(queue) == [[0, 5]]


def test_lone_job_runs_at_once(job):
    queue = JobQueue(max_jobs=4, gather_s=30.0)
    for n in range(5):
        queue.put(job(n, submitted_at=float(n)))
        assert items(queue.take(float(n))) == [n]


def test_job_waits_for_others_after_a_batch_but_not_past_its_deadline(job):
    queue = JobQueue(max_jobs=4, gather_s=GATHER_S)
    queue.put(job("a"))
    queue.put(job("b"))
    assert items(queue.take(0.0)) == ["a", "b"]
    gather_s = GATHER_S / GATHER_STEPS
    queue.put(job("c", submitted_at=1.0))
    assert queue.take(1.0) == pytest.approx(1.0 + gather_s)
    queue.put(job("urgent", deadline=1.0, submitted_at=1.0))
    assert items(queue.take(1.0)) == ["urgent", "c"]
    queue.put(job("d", submitted_at=2.0))
    assert items(queue.take(2.0 + 2 * gather_s)) == ["d"], "its wait is over"


def test_full_batch_runs_at_once(job):
    queue = JobQueue(max_jobs=2, gather_s=GATHER_S)
    for n in range(4):
        queue.put(job(n))
    assert items(queue.take(0.0)) == [0, 1]
    assert items(queue.take(0.0)) == [2, 3]


def test_gathering_time_halves_to_zero_after_batches_of_one(job):
    queue, now = JobQueue(max_jobs=8, gather_s=GATHER_S), 0.0
    for _ in range(5):
        queue.put(job("x", submitted_at=now))
        queue.put(job("y", submitted_at=now))
        assert len(queue.take(now + GATHER_S)) == 2
    waits = []
    for _ in range(6):
        queue.put(job("alone", submitted_at=now))
        found = queue.take(now)
        waits.append(0.0 if isinstance(found, list) else found - now)
        if waits[-1]:
            assert items(queue.take(now + GATHER_S)) == ["alone"]
        now += 10.0
    assert waits == pytest.approx([0.8, 0.4, 0.2, 0.1, 0.0, 0.0])


def test_batch_takes_at_most_max_batch_s(job):
    queue, slow = JobQueue(max_jobs=100, gather_s=0.0), FreeWork(MAX_BATCH_S / 3.5)
    for n in range(8):
        queue.put(job(n, work=slow))
    assert [len(batch) for batch in drained(queue)] == [3, 3, 2]


def test_first_windows_leave_time_for_the_window_that_is_due(job):
    """A burst of first windows, 0.02 s each, beside a player that runs dry in 0.07 s."""
    queue, slow = JobQueue(max_jobs=1, gather_s=0.0), FreeWork(0.02)
    for n in range(4):
        queue.put(job(n, work=slow, deadline=-inf))
    queue.put(job("playing", work=slow, deadline=0.07))
    order = [items(queue.take(now))[0] for now in (0.0, 0.02, 0.04, 0.06, 0.08)]
    assert order == [0, 1, "playing", 2, 3]


def test_batch_of_first_windows_is_no_larger_than_the_window_that_is_due_allows(job):
    queue, slow = JobQueue(max_jobs=4, gather_s=0.0), FreeWork(0.02)
    for n in range(4):
        queue.put(job(n, work=slow, deadline=-inf))
    queue.put(job("playing", work=slow, deadline=0.07, shape=2))
    assert items(queue.take(0.0)) == [0, 1]
    assert items(queue.take(0.04)) == ["playing"]


@pytest.mark.parametrize(
    ("stream", "order"),
    [
        (-inf, ["first window", "stream", "file"]),
        (3.1, ["first window", "stream", "file"]),
        (3.3, ["first window", "file", "stream"]),
    ],
)
def test_overdue_file_precedes_only_streams_that_are_not_urgent(job, stream, order):
    queue, slow = JobQueue(max_jobs=1, gather_s=0.0), FreeWork(0.02)
    queue.put(job("file", work=slow, deadline=1.0, patient=True))
    queue.put(job("first window", work=slow, deadline=-inf))
    queue.put(job("stream", work=slow, deadline=stream))
    assert [items(queue.take(3.0))[0] for _ in range(3)] == order


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 2)), max_size=60), st.integers(1, 8))
def test_every_job_is_given_once_in_order_of_deadlines(asked, max_jobs):
    loop = asyncio.new_event_loop()
    try:
        queue, work = JobQueue(max_jobs=max_jobs, gather_s=0.0), FreeWork()
        for number, (deadline, shape) in enumerate(asked):
            queue.put(Job(deadline, work, number, shape, 1.0, 0.0, loop.create_future()))
        batches = drained(queue)
    finally:
        loop.close()
    assert sorted(n for batch in batches for n in batch) == list(range(len(asked)))
    firsts = [asked[batch[0]][0] for batch in batches]
    assert firsts == sorted(firsts)
    assert all(len(batch) <= max_jobs and len({asked[n][1] for n in batch}) == 1 for batch in batches)
