"""What each key may use: requests and characters a minute, streams at once. Never waits long for its store."""

import asyncio
import math
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from services.auth.caller import Caller
from services.breaker import Breaker
from services.limits.meter import Meter, Reading
from services.limits.streams import Streams
from services.limits.window import Window
from shared.config import Settings
from shared.errors import RateLimited, StoreUnavailable, TextTooLong
from shared.logging import get_logger
from shared.types import Allowance

PATIENCE_S = 0.1  # for all that one request asks of Redis; then it counts as away
PAUSE_S = 1.0  # before a Redis that was away is asked again

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Defaults:
    """The limits of a key that has none of its own."""

    requests_per_minute: int
    characters_per_minute: int
    streams: int


@asynccontextmanager
async def open_limiter(settings: Settings) -> AsyncIterator["Limiter"]:
    """Counts in Redis where REDIS_URL names one, else in this process. Raises StartupError: it names none."""
    defaults = Defaults(settings.key_requests_per_minute, settings.key_characters_per_minute, settings.key_streams)
    if settings.redis_url is None:
        yield Limiter(defaults, shared=None, without=settings.without_redis)
        return
    from services.limits.redis_meter import open_redis_meter  # a laptop's start does not pay for its import

    async with open_redis_meter(settings.redis_url, timeout_s=PATIENCE_S) as shared:
        yield Limiter(defaults, shared=shared, without=settings.without_redis)


class Limiter:
    """`without`: what to do while Redis is away: count in this process alone (`local`), or let nobody in (`refuse`)."""

    def __init__(self, defaults: Defaults, *, shared: Meter | None, without: Literal["local", "refuse"]) -> None:
        self._defaults, self._shared, self._without = defaults, shared, without
        self._local = Meter()
        self._streams = Streams()
        self._breaker = Breaker(pause_s=PAUSE_S)

    @property
    def store_away(self) -> bool:
        return self._breaker.broken

    @asynccontextmanager
    async def admitted(self, caller: Caller, characters: int) -> AsyncIterator[Allowance]:
        """One more stream of this caller; gives what is left to it of its requests.

        Raises RateLimited, ConcurrencyLimited; TextTooLong for what no waiting would help; StoreUnavailable.
        """
        limit = caller.limits.requests_per_minute or self._defaults.requests_per_minute
        with self._streams.one_more(caller.key_id, caller.limits.streams or self._defaults.streams):
            by = asyncio.get_running_loop().time() + PATIENCE_S
            window = await self._take("requests", caller, amount=1, limit=limit, by=by)
            await self._charge(caller, characters, by=by)
            yield _allowance(window, limit)

    async def metered(self, caller: Caller, texts: AsyncGenerator[str, None]) -> AsyncGenerator[str, None]:
        """The same texts, each charged before it is given. Raises as `admitted` does."""
        async with aclosing(texts):
            async for text in texts:
                await self._charge(caller, len(text), by=asyncio.get_running_loop().time() + PATIENCE_S)
                yield text

    async def _charge(self, caller: Caller, characters: int, *, by: float) -> None:
        limit = caller.limits.characters_per_minute or self._defaults.characters_per_minute
        if characters > limit:
            raise TextTooLong(f"{characters} characters; this key may speak {limit} a minute")
        if characters:
            await self._take("characters", caller, amount=characters, limit=limit, by=by)

    async def _take(self, what: str, caller: Caller, *, amount: int, limit: int, by: float) -> Window:
        reading = await self._ask(what, caller.key_id, amount=amount, limit=limit, by=by)
        if reading.taken:
            return reading.window
        wait_s = max(1, math.ceil(reading.window.wait_s(amount, limit)))
        raise RateLimited(
            f"this key may use {limit} {what} a minute; try again in {wait_s} s",
            retry_after_s=wait_s,
            allowance=_allowance(reading.window, limit),
        )

    async def _ask(self, what: str, key_id: str, *, amount: int, limit: int, by: float) -> Reading:
        if self._shared is None:
            return await self._local.take(what, key_id, amount=amount, limit=limit)
        if self._breaker.allows():
            try:
                async with asyncio.timeout_at(by):
                    reading = await self._shared.take(what, key_id, amount=amount, limit=limit)
            except (StoreUnavailable, TimeoutError) as away:
                if not self._breaker.broken:
                    log.warning("limit_store_away", reason=str(away) or "no answer in time")
                self._breaker.failed()
            else:
                self._breaker.worked()
                return reading
        if self._without == "refuse":
            raise StoreUnavailable("limits cannot be checked at the moment; try again")
        return await self._local.take(what, key_id, amount=amount, limit=limit)


def _allowance(window: Window, limit: int) -> Allowance:
    return Allowance(limit, window.remaining(limit), math.ceil(time.time() + window.free_s))
