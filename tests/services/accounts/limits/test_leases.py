"""Open streams in a real Redis, of several processes, which die, and which Redis forgets."""

import asyncio
import subprocess
import sys
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from services.accounts.caller import Limits
from services.accounts.limits import leases
from shared.deadline import Deadline
from shared.errors import ConcurrencyLimited
from tests.services.accounts.limits.conftest import CALLER, STREAMER, allowance, let_in, limited, settings_at

LEASE_S = 1.5
"""Seconds of a lease in these tests."""


async def test_streams_of_all_processes_are_counted_together(redis, patient):
    caller = replace(CALLER, limits=Limits(requests_per_minute=100, streams=3))
    async with limited(settings_at(redis.url)) as one, limited(settings_at(redis.url)) as other:
        async with AsyncExitStack() as here, AsyncExitStack() as there:
            for limiter, held in ((one, here), (one, here), (other, there)):
                await held.enter_async_context(limiter.admitted(caller, 1, Deadline()))
            for limiter in (one, other):
                with pytest.raises(ConcurrencyLimited):
                    await allowance(limiter, caller)
            await here.aclose()
            assert await let_in(other, caller)
        for _ in range(3):
            assert await let_in(other, caller), "released at once, and refused requests held none"
        assert not one.store_unavailable and not other.store_unavailable


HOLDER = """
import asyncio, sys
from contextlib import AsyncExitStack
from services.accounts.limits import leases
from shared.deadline import Deadline
from tests.services.accounts.limits.conftest import STREAMER, limited, settings_at

async def main():
    leases.LEASE_S = float(sys.argv[2])
    async with limited(settings_at(sys.argv[1], store_deadline_s=60)) as limiter, AsyncExitStack() as held:
        for _ in range(2):
            await held.enter_async_context(limiter.admitted(STREAMER, 1, Deadline()))
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


async def test_leases_of_a_killed_process_expire_and_others_do_not(redis, patient, monkeypatch, holder):
    monkeypatch.setattr(leases, "LEASE_S", LEASE_S)
    async with limited(settings_at(redis.url)) as limiter, limiter.admitted(STREAMER, 1, Deadline()):
        await asyncio.sleep(1.5 * LEASE_S)
        with pytest.raises(ConcurrencyLimited):
            await allowance(limiter, STREAMER)  # all three were renewed
        holder.kill()
        async with asyncio.timeout(10 * LEASE_S):
            while not await two_more(limiter):  # noqa: ASYNC110 - leases expire in Redis
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


async def test_leases_are_renewed_in_a_redis_that_lost_them(redis, patient, monkeypatch):
    monkeypatch.setattr(leases, "LEASE_S", LEASE_S)
    async with (
        limited(settings_at(redis.url)) as one,
        limited(settings_at(redis.url)) as other,
        one.admitted(STREAMER, 1, Deadline()),
        one.admitted(STREAMER, 1, Deadline()),
    ):
        redis.kill()
        await asyncio.to_thread(redis.start)
        async with asyncio.timeout(10 * LEASE_S):
            while await two_more(other):  # noqa: ASYNC110 - renewal has no event
                await asyncio.sleep(0.1)
