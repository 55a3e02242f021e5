"""What each key may use: requests and characters a minute, streams at once. Never waits long for its store."""

import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from services.accounts.caller import Caller
from services.accounts.limits.meter import Meter, Reading
from services.accounts.limits.sliding_window import Window
from services.accounts.limits.streams import Streams
from services.background import BackgroundTasks
from shared.config import Settings
from shared.deadline import Deadline
from shared.errors import RateLimited, StoreUnavailable, TextTooLong
from shared.types import Allowance

if TYPE_CHECKING:
    from services.accounts.limits.shared import Shared


@dataclass(frozen=True, slots=True)
class Defaults:
    """The limits of a key that has none of its own."""

    requests_per_minute: int
    characters_per_minute: int
    streams: int


@asynccontextmanager
async def open_limiter(settings: Settings, background: BackgroundTasks) -> AsyncIterator["Limiter"]:
    """Counts in Redis where REDIS_URL names one, else in this process. Raises StartupError: it names none."""
    defaults = Defaults(settings.key_requests_per_minute, settings.key_characters_per_minute, settings.key_streams)
    if settings.redis_url is None:
        yield Limiter(defaults, shared=None, without=settings.without_redis)
        return
    from services.accounts.limits.shared import open_shared  # a laptop's start does not pay for its import

    async with open_shared(settings.redis_url, background) as shared:
        yield Limiter(defaults, shared=shared, without=settings.without_redis)


class Limiter:
    """`without`: what to do while Redis is away: count in this process alone (`local`), or let nobody in (`refuse`)."""

    def __init__(self, defaults: Defaults, *, shared: "Shared | None", without: Literal["local", "refuse"]) -> None:
        self._defaults, self._shared, self._without = defaults, shared, without
        self._meter, self._streams = Meter(), Streams()

    @property
    def store_away(self) -> bool:
        return self._shared is not None and self._shared.neighbour.away is not None

    @asynccontextmanager
    async def admitted(self, caller: Caller, characters: int, deadline: Deadline) -> AsyncIterator[Allowance]:
        """One more stream of this caller; gives what is left to it of its requests.

        Raises RateLimited, ConcurrencyLimited; TextTooLong for what no waiting would help; StoreUnavailable.
        """
        limit = caller.limits.requests_per_minute or self._defaults.requests_per_minute
        async with self._one_more(caller, deadline):
            window = await self._take("requests", caller, amount=1, limit=limit, deadline=deadline)
            await self.charge(caller, characters, deadline)
            yield _allowance(window, limit)

    async def charge(self, caller: Caller, characters: int, deadline: Deadline) -> None:
        """So much text more. Raises as `admitted` does."""
        limit = caller.limits.characters_per_minute or self._defaults.characters_per_minute
        if characters > limit:
            raise TextTooLong(f"{characters} characters; this key may speak {limit} a minute")
        if characters:
            await self._take("characters", caller, amount=characters, limit=limit, deadline=deadline)

    @asynccontextmanager
    async def _one_more(self, caller: Caller, deadline: Deadline) -> AsyncIterator[None]:
        limit = caller.limits.streams or self._defaults.streams
        with self._streams.one_more(caller.key_id, limit):
            if self._shared is None:
                yield
                return
            async with self._shared.leases.one_more(caller.key_id, limit, deadline) as left:
                if left is None:
                    self._do_without()
                elif not left:
                    raise self._streams.too_many(limit)
                yield

    async def _take(self, what: str, caller: Caller, *, amount: int, limit: int, deadline: Deadline) -> Window:
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
                return await shared.neighbour.ask(
                    lambda: shared.meter.take(what, key_id, amount=amount, limit=limit), deadline
                )
            except StoreUnavailable:
                self._do_without()
        return await self._meter.take(what, key_id, amount=amount, limit=limit)

    def _do_without(self) -> None:
        if self._without == "refuse":
            raise StoreUnavailable("limits cannot be checked at the moment; try again")


def _allowance(window: Window, limit: int) -> Allowance:
    return Allowance(limit, window.remaining(limit), math.ceil(time.time() + window.free_s))
