"""Counts in a real Redis that two processes share, and that dies, freezes and comes back."""

import asyncio
import subprocess
import sys
from dataclasses import replace

import pytest

from services.accounts import store_guard
from shared.errors import StartupError, StoreUnavailable
from tests.loop_clock import loop_clock
from tests.services.accounts.limits.conftest import CALLER, allowance, available, let_in, limited, settings_at

QUICK_S = 0.5
"""Seconds that a request may wait for Redis: STORE_DEADLINE_S and this process."""

PROCESS = """
import asyncio, sys
from tests.services.accounts.limits.conftest import let_in, limited, settings_at

async def main():
    async with limited(settings_at(sys.argv[1], store_deadline_s=60)) as limiter:
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
    printed = [process.communicate(timeout=60)[0].split() for process in processes]
    assert sum(int(count) for count, _ in printed) == 100 and {unavailable for _, unavailable in printed} == {"False"}


@pytest.mark.parametrize("blow", ["kill", "stop"])
async def test_this_process_counts_within_the_deadline_when_redis_fails(redis, blow, monkeypatch):
    monkeypatch.setattr(store_guard, "PAUSE_S", 0.2)
    async with limited(settings_at(redis.url)) as limiter, loop_clock() as clock:
        await available(limiter)
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
        await available(limiter)


async def test_requests_are_refused_without_redis_where_that_is_set(redis):
    async with limited(settings_at(redis.url, without_redis="refuse")) as limiter:
        await available(limiter)
        redis.kill()
        for _ in range(3):
            with pytest.raises(StoreUnavailable) as refused:
                await allowance(limiter)
            assert refused.value.retry_after_s >= 1


async def test_limiter_opens_although_redis_does_not_answer():
    async with limited(settings_at("redis://127.0.0.1:1/0")) as limiter:
        assert await let_in(limiter) and limiter.store_unavailable


@pytest.mark.parametrize(
    "url",
    [
        "mysql://there",
        "redis://user:hunter2/x@there/0",
        "redis://user:hunter2@there:hunter2/0",
        "redis://:hunter2@[there/0",
        "redis://there/0?hunter2=yes",
        "redis://there/0?socket_timeout=hunter2",
    ],
)
async def test_invalid_url_ends_the_start_and_is_not_quoted(url):
    with pytest.raises(StartupError, match=r"^setting REDIS_URL: no address of Redis \(\w+\); expected is ") as ended:
        async with limited(settings_at(url)):
            pass
    assert "hunter2" not in str(ended.value)
