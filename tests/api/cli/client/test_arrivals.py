"""Arrival processes of a load."""

import asyncio

from api.cli.client.arrivals import Until, closed_loop, open_loop


async def test_closed_loop_keeps_streams_running_and_makes_every_request_once():
    running, most = 0, 0

    async def request(number: int) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return number

    results = await closed_loop(3, request, Until(requests=10))
    assert sorted(results) == list(range(10)) and most == 3


async def test_closed_loop_ends_when_its_time_is_over():
    async def request(number: int) -> int:
        await asyncio.sleep(0.01)
        return number

    assert 1 <= len(await closed_loop(1, request, Until(seconds=0.05))) <= 5


async def test_open_loop_starts_requests_without_waiting_for_answers():
    """Answer all requests only after the last one has started."""
    asked = asyncio.Event()

    async def request(number: int) -> int:
        if number == 9:
            asked.set()
        await asked.wait()
        return number

    assert await open_loop(500, request, Until(requests=10), seed=1) == list(range(10))


async def test_open_loop_keeps_the_rate_and_follows_the_seed():
    async def count(seed: int) -> int:
        async def request(number: int) -> int:
            return number

        return len(await open_loop(2000, request, Until(seconds=0.2), seed=seed))

    counts = [await count(seed) for seed in (1, 1, 2)]
    assert counts[0] == counts[1] and all(320 < one < 480 for one in counts)  # 400 and four deviations
