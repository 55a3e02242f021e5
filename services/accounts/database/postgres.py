"""PostgreSQL over a small pool. No statement waits longer than TIMEOUT_S, whatever the server does."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, Literal

import asyncpg

from services.accounts.database.protocol import Row, Statements, Value
from shared.errors import StartupError, StoreUnavailable

TIMEOUT_S = 5.0  # for a connection, and again for each statement
CONNECTIONS = 8
_AWAY = (
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
    """Raises StartupError: nobody answers, or not to us."""
    try:
        pool = await asyncpg.create_pool(
            url,
            min_size=1,
            max_size=CONNECTIONS,
            timeout=TIMEOUT_S,
            command_timeout=TIMEOUT_S,
            statement_cache_size=0,  # a pooler in transaction mode, as Supabase's, loses prepared statements
            reset=_keep,
        )
    except (*_AWAY, asyncpg.PostgresError, ValueError) as error:
        raise StartupError(f"setting DATABASE_URL: {error or 'the server does not answer'}") from error
    try:
        yield Postgres(pool)
    finally:
        try:
            await asyncio.wait_for(pool.close(), TIMEOUT_S)
        except _AWAY:
            pool.terminate()


async def _keep(_connection: object) -> None:
    """Nothing to put back between two users of a connection: no statement here changes its session."""


class _Plain:
    """Statements on a connection that the caller has to itself."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def execute(self, sql: str, *values: Value) -> int:
        with _translated():
            told = await self._connection.execute(sql, *values)
        count = told.rpartition(" ")[2]
        return int(count) if count.isdecimal() else 0

    async def fetch(self, sql: str, *values: Value) -> list[Row]:
        with _translated():
            return [dict(row) for row in await self._connection.fetch(sql, *values)]

    async def script(self, sql: str) -> None:
        with _translated():
            await self._connection.execute(sql)


class Postgres:
    """See `Database`."""

    dialect: Literal["sqlite", "postgres"] = "postgres"

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @property
    def problem(self) -> str | None:
        """Nothing is known without asking; those that ask tell by themselves that it is away."""
        return None

    async def execute(self, sql: str, *values: Value) -> int:
        async with self._connection() as connection:
            return await _Plain(connection).execute(sql, *values)

    async def fetch(self, sql: str, *values: Value) -> list[Row]:
        async with self._connection() as connection:
            return await _Plain(connection).fetch(sql, *values)

    async def script(self, sql: str) -> None:
        async with self._connection() as connection:
            await _Plain(connection).script(sql)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Statements]:
        async with self._connection() as connection:
            begun = connection.transaction()
            with _translated():
                await begun.start()
            try:
                yield _Plain(connection)
            except _INTERRUPTED:
                raise  # the connection goes, and with it, on the server, what was begun
            except BaseException:  # whatever came up between two statements: none of them is to count
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
            # Put back tidily it would have to be waited for, and who was cancelled may have a deadline to keep.
            with suppress(asyncpg.InterfaceError):  # the server was faster
                connection.terminate()
            raise
        finally:
            with _translated():
                await self._pool.release(connection, timeout=TIMEOUT_S)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except _AWAY as error:
        raise StoreUnavailable(f"the database is away ({type(error).__name__})") from error
