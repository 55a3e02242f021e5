"""Limits of each key: requests and characters a minute, and streams at once. Never waits long for its store."""

import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from services.accounts.caller import Caller
from services.accounts.limits.admission import Take
from services.accounts.limits.meter import Meter, Reading
from services.accounts.limits.sliding_window import SlidingWindowCounter
from services.accounts.limits.streams import OpenStreams
from services.background import BackgroundTasks
from shared.config import Settings
from shared.deadline import Deadline
from shared.errors import RateLimited, StoreUnavailable, TextTooLong
from shared.metrics import Metrics
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
async def open_rate_limiter(
    settings: Settings, metrics: Metrics, background: BackgroundTasks
) -> AsyncIterator["RateLimiter"]:
    """Open a limiter that counts in Redis where REDIS_URL is set, else in this process.

    Raises StartupError: REDIS_URL is no URL of Redis.
    """
    defaults = Defaults(settings.key_requests_per_minute, settings.key_characters_per_minute, settings.key_streams)
    if settings.redis_url is None:
        yield RateLimiter(defaults, metrics, shared=None, without=settings.without_redis)
        return
    from services.accounts.limits.shared import open_shared  # a laptop's start does not pay for its import

    async with open_shared(settings.redis_url, background, budget_s=settings.store_deadline_s) as shared:
        yield RateLimiter(defaults, metrics, shared=shared, without=settings.without_redis)


class RateLimiter:
    """Limits by key. While Redis is unavailable, `without` decides: count in this process (`local`), or `refuse`.

    What is counted in this process instead is counted by a metric, named in health and marked in its allowance.
    """

    def __init__(
        self, defaults: Defaults, metrics: Metrics, *, shared: "Shared | None", without: Literal["local", "refuse"]
    ) -> None:
        self._defaults, self._metrics, self._shared, self._without = defaults, metrics, shared, without
        self._meter, self._streams = Meter(), OpenStreams()
        self._connected = False

    @property
    def store_unavailable(self) -> bool:
        return self._shared is not None and self._shared.guard.unavailable is not None

    @property
    def store_problem(self) -> str | None:
        """Return the reason why limits are not shared, or were not lately; None where they are."""
        return self._shared.guard.problem if self._shared else None

    async def round_trip_s(self) -> float | None:
        """Measure a round trip to Redis in seconds; None without Redis. Raises StoreUnavailable."""
        if self._shared is None:
            return None
        if not self._connected:
            await self._shared.script.open()
            self._connected = True
        return await self._shared.script.round_trip_s()

    @asynccontextmanager
    async def admitted(self, caller: Caller, characters: int, deadline: Deadline) -> AsyncIterator[Allowance]:
        """Count a request, its characters and its stream, which ends with the context; yield the requests left.

        Raises RateLimited, ConcurrencyLimited, StoreUnavailable; TextTooLong where no waiting would help.
        """
        limits = self._limits(caller)
        self._check_length(characters, limits)
        with self._streams.open(caller.key_id, limits.streams):
            if self._shared is None:
                yield await self._admit_here(caller, characters, limits, shared=True)
                return
            async with self._shared.leases.open(
                caller.key_id,
                streams=limits.streams,
                requests=Take(1, limits.requests_per_minute),
                characters=Take(characters, limits.characters_per_minute),
                deadline=deadline,
            ) as answer:
                if answer is None:
                    self._note_local()
                    yield await self._admit_here(caller, characters, limits, shared=False)
                    return
                if answer.refused == "streams":
                    raise self._streams.too_many(limits.streams)
                self._check(answer.reading("requests"), "requests", 1, limits.requests_per_minute)
                self._check(answer.reading("characters"), "characters", characters, limits.characters_per_minute)
                yield _allowance(answer.requests, limits.requests_per_minute)

    async def charge(self, caller: Caller, characters: int, deadline: Deadline) -> None:
        """Count characters that follow. Raises as `admitted` does."""
        limits = self._limits(caller)
        self._check_length(characters, limits)
        if not characters:
            return
        if self._shared is not None:
            taken = Take(characters, limits.characters_per_minute)
            if answer := await self._shared.leases.take(caller.key_id, taken, deadline):
                self._check(answer.reading("characters"), "characters", characters, limits.characters_per_minute)
                return
            self._note_local()
        await self._take_here("characters", caller, amount=characters, limit=limits.characters_per_minute)

    def _limits(self, caller: Caller) -> Defaults:
        own, defaults = caller.limits, self._defaults
        return Defaults(
            own.requests_per_minute or defaults.requests_per_minute,
            own.characters_per_minute or defaults.characters_per_minute,
            own.streams or defaults.streams,
        )

    def _check_length(self, characters: int, limits: Defaults) -> None:
        if characters > limits.characters_per_minute:
            raise TextTooLong(f"{characters} characters; this key may speak {limits.characters_per_minute} a minute")

    async def _admit_here(self, caller: Caller, characters: int, limits: Defaults, *, shared: bool) -> Allowance:
        """Take a request and its characters in this process."""
        limit = limits.requests_per_minute
        window = await self._take_here("requests", caller, amount=1, limit=limit)
        if characters:
            await self._take_here("characters", caller, amount=characters, limit=limits.characters_per_minute)
        return _allowance(window, limit, shared=shared)

    async def _take_here(self, what: str, caller: Caller, *, amount: int, limit: int) -> SlidingWindowCounter:
        reading = await self._meter.take(what, caller.key_id, amount=amount, limit=limit)
        self._check(reading, what, amount, limit)
        return reading.window

    def _check(self, reading: Reading, what: str, amount: int, limit: int) -> None:
        """Raise RateLimited where the amount was not taken."""
        if reading.taken:
            return
        wait_s = max(1, math.ceil(reading.window.wait_s(amount, limit)))
        raise RateLimited(
            f"this key may use {limit} {what} a minute; try again in {wait_s} s",
            retry_after_s=wait_s,
            allowance=_allowance(reading.window, limit),
        )

    def _note_local(self) -> None:
        """Count a request that Redis did not. Raise StoreUnavailable where the settings refuse it."""
        if self._without == "refuse":
            raise StoreUnavailable("limits cannot be checked at the moment; try again")
        self._metrics.limits_local.inc()


def _allowance(window: SlidingWindowCounter, limit: int, *, shared: bool = True) -> Allowance:
    return Allowance(limit, window.remaining(limit), math.ceil(time.time() + window.free_s), shared)
