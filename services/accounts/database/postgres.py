"""PostgreSQL through a small pool. No statement waits longer than TIMEOUT_S, whatever the server does."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, Literal

import asyncpg

from services.accounts.database.protocol import Row, Statements, Value
from shared.errors import StartupError, StoreUnavailable

TIMEOUT_S = 5.0
"""Seconds that a connection, and again each statement, may take."""
CONNECTIONS = 8
"""Most connections of this process."""
EXPECTED = "expected is postgresql://USER:PASSWORD@HOST:PORT/DATABASE of a running server, percent-encoded"
_UNAVAILABLE = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shutting down, starting up
    asyncpg.InsufficientResourcesError,
    asyncpg.InternalClientError,
    asyncpg.InterfaceError,
    OSError,
    TimeoutError,
)
_INTERRUPTED = (asyncio.CancelledError, StoreUnavailable)

Connection = Any  # asyncpg brings no types


@asynccontextmanager
async def open_postgres(url: str) -> AsyncIterator["Postgres"]:
    """Open a pool. Raises StartupError: the server does not answer, or refuses this client."""
    try:
        pool = await asyncpg.create_pool(
            url,
            min_size=1,
            max_size=CONNECTIONS,
            timeout=TIMEOUT_S,
            command_timeout=TIMEOUT_S,
            statement_cache_size=0,  # a pooler in transaction mode, as Supabase's, loses prepared statements
            reset=_reset_nothing,
        )
    except (*_UNAVAILABLE, asyncpg.PostgresError, ValueError, OverflowError) as error:
        # The errors' own messages quote parts of the URL: where its parts are misread, the password.
        reason = type(error).__name__
        raise StartupError(f"setting DATABASE_URL: no connection to PostgreSQL ({reason}); {EXPECTED}") from None
    try:
        yield Postgres(pool)
    finally:
        try:
            await asyncio.wait_for(pool.close(), TIMEOUT_S)
        except _UNAVAILABLE:
            pool.terminate()


async def _reset_nothing(_connection: object) -> None:
    """Reset nothing when a connection returns to the pool: no statement here changes its session."""


class _Statements:
    """Statements on one connection, for one user at a time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def execute(self, sql: str, *values: Value) -> int:
        with _translated():
            status = await self._connection.execute(sql, *values)
        count = status.rpartition(" ")[2]
        return int(count) if count.isdecimal() else 0

    async def fetch(self, sql: str, *values: Value) -> list[Row]:
        with _translated():
            return [dict(row) for row in await self._connection.fetch(sql, *values)]

    async def script(self, sql: str) -> None:
        with _translated():
            await self._connection.execute(sql)


class Postgres:
    """PostgreSQL behind the protocol `Database`."""

    dialect: Literal["sqlite", "postgres"] = "postgres"

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @property
    def problem(self) -> str | None:
        """Return None: nothing is known without asking the server."""
        return None

    async def execute(self, sql: str, *values: Value) -> int:
        async with self._connection() as connection:
            return await _Statements(connection).execute(sql, *values)

    async def fetch(self, sql: str, *values: Value) -> list[Row]:
        async with self._connection() as connection:
            return await _Statements(connection).fetch(sql, *values)

    async def script(self, sql: str) -> None:
        async with self._connection() as connection:
            await _Statements(connection).script(sql)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Statements]:
        async with self._connection() as connection:
            begun = connection.transaction()
            with _translated():
                await begun.start()
            try:
                yield _Statements(connection)
            except _INTERRUPTED:
                raise  # the connection is closed, which rolls back on the server
            except BaseException:  # any fault between two statements undoes all of them
                with _translated():
                    await begun.rollback()
                raise
            with _translated():
                await begun.commit()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        with _translated():
            connection = await self._pool.acquire(timeout=TIMEOUT_S)
        try:
            yield connection
        except _INTERRUPTED:
            # Returning the connection would wait for the server, and a cancelled caller may have a deadline.
            with suppress(asyncpg.InterfaceError):  # the server has closed it already
                connection.terminate()
            raise
        finally:
            with _translated():
                await self._pool.release(connection, timeout=TIMEOUT_S)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except _UNAVAILABLE as error:
        raise StoreUnavailable(f"the database is away ({type(error).__name__})") from error
