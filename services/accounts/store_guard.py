"""Circuit breaker for a store that requests ask: bounds each wait, and stops asking while the store is unavailable."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

from shared import deadline as store_deadline
from shared.deadline import Deadline
from shared.errors import StoreUnavailable
from shared.logging import get_logger

PAUSE_S = 1.0
"""Seconds until an unavailable store is asked again."""

T = TypeVar("T")

log = get_logger(__name__)


class StoreGuard:
    """Circuit breaker for one store.

    Without an answer for STORE_BUDGET_S the store is `unavailable`, and questions fail at once for PAUSE_S. Then one
    question is let through, and others once it was answered. A question goes on after its request gave up: its answer
    shows that the store is available, which closes the circuit at once where this process was merely slow.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.unavailable: str | None = None
        """The reason why the store is not asked; None where it is."""
        self._again_at = self._answered_at = 0.0  # of the monotonic clock
        self._asking: set[asyncio.Task[Any]] = set()

    async def ask(self, question: Callable[[], Coroutine[Any, Any, T]], deadline: Deadline) -> T:
        """Return the answer. Raises StoreUnavailable where there is none in time, and what the question raises."""
        return await self.answer(self.begin(question), deadline)

    def begin(self, question: Callable[[], Coroutine[Any, Any, T]]) -> asyncio.Task[T]:
        """Start a question. Raises StoreUnavailable while the circuit is open."""
        now = time.monotonic()
        if self.unavailable:
            if now < self._again_at:
                raise StoreUnavailable(self.unavailable)
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
        """Wait for the answer of a question that has started. Raises as `ask` does."""
        if deadline.left_s:  # without any left, do not wait even for one turn of the event loop
            begun = time.monotonic()
            try:
                await asyncio.wait({asking}, timeout=deadline.left_s)
            finally:
                deadline.waited_s += time.monotonic() - begun
        if not asking.done():
            raise StoreUnavailable(f"{self.name}: no answer in time")
        return asking.result()

    async def close(self) -> None:
        """Cancel the questions without an answer."""
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
            return  # it has answered a later question
        if self.unavailable is None:
            log.warning("store_unavailable", store=self.name, reason=reason)
        self.unavailable = reason
        self._again_at = time.monotonic() + PAUSE_S

    def _answered(self) -> None:
        if self.unavailable:
            log.info("store_available", store=self.name)
        self.unavailable = None
        self._answered_at = time.monotonic()
