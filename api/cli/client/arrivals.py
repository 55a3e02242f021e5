"""Arrival processes of a load: a closed loop, and an open loop with random times. Knows nothing of the requests."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from itertools import count
from math import inf
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")
Request = Callable[[int], Coroutine[Any, Any, T]]
"""Make the request with this number, counted from 0, and return its result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Until:
    """End of a load: a number of requests or a time in seconds, whichever is reached first."""

    requests: float = inf
    seconds: float = inf


async def closed_loop(streams: int, request: Request[T], until: Until) -> list[T]:
    """Keep `streams` requests running: each is followed by the next when its answer ends. Return all results."""
    loop, numbers = asyncio.get_running_loop(), count()
    ends = loop.time() + until.seconds
    results: list[T] = []

    async def keep_requesting() -> None:
        while loop.time() < ends and (number := next(numbers)) < until.requests:
            results.append(await request(number))

    async with asyncio.TaskGroup() as group:
        for _ in range(streams):
            group.create_task(keep_requesting())
    return results


async def open_loop(rate: float, request: Request[T], until: Until, *, seed: int) -> list[T]:
    """Start `rate` requests per second on average, at random times (Poisson), without waiting for earlier answers."""
    random, loop = Random(seed), asyncio.get_running_loop()
    at, begun = 0.0, loop.time()
    tasks: list[asyncio.Task[T]] = []
    async with asyncio.TaskGroup() as group:
        while len(tasks) < until.requests and (at := at + random.expovariate(rate)) < until.seconds:
            await asyncio.sleep(begun + at - loop.time())
            tasks.append(group.create_task(request(len(tasks))))
    return [task.result() for task in tasks]
