"""The circuit breaker against a store that answers, fails, hangs and returns."""

import asyncio

import pytest

from services.accounts import store_guard as module
from services.accounts.store_guard import StoreGuard
from shared.deadline import Deadline
from shared.errors import StoreUnavailable
from tests.services.accounts.records.conftest import until

BUDGET_S = 0.1


class Clock:
    now = 1000.0

    def monotonic(self) -> float:
        return self.now


class Store:
    """Answers 7; can fail with an error, or hang until `release` is set."""

    def __init__(self) -> None:
        self.asked, self.error, self.release = 0, None, asyncio.Event()
        self.release.set()

    async def question(self) -> int:
        self.asked += 1
        await self.release.wait()
        if self.error:
            raise self.error
        return 7


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
async def guard():
    one = StoreGuard("test", BUDGET_S)
    yield one
    await one.close()


async def test_guard_returns_the_answer(guard, store):
    deadline = Deadline()
    assert await guard.ask(store.question, deadline) == 7
    assert guard.unavailable is None and deadline.waited_s < BUDGET_S


async def test_circuit_opens_at_a_failure_and_closes_at_an_answer_after_the_pause(guard, store, clock):
    store.error = StoreUnavailable("it is broken")
    for _ in range(5):
        with pytest.raises(StoreUnavailable, match="it is broken"):
            await guard.ask(store.question, Deadline())
    assert store.asked == 1 and guard.unavailable == "it is broken"
    clock.now += module.PAUSE_S
    with pytest.raises(StoreUnavailable):
        await guard.ask(store.question, Deadline())
    assert store.asked == 2, "one question after each pause"
    store.error = None
    with pytest.raises(StoreUnavailable):
        await guard.ask(store.question, Deadline())
    clock.now += module.PAUSE_S
    assert await guard.ask(store.question, Deadline()) == 7
    assert guard.unavailable is None


async def test_circuit_stays_closed_when_the_question_itself_is_refused(guard, store):
    store.error = KeyError("no such key")
    for _ in range(3):
        with pytest.raises(KeyError):
            await guard.ask(store.question, Deadline())
    assert store.asked == 3 and guard.unavailable is None


async def test_one_question_is_let_through_after_the_pause(guard, store, clock):
    store.error = StoreUnavailable("it is broken")
    with pytest.raises(StoreUnavailable):
        await guard.ask(store.question, Deadline())
    clock.now += module.PAUSE_S
    store.release.clear()
    guard.begin(store.question)
    for _ in range(5):
        with pytest.raises(StoreUnavailable):
            guard.begin(store.question)
    await asyncio.sleep(0)
    assert store.asked == 2


async def test_deadline_is_shared_by_all_questions_of_a_request(guard, store):
    store.release.clear()
    deadline = Deadline()
    with pytest.raises(StoreUnavailable, match="no answer in time"):
        await guard.ask(store.question, deadline)
    assert deadline.left_s(BUDGET_S) == 0
    other = StoreGuard("other", BUDGET_S)
    with pytest.raises(StoreUnavailable, match="no answer in time"):
        await other.ask(store.question, deadline)
    assert other.unavailable is None, "the other store had no time to answer"
    await other.close()


async def test_late_answer_closes_the_circuit_at_once(guard, store):
    store.release.clear()
    question = guard.begin(store.question)
    with pytest.raises(StoreUnavailable):
        await guard.answer(question, Deadline())
    await until(lambda: guard.unavailable)
    assert guard.unavailable == f"no answer in {BUDGET_S:g} s"
    store.release.set()
    assert await question == 7
    await asyncio.sleep(0)  # the callback of the task
    assert guard.unavailable is None and await guard.ask(store.question, Deadline()) == 7


async def test_old_failure_does_not_open_the_circuit_after_a_later_answer(guard, store, clock):
    store.release.clear()
    old = guard.begin(store.question)
    await asyncio.sleep(0)
    clock.now += 0.01

    async def answered() -> int:
        return 8

    assert await guard.ask(answered, Deadline()) == 8
    store.error = StoreUnavailable("it was broken")
    store.release.set()
    await asyncio.wait({old})
    assert isinstance(old.exception(), StoreUnavailable) and guard.unavailable is None


async def test_close_waits_for_answers_as_long_as_a_request_and_cancels_the_other_questions(store):
    guard = StoreGuard("test", BUDGET_S)
    answered = guard.begin(store.question)
    await guard.close()
    assert answered.done() and not answered.cancelled()
    store.release.clear()
    question = guard.begin(store.question)
    await asyncio.sleep(0)
    await guard.close()
    assert question.cancelled()
