"""Limits of a key, counted in this process and in Redis. Processes together: test_shared.py, test_leases.py."""

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from services.accounts.caller import Limits
from shared.deadline import Deadline
from shared.errors import ConcurrencyLimited, RateLimited, TextTooLong
from tests.services.accounts.limits.conftest import CALLER, allowance, let_in, limited, settings_at


async def test_a_hundred_of_three_hundred_concurrent_requests_are_admitted(store_url, patient):
    async with limited(settings_at(store_url)) as limiter:
        assert sum(await asyncio.gather(*(let_in(limiter) for _ in range(300)))) == 100
        assert not limiter.store_unavailable
        assert await let_in(limiter, replace(CALLER, key_id="key_2")), "another key has its own"


async def test_allowance_tells_what_is_left(store_url):
    async with limited(settings_at(store_url)) as limiter:
        left = [await allowance(limiter) for _ in range(3)]
        assert [one.remaining for one in left] == [99, 98, 97] and {one.limit for one in left} == {100}
        assert all(0 < one.reset_at - time.time() <= 121 for one in left)


async def test_characters_are_limited_beside_requests(store_url):
    caller = replace(CALLER, limits=Limits(requests_per_minute=100, characters_per_minute=1000))
    async with limited(settings_at(store_url)) as limiter:
        assert await let_in(limiter, caller, 900)
        with pytest.raises(RateLimited, match="characters") as refused:
            await allowance(limiter, caller, 200)
        assert 1 <= refused.value.retry_after_s <= 120 and refused.value.allowance.remaining == 100
        assert await let_in(limiter, caller, 100)
        with pytest.raises(TextTooLong, match="1000"):
            await allowance(limiter, caller, 1001)


async def test_following_text_is_counted():
    caller = replace(CALLER, limits=Limits(characters_per_minute=25))
    async with limited(settings_at()) as limiter, limiter.admitted(caller, 10, Deadline()):
        await limiter.charge(caller, 10, Deadline())
        with pytest.raises(RateLimited):
            await limiter.charge(caller, 10, Deadline())


async def test_open_streams_are_limited_and_released():
    caller = replace(CALLER, limits=Limits(streams=3))
    async with limited(settings_at()) as limiter, AsyncExitStack() as held:
        for _ in range(3):
            await held.enter_async_context(limiter.admitted(caller, 1, Deadline()))
        with pytest.raises(ConcurrencyLimited) as refused:
            await allowance(limiter, caller)
        assert refused.value.code == "CONCURRENCY_LIMIT_EXCEEDED" and refused.value.retry_after_s >= 1
        assert await let_in(limiter, replace(caller, key_id="key_2"))
        await held.aclose()
        assert await let_in(limiter, caller)


async def test_request_refused_by_its_rate_holds_no_stream():
    caller = replace(CALLER, limits=Limits(requests_per_minute=1, streams=1))
    async with limited(settings_at()) as limiter:
        assert await let_in(limiter, caller)
        for _ in range(3):
            with pytest.raises(RateLimited, match="requests"):
                await allowance(limiter, caller)
