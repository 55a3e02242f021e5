"""Bound the requests that run concurrently and queue the rest. Knows nothing of their content."""

import asyncio
import math
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, suppress

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
        self.spare = 0  # slots that parts of jobs hold

    @asynccontextmanager
    async def slot(self, has_room: Callable[[int], bool]) -> AsyncIterator["Slot"]:
        """Hold a slot while the context is open.

        `has_room(running)` reports whether one more request may start beside `running` ones. Raises Overloaded when the
        queue is full or the wait exceeds the time limit.
        """
        slot = Slot(self, has_room)
        await slot.take()
        try:
            yield slot
        finally:
            slot.release()

    @property
    def crowded(self) -> bool:
        """Report whether live requests need the slots that parts of jobs hold."""
        return self.waiting > 0 or self.running + self.spare > self._slots

    def may_enter_spare(self, has_room: Callable[[int], bool]) -> bool:
        """Report whether a slot is free that no live request waits for."""
        taken = self.running + self.spare
        return not self.waiting and taken < self._slots and has_room(taken)

    async def enter(self, has_room: Callable[[int], bool]) -> float:
        """Wait for a slot and take it; return the seconds waited. Raises as `slot` does."""
        if self.waiting >= self._queue and not (self.waiting == 0 and self._may_enter(has_room)):
            raise self._overloaded("the service has no room for another stream, and its queue is full")
        started = time.perf_counter()
        self.waiting += 1
        try:
            async with asyncio.timeout(self._timeout_s), self._turn:
                while not self._may_enter(has_room):
                    await self.wait_for_change()
                self.running += 1
        except TimeoutError:
            raise self._overloaded(f"there was no room within {self._timeout_s:g} s") from None
        finally:
            self.waiting -= 1
        return time.perf_counter() - started

    def leave(self, held_s: float) -> None:
        """Return a slot that was held for `held_s` seconds."""
        self.running -= 1
        self._released.set()
        self._held_s += EWMA_ALPHA * (held_s - self._held_s)

    def _may_enter(self, has_room: Callable[[int], bool]) -> bool:
        return self.running < self._slots and has_room(self.running)

    async def wait_for_change(self) -> None:
        """Wait until a slot is returned, at most RECHECK_S."""
        self._released.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(RECHECK_S):
                await self._released.wait()

    def _overloaded(self, reason: str) -> Overloaded:
        """Return the error; its `retry_after_s` is the time to serve the present queue at the recent pace."""
        wait_s = self._held_s * (self.waiting + 1) / max(1, self.running)
        return Overloaded(f"{reason}; try again later", retry_after_s=max(1, math.ceil(wait_s)))


class Slot:
    """The slot of one request, which may give it back for as long as it has nothing to do."""

    def __init__(self, admission: Admission, has_room: Callable[[int], bool]) -> None:
        self._admission, self._has_room = admission, has_room
        self._taken_at: float | None = None
        self.waited_s = 0.0
        """Seconds waited for the slot, the first time."""

    async def take(self) -> None:
        """Wait for the slot unless it is held. Raises Overloaded."""
        if self._taken_at is None:
            waited_s = await self._admission.enter(self._has_room)
            self._taken_at = time.perf_counter()
            self.waited_s = self.waited_s or waited_s

    def release(self) -> None:
        """Give the slot back if it is held."""
        if self._taken_at is not None:
            self._admission.leave(time.perf_counter() - self._taken_at)
            self._taken_at = None

    async def while_text_comes(
        self, texts: AsyncGenerator[str, None], is_idle: Callable[[], bool]
    ) -> AsyncGenerator[str, None]:
        """Yield the texts; hold no slot while the next one is awaited and `is_idle()`. Raises Overloaded."""
        async with aclosing(texts):
            while True:
                coming = asyncio.ensure_future(anext(texts, None))
                try:
                    while not (await asyncio.wait({coming}, timeout=RECHECK_S))[0]:
                        if is_idle():
                            self.release()
                    text = await coming
                finally:
                    if not coming.done():
                        coming.cancel()
                        await asyncio.wait({coming})
                if text is None:
                    return
                await self.take()
                yield text
