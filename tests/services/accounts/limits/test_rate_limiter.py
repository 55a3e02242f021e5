"""Limits in this process, and in a real Redis that two processes share and that dies, freezes and comes back."""

import asyncio
import subprocess
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from services.accounts.caller import Caller, Limits, Scope
from services.accounts.limits import leases
from services.accounts.limits.rate_limiter import open_rate_limiter
from services.background import BackgroundTasks
from shared import deadline as module
from shared.config import Settings
from shared.deadline import Deadline
from shared.errors import ConcurrencyLimited, RateLimited, StoreUnavailable, TextTooLong
from shared.metrics import Metrics
from tests.loop_clock import loop_clock

CALLER = Caller("key_1", "n", frozenset({Scope.GENERATE}), Limits(requests_per_minute=100))
STREAMER = replace(CALLER, limits=Limits(requests_per_minute=10_000, streams=3))
LEASE_S = 1.5  # here
QUICK_S = 0.2  # the longest that anything may wait for Redis


def limited(settings: Settings):
    """A limiter with background tasks of its own."""
    return open_rate_limiter(settings, BackgroundTasks(Metrics()))


async def let_in(limiter, caller=CALLER, characters=10) -> bool:
    try:
        async with limiter.admitted(caller, characters, Deadline()):
            await asyncio.sleep(0)
    except RateLimited:
        return False
    return True


async def allowance(limiter, caller=CALLER, characters=10):
    async with limiter.admitted(caller, characters, Deadline()) as left:
        return left


def settings(redis=None, **more) -> Settings:
    return settings_at(redis and redis.url, **more)


def settings_at(redis_url, **more) -> Settings:
    return Settings(redis_url=redis_url, key_streams=1000, **more)


@pytest.fixture(params=["memory", "redis"])
def store(request):
    return request.getfixturevalue("redis") if request.param == "redis" else None


@pytest.fixture
def patient(monkeypatch):
    """Counting is what is tested, not the machine's speed."""
    monkeypatch.setattr(module, "STORE_BUDGET_S", 60)


async def test_of_three_hundred_at_once_exactly_a_hundred_come_in(store, patient):
    async with limited(settings(store)) as limiter:
        assert sum(await asyncio.gather(*(let_in(limiter) for _ in range(300)))) == 100
        assert not limiter.store_unavailable
        assert await let_in(limiter, replace(CALLER, key_id="key_2")), "another key has its own"


PROCESS = """
import asyncio, sys
from shared import deadline as module
from tests.services.accounts.limits.test_rate_limiter import let_in, limited
from shared.config import Settings

async def main():
    module.STORE_BUDGET_S = 60
    async with limited(Settings(redis_url=sys.argv[1], key_streams=1000)) as limiter:
        print("ready", flush=True)
        sys.stdin.readline()
        print(sum(await asyncio.gather(*(let_in(limiter) for _ in range(150)))), limiter.store_unavailable)

asyncio.run(main())
"""


def test_two_processes_share_one_limit(redis):
    command = [sys.executable, "-c", PROCESS, redis.url]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    told = [process.communicate(timeout=60)[0].split() for process in processes]
    assert sum(int(count) for count, _ in told) == 100 and {away for _, away in told} == {"False"}


async def test_what_is_left_is_told(store):
    async with limited(settings(store)) as limiter:
        left = [await allowance(limiter) for _ in range(3)]
        assert [one.remaining for one in left] == [99, 98, 97] and {one.limit for one in left} == {100}
        assert all(0 < one.reset_at - time.time() <= 121 for one in left)


async def test_characters_are_limited_beside_requests(store):
    caller = replace(CALLER, limits=Limits(requests_per_minute=100, characters_per_minute=1000))
    async with limited(settings(store)) as limiter:
        assert await let_in(limiter, caller, 900)
        with pytest.raises(RateLimited, match="characters") as refused:
            await allowance(limiter, caller, 200)
        assert 1 <= refused.value.retry_after_s <= 120 and refused.value.allowance.remaining == 100
        assert await let_in(limiter, caller, 100)
        with pytest.raises(TextTooLong, match="1000"):
            await allowance(limiter, caller, 1001)


async def test_text_that_comes_later_is_charged_too():
    caller = replace(CALLER, limits=Limits(characters_per_minute=25))
    async with limited(settings()) as limiter, limiter.admitted(caller, 10, Deadline()):
        await limiter.charge(caller, 10, Deadline())
        with pytest.raises(RateLimited):
            await limiter.charge(caller, 10, Deadline())


async def test_streams_at_once_are_limited_and_given_back():
    caller = replace(CALLER, limits=Limits(streams=3))
    async with limited(settings()) as limiter, AsyncExitStack() as open_:
        for _ in range(3):
            await open_.enter_async_context(limiter.admitted(caller, 1, Deadline()))
        with pytest.raises(ConcurrencyLimited) as refused:
            await allowance(limiter, caller)
        assert refused.value.code == "CONCURRENCY_LIMIT_EXCEEDED" and refused.value.retry_after_s >= 1
        assert await let_in(limiter, replace(caller, key_id="key_2"))
        await open_.aclose()
        assert await let_in(limiter, caller)


