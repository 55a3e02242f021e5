"""How many requests speak at once, and who waits. Knows nothing of what they say."""

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.errors import Overloaded

MEMORY = 0.2  # weight of the newest request in the running mean of how long a slot is held


class Admission:
    """Bounded slots, a bounded queue in order of arrival, and a deadline for the wait."""

    def __init__(self, *, slots: int, queue: int, timeout_s: float) -> None:
        self._slots, self._queue, self._timeout_s = slots, queue, timeout_s
        self._free = asyncio.Semaphore(slots)
        self._held_s = 1.0
        self.running = 0
        self.waiting = 0

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[float]:
        """Hold a slot; gives the seconds waited for it. Raises Overloaded: the queue is full, or the wait too long."""
        waited_s = await self._enter()
        begun = time.perf_counter()
        self.running += 1
        try:
            yield waited_s
        finally:
            self.running -= 1
            self._free.release()
            self._held_s += MEMORY * (time.perf_counter() - begun - self._held_s)

    async def _enter(self) -> float:
        if self._free.locked() and self.waiting >= self._queue:
            raise self._overloaded("every slot is taken and the queue is full")
        begun = time.perf_counter()
        self.waiting += 1
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._free.acquire()
        except TimeoutError:
            raise self._overloaded(f"no slot was free within {self._timeout_s:g} s") from None
        finally:
            self.waiting -= 1
        return time.perf_counter() - begun

    def _overloaded(self, why: str) -> Overloaded:
        """With the time after which, at the recent pace, everybody who waits now will have been served."""
        wait_s = self._held_s * (self.waiting + 1) / self._slots
        return Overloaded(f"{why}; try again later", retry_after_s=max(1, math.ceil(wait_s)))
