"""Counts what keys use in a minute. An amount is taken whole or not at all, however many ask at once."""

from dataclasses import dataclass

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from services.accounts.limits.sliding_window import PERIOD_S, Window


@dataclass(frozen=True, slots=True)
class Reading:
    """What a meter said: whether the amount was let in, and how the window stands afterwards."""

    taken: bool
    window: Window


class Meter:
    """Counts in this process, or where `storage` keeps them."""

    def __init__(self, storage: MemoryStorage | RedisStorage | None = None) -> None:
        self._storage = storage or MemoryStorage()
        self._limiter = SlidingWindowCounterRateLimiter(self._storage)

    async def take(self, what: str, key_id: str, *, amount: int, limit: int) -> Reading:
        """Raises what the store raises."""
        item = RateLimitItemPerMinute(limit)
        taken = await self._limiter.hit(item, what, key_id, cost=amount)
        window = await self._storage.get_sliding_window(item.key_for(what, key_id), PERIOD_S)
        return Reading(taken, Window(*window))
