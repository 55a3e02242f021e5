"""Counts in Redis, shared by all processes that use the same server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from limits.aio.storage import RedisStorage
from redis.asyncio import BlockingConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from services.accounts.limits.leases import Leases
from services.accounts.limits.meter import Meter, Reading
from services.accounts.store_guard import StoreGuard
from services.background import BackgroundTasks
from shared import deadline
from shared.errors import StartupError, StoreUnavailable

CONNECTIONS = 32
"""Most connections of this process."""
EXPECTED = "expected is redis://USER:PASSWORD@HOST:PORT/DATABASE, rediss://… or unix://…, percent-encoded"


@dataclass(frozen=True, slots=True)
class Shared:
    """Meter and leases in Redis, and the guard of the server."""

    guard: StoreGuard
    meter: Meter
    leases: Leases


@asynccontextmanager
async def open_shared(url: str, background: BackgroundTasks) -> AsyncIterator[Shared]:
    """Open the shared counts. It connects at the first question, so that the service starts without Redis.

    Raises StartupError.
    """
    try:
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS,
            timeout=deadline.STORE_BUDGET_S,
            socket_timeout=deadline.STORE_BUDGET_S,
            socket_connect_timeout=deadline.STORE_BUDGET_S,
            retry=Retry(NoBackoff(), 0),  # redis-py's own retries make a hung server cost six seconds
        )
        pool.connection_class(**pool.connection_kwargs)  # refuses unknown parameters of the URL; it connects to nothing
    except (ValueError, TypeError, RedisError, OSError) as error:
        # The errors' own messages quote parts of the URL: where its parts are misread, the password.
        raise StartupError(f"setting REDIS_URL: no address of Redis ({type(error).__name__}); {EXPECTED}") from None
    redis = StoreGuard("limits")
    leases = Leases(pool, redis)
    try:
        async with background.running("stream-leases", leases.renew):
            yield Shared(redis, RedisMeter(url, pool), leases)
    finally:
        await redis.close()
        await pool.disconnect()


class RedisMeter(Meter):
    """Counts in Redis."""

    def __init__(self, url: str, pool: BlockingConnectionPool) -> None:
        client: dict[str, Any] = {"connection_pool": pool}  # `limits` passes it on, but types it as a number
        super().__init__(RedisStorage(f"async+{url}", implementation="redispy", key_prefix="veena3", **client))

    async def take(self, what: str, key_id: str, *, amount: int, limit: int) -> Reading:
        """Take as `Meter.take` does. Raises StoreUnavailable."""
        try:
            return await super().take(what, key_id, amount=amount, limit=limit)
        except (RedisError, OSError) as error:
            raise StoreUnavailable(f"Redis is away ({type(error).__name__})") from error
