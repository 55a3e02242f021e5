"""Limits of each key: requests and characters a minute, and streams at once. Never waits long for its store."""

import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from services.accounts.caller import Caller
from services.accounts.limits.meter import Meter, Reading
from services.accounts.limits.sliding_window import SlidingWindowCounter
from services.accounts.limits.streams import OpenStreams
from services.background import BackgroundTasks
from shared.config import Settings
from shared.deadline import Deadline
from shared.errors import RateLimited, StoreUnavailable, TextTooLong
from shared.types import Allowance

if TYPE_CHECKING:
    from services.accounts.limits.shared import Shared


@dataclass(frozen=True, slots=True)
class Defaults:
    """Limits of keys without limits of their own."""

    requests_per_minute: int
    characters_per_minute: int
    streams: int


@asynccontextmanager
async def open_rate_limiter(settings: Settings, background: BackgroundTasks) -> AsyncIterator["RateLimiter"]:
    """Open a limiter that counts in Redis where REDIS_URL is set, else in this process.

    Raises StartupError: REDIS_URL is no URL of Redis.
    """
    defaults = Defaults(settings.key_requests_per_minute, settings.key_characters_per_minute, settings.key_streams)
    if settings.redis_url is None:
        yield RateLimiter(defaults, shared=None, without=settings.without_redis)
        return
    from services.accounts.limits.shared import open_shared  # a laptop's start does not pay for its import

    async with open_shared(settings.redis_url, background) as shared:
        yield RateLimiter(defaults, shared=shared, without=settings.without_redis)


class RateLimiter:
    """Limits by key. While Redis is unavailable, `without` decides: count in this process (`local`), or `refuse`."""

    def __init__(self, defaults: Defaults, *, shared: "Shared | None", without: Literal["local", "refuse"]) -> None:
        self._defaults, self._shared, self._without = defaults, shared, without
        self._meter, self._streams = Meter(), OpenStreams()

    @property
    def store_unavailable(self) -> bool:
        return self._shared is not None and self._shared.guard.unavailable is not None

    @asynccontextmanager
    async def admitted(self, caller: Caller, characters: int, deadline: Deadline) -> AsyncIterator[Allowance]:
        """Count a request, its characters and its stream, which ends with the context; yield the requests left.

        Raises RateLimited, ConcurrencyLimited, StoreUnavailable; TextTooLong where no waiting would help.
        """
        limit = caller.limits.requests_per_minute or self._defaults.requests_per_minute
        async with self._open_stream(caller, deadline):
            window = await self._take("requests", caller, amount=1, limit=limit, deadline=deadline)
            await self.charge(caller, characters, deadline)
            yield _allowance(window, limit)

    async def charge(self, caller: Caller, characters: int, deadline: Deadline) -> None:
        """Count characters that follow. Raises as `admitted` does."""
        limit = caller.limits.characters_per_minute or self._defaults.characters_per_minute
        if characters > limit:
            raise TextTooLong(f"{characters} characters; this key may speak {limit} a minute")
        if characters:
            await self._take("characters", caller, amount=characters, limit=limit, deadline=deadline)

    @asynccontextmanager
    async def _open_stream(self, caller: Caller, deadline: Deadline) -> AsyncIterator[None]:
        limit = caller.limits.streams or self._defaults.streams
        with self._streams.open(caller.key_id, limit):
            if self._shared is None:
                yield
                return
            async with self._shared.leases.open(caller.key_id, limit, deadline) as left:
                if left is None:
                    self._check_policy()
                elif not left:
                    raise self._streams.too_many(limit)
                yield

    async def _take(
        self, what: str, caller: Caller, *, amount: int, limit: int, deadline: Deadline
    ) -> SlidingWindowCounter:
        reading = await self._read(what, caller.key_id, amount=amount, limit=limit, deadline=deadline)
        if reading.taken:
            return reading.window
        wait_s = max(1, math.ceil(reading.window.wait_s(amount, limit)))
        raise RateLimited(
            f"this key may use {limit} {what} a minute; try again in {wait_s} s",
            retry_after_s=wait_s,
            allowance=_allowance(reading.window, limit),
        )

    async def _read(self, what: str, key_id: str, *, amount: int, limit: int, deadline: Deadline) -> Reading:
        if (shared := self._shared) is not None:
            try:
                return await shared.guard.ask(
                    lambda: shared.meter.take(what, key_id, amount=amount, limit=limit), deadline
                )
            except StoreUnavailable:
                self._check_policy()
        return await self._meter.take(what, key_id, amount=amount, limit=limit)

    def _check_policy(self) -> None:
        """Raise StoreUnavailable where the settings refuse requests without Redis."""
        if self._without == "refuse":
            raise StoreUnavailable("limits cannot be checked at the moment; try again")


def _allowance(window: SlidingWindowCounter, limit: int) -> Allowance:
    return Allowance(limit, window.remaining(limit), math.ceil(time.time() + window.free_s))
