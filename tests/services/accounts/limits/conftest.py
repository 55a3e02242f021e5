"""Rate limiters of each test, in this process and at a real Redis."""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

import pytest

from services.accounts.caller import Caller, Limits, Scope
from services.accounts.limits.rate_limiter import RateLimiter, open_rate_limiter
from services.background import BackgroundTasks
from shared.config import Settings
from shared.deadline import Deadline
from shared.errors import RateLimited
from shared.metrics import Metrics
from shared.types import Allowance

CALLER = Caller("key_1", "n", frozenset({Scope.GENERATE}), Limits(requests_per_minute=100))
STREAMER = replace(CALLER, limits=Limits(requests_per_minute=10_000, streams=3))


def limited(settings: Settings) -> AbstractAsyncContextManager[RateLimiter]:
    """Open a limiter with background tasks of its own."""
    metrics = Metrics()
    return open_rate_limiter(settings, metrics, BackgroundTasks(metrics))


async def let_in(limiter: RateLimiter, caller: Caller = CALLER, characters: int = 10) -> bool:
    """Admit one request; return whether its rate allowed it."""
    try:
        async with limiter.admitted(caller, characters, Deadline()):
            await asyncio.sleep(0)
    except RateLimited:
        return False
    return True


async def allowance(limiter: RateLimiter, caller: Caller = CALLER, characters: int = 10) -> Allowance:
    """Admit one request; return the allowance that is left."""
    async with limiter.admitted(caller, characters, Deadline()) as left:
        return left


def settings_at(redis_url: str | None = None, **more: object) -> Settings:
    return Settings(redis_url=redis_url, key_streams=1000, **more)


async def available(limiter: RateLimiter) -> None:
    """Wait until Redis answers in time; on a busy machine that may take several tries."""
    async with asyncio.timeout(20):
        while True:
            await let_in(limiter, replace(CALLER, key_id="key_warm"))
            if not limiter.store_unavailable:
                return
            await asyncio.sleep(0.05)


@pytest.fixture(params=["memory", "redis"])
def store_url(request) -> str | None:
    return request.getfixturevalue("redis").url if request.param == "redis" else None


@pytest.fixture
def patient(monkeypatch) -> None:
    """Give Redis time: the count is tested, not the machine's speed."""
    monkeypatch.setenv("STORE_DEADLINE_S", "60")
