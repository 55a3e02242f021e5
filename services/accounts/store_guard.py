"""A store that requests ask and that may be away: none of them waits long for it, and most of them not at all."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

from shared import deadline as store_deadline
from shared.deadline import Deadline
from shared.errors import StoreUnavailable
from shared.logging import get_logger

PAUSE_S = 1.0  # before a store that was away is asked again

T = TypeVar("T")

log = get_logger(__name__)


class Neighbour:
    """A store, as far as it can be asked.

    Without an answer for STORE_BUDGET_S it is `away`, which says why. Then nobody asks for PAUSE_S; after that one
    does, and the others follow once that one was answered. A question goes on when nobody waits for it any more: its
    answer says that the store is back, and a process that was merely slow is told so at once.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.away: str | None = None
        self._again_at = self._answered_at = 0.0  # of the monotonic clock
        self._asking: set[asyncio.Task[Any]] = set()

    async def ask(self, question: Callable[[], Coroutine[Any, Any, T]], deadline: Deadline) -> T:
        """Its answer. Raises StoreUnavailable: it is away, or says nothing in time; and what the question raises."""
        return await self.answer(self.begin(question), deadline)

    def begin(self, question: Callable[[], Coroutine[Any, Any, T]]) -> asyncio.Task[T]:
        """A question on its way. Raises StoreUnavailable: nobody asks just now."""
        now = time.monotonic()
        if self.away:
            if now < self._again_at:
                raise StoreUnavailable(self.away)
            self._again_at = now + PAUSE_S
        late = asyncio.get_running_loop().call_later(
            store_deadline.STORE_BUDGET_S,
            partial(self._failed, f"no answer in {store_deadline.STORE_BUDGET_S:g} s", asked_at=now),
        )
        asking = asyncio.create_task(question(), name=f"ask-{self.name}")
        self._asking.add(asking)
        asking.add_done_callback(partial(self._ended, late, now))
        return asking

    async def answer(self, asking: asyncio.Task[T], deadline: Deadline) -> T:
        """Raises as `ask` does."""
        if deadline.left_s:  # without, not even for a turn of the loop, which may be busy
            begun = time.monotonic()
            try:
                await asyncio.wait({asking}, timeout=deadline.left_s)
            finally:
                deadline.waited_s += time.monotonic() - begun
        if not asking.done():
            raise StoreUnavailable(f"{self.name}: no answer in time")
        return asking.result()

    async def close(self) -> None:
        """Give up what was not answered."""
        for asking in self._asking:
            asking.cancel()
        await asyncio.gather(*self._asking, return_exceptions=True)

    def _ended(self, late: asyncio.TimerHandle, asked_at: float, asking: asyncio.Task[Any]) -> None:
        late.cancel()
        self._asking.discard(asking)
        if asking.cancelled():
            return
        error = asking.exception()
        if isinstance(error, StoreUnavailable):
            self._failed(error.message, asked_at=asked_at)
        else:
            self._answered()

    def _failed(self, reason: str, *, asked_at: float) -> None:
        if asked_at < self._answered_at:
            return  # it has answered somebody else since
        if self.away is None:
            log.warning("store_away", store=self.name, reason=reason)
        self.away = reason
        self._again_at = time.monotonic() + PAUSE_S

    def _answered(self) -> None:
        if self.away:
            log.info("store_back", store=self.name)
        self.away = None
        self._answered_at = time.monotonic()
