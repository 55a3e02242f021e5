"""Limits in Redis, shared by all processes that use the same server."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from redis.asyncio import BlockingConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from services.accounts.limits.leases import Leases
from services.accounts.limits.script import CONNECTIONS, AdmissionScript
from services.accounts.store_guard import StoreGuard
from services.background import BackgroundTasks
from shared.errors import StartupError

TIMEOUT_S = 5.0
"""Seconds that the opening of a connection, and each answer, may take. Requests wait STORE_DEADLINE_S at most."""
KEEPALIVE_S = 30
"""Seconds of silence after which the kernel asks whether the server is there: balancers drop silent connections."""
EXPECTED = "expected is redis://USER:PASSWORD@HOST:PORT/DATABASE, rediss://… or unix://…, percent-encoded"


@dataclass(frozen=True, slots=True)
class Shared:
    """Leases and counts in Redis, and the guard of the server."""

    guard: StoreGuard
    script: AdmissionScript
    leases: Leases


@asynccontextmanager
async def open_shared(url: str, background: BackgroundTasks, *, budget_s: float) -> AsyncIterator[Shared]:
    """Open the shared limits. It connects at the first question, so that the service starts without Redis.

    Raises StartupError.
    """
    pool = redis_pool(url)
    guard, script = StoreGuard("limits", budget_s), AdmissionScript(pool)
    leases = Leases(script, guard)
    try:
        async with background.running("stream-leases", leases.renew):
            yield Shared(guard, script, leases)
    finally:
        await guard.close()
        await script.close()
        await pool.disconnect()


def redis_pool(url: str) -> BlockingConnectionPool:
    """Return a pool of connections, without connecting. Raises StartupError: `url` is no URL of Redis."""
    try:
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS,
            timeout=TIMEOUT_S,
            socket_timeout=TIMEOUT_S,
            socket_connect_timeout=TIMEOUT_S,
            socket_keepalive=True,
            socket_keepalive_options=_keepalive(),
            retry=Retry(NoBackoff(), 0),  # redis-py's own retries make a hung server cost six seconds
        )
        pool.connection_class(**pool.connection_kwargs)  # refuses unknown parameters of the URL; it connects to nothing
    except (ValueError, TypeError, RedisError, OSError) as error:
        # The errors' own messages quote parts of the URL: where its parts are misread, the password.
        raise StartupError(f"setting REDIS_URL: no address of Redis ({type(error).__name__}); {EXPECTED}") from None
    roots = pool.connection_kwargs.get("ssl_ca_certs")
    if roots and not Path(roots).is_file():
        raise StartupError(f"setting REDIS_URL: ssl_ca_certs: {roots}: no such file")
    return pool


def _keepalive() -> dict[int, int]:
    """Return the socket options of the platform that set KEEPALIVE_S; some have none."""
    names = ("TCP_KEEPIDLE", "TCP_KEEPINTVL")
    return {getattr(socket, name): KEEPALIVE_S for name in names if hasattr(socket, name)}
