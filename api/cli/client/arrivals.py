"""When requests are made: each after an answer, or at times of their own. Knows nothing of what is asked."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from itertools import count
from math import inf
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")
Request = Callable[[int], Coroutine[Any, Any, T]]
"""Makes the request of this number, from 0, and gives what became of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Until:
    """A load makes so many requests, or goes on for so many seconds, whichever is over first."""

    requests: float = inf
    seconds: float = inf


async def closed_loop(streams: int, request: Request[T], until: Until) -> list[T]:
    """`streams` listeners at once, each of whom asks again when the answer is over."""
    loop, numbers = asyncio.get_running_loop(), count()
    ends = loop.time() + until.seconds
    came: list[T] = []

    async def listen() -> None:
        while loop.time() < ends and (number := next(numbers)) < until.requests:
            came.append(await request(number))

    async with asyncio.TaskGroup() as group:
        for _ in range(streams):
            group.create_task(listen())
    return came


async def open_loop(rate: float, request: Request[T], until: Until, *, seed: int) -> list[T]:
    """`rate` requests a second on average, at random times (Poisson), whatever becomes of the earlier ones."""
    random, loop = Random(seed), asyncio.get_running_loop()
    at, begun = 0.0, loop.time()
    tasks: list[asyncio.Task[T]] = []
    async with asyncio.TaskGroup() as group:
        while len(tasks) < until.requests and (at := at + random.expovariate(rate)) < until.seconds:
            await asyncio.sleep(begun + at - loop.time())
            tasks.append(group.create_task(request(len(tasks))))
    return [task.result() for task in tasks]
