"""A meter in Redis: the same counts for every process that is given the same server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from limits.aio.storage import RedisStorage
from redis.asyncio import BlockingConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from services.limits.meter import Meter, Reading
from shared.errors import StartupError, StoreUnavailable

CONNECTIONS = 32


@asynccontextmanager
async def open_redis_meter(url: str, *, timeout_s: float) -> AsyncIterator["RedisMeter"]:
    """Connects when first asked, so that a server that is away is no reason not to start. Raises StartupError."""
    try:
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS,
            timeout=timeout_s,
            socket_timeout=timeout_s,
            socket_connect_timeout=timeout_s,
            retry=Retry(NoBackoff(), 0),  # redis-py's own retries make a hung server cost six seconds
        )
    except ValueError as error:
        raise StartupError(f"setting REDIS_URL: {error}") from error
    try:
        yield RedisMeter(url, pool)
    finally:
        await pool.disconnect()


class RedisMeter(Meter):
    def __init__(self, url: str, pool: BlockingConnectionPool) -> None:
        client: dict[str, Any] = {"connection_pool": pool}  # `limits` hands it on, and types it as a number
        super().__init__(RedisStorage(f"async+{url}", implementation="redispy", key_prefix="veena3", **client))

    async def take(self, what: str, key_id: str, *, amount: int, limit: int) -> Reading:
        """Raises StoreUnavailable."""
        try:
            return await super().take(what, key_id, amount=amount, limit=limit)
        except (RedisError, OSError) as error:
            raise StoreUnavailable(f"Redis is away ({type(error).__name__})") from error
