"""PostgreSQL through connections that stay open. No statement waits longer than TIMEOUT_S, but for migrations."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Literal, TypeVar

import asyncpg

from services.accounts.certificates import certificate_fault
from services.accounts.database.connections import TIMEOUT_S, Connections
from services.accounts.database.prepared import UNAVAILABLE, PreparedConnection
from services.accounts.database.protocol import Prepare, Row, Session, Statements, Value
from shared.errors import StartupError, StoreUnavailable
from shared.logging import get_logger

EXPECTED = "expected is postgresql://USER:PASSWORD@HOST:PORT/DATABASE of a running server, percent-encoded"
_AWAY = (asyncpg.OperatorInterventionError, asyncpg.InsufficientResourcesError, OSError, TimeoutError)
"""Errors of a connection that may succeed later: starting, full, not reachable."""
_PING = "SELECT 1"

T = TypeVar("T")

log = get_logger(__name__)


class Postgres:
    """PostgreSQL behind the protocol `Database`. The schema is prepared before the first connection serves."""

    dialect: Literal["sqlite", "postgres"] = "postgres"

    def __init__(self, url: str, prepare: Prepare, *, connections: int, statements: Sequence[str]) -> None:
        self._url, self._prepare, self._known = url, prepare, statements
        self._started = False
        self._connections = Connections(self._connect, connections)
        self.problem: str | None = None
        """The reason why the last connection failed; None after one that was opened."""

    async def open(self, *, may_be_away: bool) -> None:
        """Prepare the schema and connect. Raises StartupError, also for a server that is away unless it may be."""
        try:
            async with self._connections.one():
                pass
        except StoreUnavailable as fault:
            if not may_be_away:
                raise StartupError(f"setting DATABASE_URL: {fault}; {EXPECTED}") from fault
            log.error("database_away", reason=fault.message)
        self._started = True

    async def close(self) -> None:
        await self._connections.close()

    async def execute(self, sql: str, *values: Value) -> int:
        async with self._connections.one() as connection:
            return await connection.execute(sql, *values)

    async def fetch(self, sql: str, *values: Value) -> list[Row]:
        async with self._connections.one() as connection:
            return await connection.fetch(sql, *values)

    async def script(self, sql: str) -> None:
        async with self._connections.one() as connection:
            await connection.script(sql)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Statements]:
        async with self._connections.one() as connection, connection.transaction() as work:
            yield work

    async def round_trip_s(self) -> float | None:
        """Measure a round trip in seconds. Raises StoreUnavailable."""
        async with self._connections.one() as connection:
            return await _ping_s(connection)

    async def keep_alive(self) -> None:
        """Use each idle connection, so that none is closed for its silence, and replace those that were."""
        await self._connections.for_idle(lambda one: one.script(_PING))

    async def _connect(self) -> PreparedConnection:
        try:
            connection = await self._connection()
        except StoreUnavailable as fault:
            self.problem = fault.message
            raise
        except StartupError as fault:
            self.problem = str(fault)
            if self._started:  # a server that was away came back as one that cannot be used
                raise StoreUnavailable(str(fault)) from fault
            raise
        self.problem = None
        return connection

    async def _connection(self) -> PreparedConnection:
        if self._connections.none_open:  # a first one, or a server that was away: perhaps it is a restored one
            own = await connect(self._url, statement_s=None)  # a migration takes as long as it takes
            try:
                await self._prepare(own)
            finally:
                own.terminate()
        connection = await connect(self._url, statement_s=TIMEOUT_S)
        try:
            await connection.prepare(*self._known)
        except BaseException:  # cancellation included: an unfinished connection is closed
            connection.terminate()
            raise
        return connection


@asynccontextmanager
async def open_postgres(
    url: str, prepare: Prepare, *, connections: int, statements: Sequence[str], may_be_away: bool
) -> AsyncIterator[Postgres]:
    """Open the database; each of its connections knows `statements`, so that the use of one is one round trip.

    Raises StartupError: the server refuses this client, or is away and may not be.
    """
    database = Postgres(url, prepare, connections=connections, statements=statements)
    try:
        await database.open(may_be_away=may_be_away)
        yield database
    finally:
        await database.close()


async def connect(url: str, *, statement_s: float | None) -> PreparedConnection:
    """Open one connection, whose statements may take `statement_s`.

    Raises StoreUnavailable where the server is away, StartupError where it refuses this client or `url` is none.
    """
    try:
        connection = await asyncpg.connect(
            url,
            timeout=TIMEOUT_S,
            command_timeout=statement_s,
            statement_cache_size=0,  # see PreparedConnection
        )
    except (*UNAVAILABLE, asyncpg.PostgresError, ValueError, OverflowError) as error:
        if fault := certificate_fault(error):
            raise StartupError(
                f"setting DATABASE_URL: the certificate of PostgreSQL is not accepted: {fault}"
            ) from None
        # The errors' own messages quote parts of the URL: where its parts are misread, the password.
        reason = f"no connection to PostgreSQL ({type(error).__name__})"
        if isinstance(error, _AWAY) and not isinstance(error, FileNotFoundError):
            raise StoreUnavailable(reason) from None
        raise StartupError(f"setting DATABASE_URL: {reason}; {EXPECTED}") from None
    return PreparedConnection(connection)


async def look_at(url: str, look: Callable[[Session], Awaitable[T]], *, trips: int) -> tuple[T, float | None]:
    """Return what `look` finds on a connection of its own, and the least of `trips` round trips in seconds.

    Raises StartupError.
    """
    try:
        connection = await connect(url, statement_s=TIMEOUT_S)
        try:
            found = await look(connection)
            took_s = [await _ping_s(connection) for _ in range(trips)]
        finally:
            await connection.close(TIMEOUT_S)
    except StoreUnavailable as fault:
        raise StartupError(f"setting DATABASE_URL: {fault}; {EXPECTED}") from fault
    return found, min(took_s, default=None)


async def _ping_s(connection: PreparedConnection) -> float:
    begun = time.monotonic()
    await connection.script(_PING)
    return time.monotonic() - begun
