"""Circuit breaker for a store that requests ask: bounds each wait, and stops asking while the store is unavailable."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

from shared.deadline import Deadline
from shared.errors import StoreUnavailable
from shared.logging import get_logger

PAUSE_S = 1.0
"""Seconds until an unavailable store is asked again."""
REPORTED_S = 60.0
"""Seconds for which a store counts as degraded after a request went on without its answer."""

T = TypeVar("T")

log = get_logger(__name__)


class StoreGuard:
    """Circuit breaker for one store.

    Without an answer for `budget_s` the store is `unavailable`, and questions fail at once for PAUSE_S. Then one
    question is let through, and others once it was answered. A question goes on after its request gave up: its answer
    shows that the store is available, which closes the circuit at once where this process was merely slow. A store
    whose answers are all late therefore seems available; `problem` names it as long as requests go on without it.
    """

    def __init__(self, name: str, budget_s: float) -> None:
        self.name, self._budget_s = name, budget_s
        self.unavailable: str | None = None
        """The reason why the store is not asked; None where it is."""
        self._again_at = self._answered_at = 0.0  # of the monotonic clock
        self._asking: set[asyncio.Task[Any]] = set()
        self._missed_at: float | None = None  # of the monotonic clock

    @property
    def problem(self) -> str | None:
        """Return the reason why requests go on without this store, or did lately; None where they do not."""
        if self.unavailable or self._missed_at is None:
            return self.unavailable
        lately = time.monotonic() - self._missed_at < REPORTED_S
        return f"answers came later than STORE_DEADLINE_S ({self._budget_s:g} s) in the last minute" if lately else None

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
            self._budget_s, partial(self._failed, f"no answer in {self._budget_s:g} s", asked_at=now)
        )
        asking = asyncio.create_task(question(), name=f"ask-{self.name}")
        self._asking.add(asking)
        asking.add_done_callback(partial(self._ended, late, now))
        return asking

    async def answer(self, asking: asyncio.Task[T], deadline: Deadline) -> T:
        """Wait for the answer of a question that has started. Raises as `ask` does."""
        left_s = deadline.left_s(self._budget_s)
        if left_s:  # without any left, do not wait even for one turn of the event loop
            begun = time.monotonic()
            try:
                await asyncio.wait({asking}, timeout=left_s)
            finally:
                deadline.waited_s += time.monotonic() - begun
        if not asking.done():
            self._missed_at = time.monotonic()
            raise StoreUnavailable(f"{self.name}: no answer in time")
        return asking.result()

    async def close(self) -> None:
        """Wait for the answers under way as long as a request would, and cancel the questions without one.

        The last ones tell that streams have ended, which other processes would count until their leases end.
        """
        if self._asking:
            await asyncio.wait(self._asking, timeout=self._budget_s)
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
