"""Counts of what each key uses in a minute. An amount is taken whole or not at all, under concurrency too."""

from dataclasses import dataclass

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from services.accounts.limits.sliding_window import PERIOD_S, SlidingWindowCounter


@dataclass(frozen=True, slots=True)
class Reading:
    """Result of taking an amount: whether it was admitted, and the window afterwards."""

    taken: bool
    window: SlidingWindowCounter


class Meter:
    """Counts in this process."""

    def __init__(self) -> None:
        self._storage = MemoryStorage()
        self._limiter = SlidingWindowCounterRateLimiter(self._storage)

    async def take(self, what: str, key_id: str, *, amount: int, limit: int) -> Reading:
        """Take `amount` of `what` where the limit admits it."""
        item = RateLimitItemPerMinute(limit)
        taken = await self._limiter.hit(item, what, key_id, cost=amount)
        window = await self._storage.get_sliding_window(item.key_for(what, key_id), PERIOD_S)
        return Reading(taken, SlidingWindowCounter(*window))
