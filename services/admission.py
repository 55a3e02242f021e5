"""How many requests speak at once, and who waits. Knows nothing of what they say."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from shared.errors import Overloaded

MEMORY = 0.2  # weight of the newest request in the running mean of how long a slot is held
LOOK_AGAIN_S = 0.05  # headroom changes with the clock alone


class Admission:
    """Bounded slots, a bounded queue in order of arrival, and a deadline for the wait."""

    def __init__(self, *, slots: int, queue: int, timeout_s: float) -> None:
        self._slots, self._queue, self._timeout_s = slots, queue, timeout_s
        self._turn = asyncio.Lock()  # held by the first in line
        self._left = asyncio.Event()
        self._held_s = 1.0
        self.running = 0
        self.waiting = 0

    @asynccontextmanager
    async def slot(self, has_room: Callable[[int], bool]) -> AsyncIterator[float]:
        """Hold a slot; gives the seconds waited for it. Raises Overloaded: the queue is full, or the wait too long.

        `has_room`: whether one more beside so many leaves them their headroom.
        """
        waited_s = await self._enter(has_room)
        begun = time.perf_counter()
        try:
            yield waited_s
        finally:
            self.running -= 1
            self._left.set()
            self._held_s += MEMORY * (time.perf_counter() - begun - self._held_s)

    async def _enter(self, has_room: Callable[[int], bool]) -> float:
        if self.waiting >= self._queue and not (self.waiting == 0 and self._may_enter(has_room)):
            raise self._overloaded("there is no room beside those who speak, and the queue is full")
        begun = time.perf_counter()
        self.waiting += 1
        try:
            async with asyncio.timeout(self._timeout_s), self._turn:
                while not self._may_enter(has_room):
                    await self._something_changed()
                self.running += 1
        except TimeoutError:
            raise self._overloaded(f"there was no room within {self._timeout_s:g} s") from None
        finally:
            self.waiting -= 1
        return time.perf_counter() - begun

    def _may_enter(self, has_room: Callable[[int], bool]) -> bool:
        return self.running < self._slots and has_room(self.running)

    async def _something_changed(self) -> None:
        self._left.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_AGAIN_S):
                await self._left.wait()

    def _overloaded(self, why: str) -> Overloaded:
        """With the time after which, at the recent pace, everybody who waits now will have been served."""
        wait_s = self._held_s * (self.waiting + 1) / max(1, self.running)
        return Overloaded(f"{why}; try again later", retry_after_s=max(1, math.ceil(wait_s)))
