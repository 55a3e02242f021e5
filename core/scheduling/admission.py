"""Bound the requests that run concurrently and queue the rest. Knows nothing of their content."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from shared.errors import Overloaded

EWMA_ALPHA = 0.2
"""Weight of the newest request in the exponentially weighted mean of the time a slot is held: the last five or so
decide. Chosen, not measured: it only scales the Retry-After of a refusal."""
RECHECK_S = 0.05
"""Seconds between two checks of a waiting request. Checks are needed because headroom changes without an event. Chosen,
not measured."""


class Admission:
    """A bounded number of slots, and a bounded first-in, first-out queue with a time limit."""

    def __init__(self, *, slots: int, queue: int, timeout_s: float) -> None:
        self._slots, self._queue, self._timeout_s = slots, queue, timeout_s
        self._turn = asyncio.Lock()  # held by the first in the queue
        self._released = asyncio.Event()
        self._held_s = 1.0
        self.running = 0
        self.waiting = 0

    @asynccontextmanager
    async def slot(self, has_room: Callable[[int], bool]) -> AsyncIterator[float]:
        """Hold a slot while the context is open; yield the seconds waited for it.

        `has_room(running)` reports whether one more request may start beside `running` ones. Raises Overloaded when the
        queue is full or the wait exceeds the time limit.
        """
        waited_s = await self._enter(has_room)
        started = time.perf_counter()
        try:
            yield waited_s
        finally:
            self.running -= 1
            self._released.set()
            self._held_s += EWMA_ALPHA * (time.perf_counter() - started - self._held_s)

    async def _enter(self, has_room: Callable[[int], bool]) -> float:
        if self.waiting >= self._queue and not (self.waiting == 0 and self._may_enter(has_room)):
            raise self._overloaded("the service has no room for another stream, and its queue is full")
        started = time.perf_counter()
        self.waiting += 1
        try:
            async with asyncio.timeout(self._timeout_s), self._turn:
                while not self._may_enter(has_room):
                    await self._wait_for_change()
                self.running += 1
        except TimeoutError:
            raise self._overloaded(f"there was no room within {self._timeout_s:g} s") from None
        finally:
            self.waiting -= 1
        return time.perf_counter() - started

    def _may_enter(self, has_room: Callable[[int], bool]) -> bool:
        return self.running < self._slots and has_room(self.running)

    async def _wait_for_change(self) -> None:
        self._released.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(RECHECK_S):
                await self._released.wait()

    def _overloaded(self, reason: str) -> Overloaded:
        """Return the error; its `retry_after_s` is the time to serve the present queue at the recent pace."""
        wait_s = self._held_s * (self.waiting + 1) / max(1, self.running)
        return Overloaded(f"{reason}; try again later", retry_after_s=max(1, math.ceil(wait_s)))