async def test_streams_are_counted_in_all_processes_together(redis, patient):
    caller = replace(CALLER, limits=Limits(requests_per_minute=100, streams=3))
    async with limited(settings(redis)) as one, limited(settings(redis)) as other:
        async with AsyncExitStack() as here, AsyncExitStack() as there:
            for limiter, open_ in ((one, here), (one, here), (other, there)):
                await open_.enter_async_context(limiter.admitted(caller, 1, Deadline()))
            for limiter in (one, other):
                with pytest.raises(ConcurrencyLimited):
                    await allowance(limiter, caller)
            await here.aclose()
            assert await let_in(other, caller)
        for _ in range(3):
            assert await let_in(other, caller), "they come back at once, and those that were refused were none"
        assert not one.store_unavailable and not other.store_unavailable


HOLDER = """
import asyncio, sys
from contextlib import AsyncExitStack
from shared import deadline
from services.accounts.limits import leases
from shared.deadline import Deadline
from tests.services.accounts.limits.test_rate_limiter import STREAMER, limited, settings_at

async def main():
    leases.LEASE_S, deadline.STORE_BUDGET_S = float(sys.argv[2]), 60
    async with limited(settings_at(sys.argv[1])) as limiter, AsyncExitStack() as open_:
        for _ in range(2):
            await open_.enter_async_context(limiter.admitted(STREAMER, 1, Deadline()))
        print("held", flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""


@pytest.fixture
def holder(redis):
    """A process that has two streams of STREAMER open."""
    command = [sys.executable, "-c", HOLDER, redis.url, str(LEASE_S)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


async def test_the_streams_of_a_process_that_was_killed_run_out_and_others_do_not(redis, patient, monkeypatch, holder):
    monkeypatch.setattr(leases, "LEASE_S", LEASE_S)
    async with limited(settings(redis)) as limiter, limiter.admitted(STREAMER, 1, Deadline()):
        await asyncio.sleep(1.5 * LEASE_S)
        with pytest.raises(ConcurrencyLimited):
            await allowance(limiter, STREAMER)  # all three were renewed
        holder.kill()
        async with asyncio.timeout(10 * LEASE_S):
            while not await two_more(limiter):  # noqa: ASYNC110 - they run out in Redis
                await asyncio.sleep(0.1)
        await asyncio.sleep(1.5 * LEASE_S)
        async with limiter.admitted(STREAMER, 1, Deadline()), limiter.admitted(STREAMER, 1, Deadline()):
            with pytest.raises(ConcurrencyLimited):
                await allowance(limiter, STREAMER)  # the one here is still counted


async def two_more(limiter) -> bool:
    try:
        async with limiter.admitted(STREAMER, 1, Deadline()), limiter.admitted(STREAMER, 1, Deadline()):
            return True
    except ConcurrencyLimited:
        return False


async def test_a_redis_that_has_forgotten_everything_is_told_again(redis, patient, monkeypatch):
    monkeypatch.setattr(leases, "LEASE_S", LEASE_S)
    async with (
        limited(settings(redis)) as one,
        limited(settings(redis)) as other,
        one.admitted(STREAMER, 1, Deadline()),
        one.admitted(STREAMER, 1, Deadline()),
    ):
        redis.kill()
        await asyncio.to_thread(redis.start)
        async with asyncio.timeout(10 * LEASE_S):
            while await two_more(other):  # noqa: ASYNC110 - until the next renewal
                await asyncio.sleep(0.1)


async def test_who_is_refused_by_a_rate_holds_no_stream():
    caller = replace(CALLER, limits=Limits(requests_per_minute=1, streams=1))
    async with limited(settings()) as limiter:
        assert await let_in(limiter, caller)
        for _ in range(3):
            with pytest.raises(RateLimited, match="requests"):
                await allowance(limiter, caller)


# Redis away


@pytest.mark.parametrize("blow", ["kill", "stop"])
async def test_a_redis_that_dies_or_freezes_is_replaced_by_this_process_within_the_deadline(redis, blow, monkeypatch):
    monkeypatch.setattr("services.accounts.store_guard.PAUSE_S", 0.2)
    async with limited(settings(redis)) as limiter, loop_clock() as clock:
        await settled(limiter)
        getattr(redis, blow)()
        begun = clock.now
        counts = await asyncio.gather(*(let_in(limiter) for _ in range(300)))
        assert sum(counts) == 100, "the fallback keeps the same limit"
        assert limiter.store_unavailable and clock.now - begun < QUICK_S
        for _ in range(5):
            begun = clock.now
            assert await let_in(limiter, replace(CALLER, key_id="key_3")) and clock.now - begun < QUICK_S
        if blow == "kill":
            await asyncio.to_thread(redis.start)
        else:
            redis.go()
        await settled(limiter)


async def settled(limiter) -> None:
    """Until Redis answers in time: a machine that is busy may need several tries."""
    async with asyncio.timeout(20):
        while True:
            await let_in(limiter, replace(CALLER, key_id="key_warm"))
            if not limiter.store_unavailable:
                return
            await asyncio.sleep(0.05)


async def test_without_redis_nobody_comes_in_where_that_is_set(redis):
    async with limited(settings(redis, without_redis="refuse")) as limiter:
        await settled(limiter)
        redis.kill()
        for _ in range(3):
            with pytest.raises(StoreUnavailable) as refused:
                await allowance(limiter)
            assert refused.value.retry_after_s >= 1


async def test_a_redis_that_never_was_does_not_keep_the_service_from_starting():
    async with limited(Settings(redis_url="redis://127.0.0.1:1/0")) as limiter:
        assert await let_in(limiter) and limiter.store_unavailable
