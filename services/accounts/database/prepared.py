"""A connection to PostgreSQL on which a statement takes one round trip once it is described.

asyncpg learns the types of a statement's values in a first round trip. The description is kept here, for each
connection. Each execution then sends statement and values together, under no name, so that it also works through a
pooler in transaction mode (PgBouncer, Supabase's), which forgets named statements.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, Literal

import asyncpg

from services.accounts.database.protocol import Row, Statements, Value
from shared.errors import StoreUnavailable

UNAVAILABLE = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shutting down, starting up
    asyncpg.InsufficientResourcesError,
    asyncpg.InternalClientError,
    asyncpg.InterfaceError,
    OSError,
    TimeoutError,
)

Connection = Any  # asyncpg brings no types


class PreparedConnection:
    """One connection, for one user at a time, opened with `statement_cache_size=0`. Raises StoreUnavailable."""

    dialect: Literal["sqlite", "postgres"] = "postgres"

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._described: dict[str, Any] = {}

    @property
    def closed(self) -> bool:
        return bool(self._connection.is_closed())

    async def prepare(self, *statements: str) -> None:
        """Describe statements in advance, in one round trip each and another one.

        asyncpg leaves the protocol's exchange open after a description, and a pooler would keep a session of its
        server for it. The last round trip ends the exchange.
        """
        for sql in statements:
            await self._describe(sql)
        if statements:
            await self.script("SELECT 1")

    async def _describe(self, sql: str) -> None:
        if sql not in self._described:
            with translated():
                self._described[sql] = await self._connection.prepare(sql)

    async def fetch(self, sql: str, *values: Value) -> list[Row]:
        """Return the rows of a statement."""
        await self._describe(sql)
        with translated():
            return [dict(row) for row in await self._described[sql].fetch(*values)]

    async def execute(self, sql: str, *values: Value) -> int:
        """Execute a statement; return the number of rows that it changed."""
        await self.fetch(sql, *values)
        count = self._described[sql].get_statusmsg().rpartition(" ")[2]
        return int(count) if count.isdecimal() else 0

    async def script(self, sql: str) -> None:
        """Execute several statements without values, in one round trip."""
        with translated():
            await self._connection.execute(sql)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Statements]:
        """Open a transaction, as `Session.transaction` does."""
        await self.script("BEGIN")
        try:
            yield self
        except (asyncio.CancelledError, StoreUnavailable):
            raise  # the connection is closed, which rolls back on the server
        except BaseException:  # any fault between two statements undoes all of them
            await self.script("ROLLBACK")
            raise
        await self.script("COMMIT")

    def terminate(self) -> None:
        """Close at once, without a word to the server."""
        with suppress(asyncpg.InterfaceError):  # the server has closed it already
            self._connection.terminate()

    async def close(self, timeout_s: float) -> None:
        try:
            await asyncio.wait_for(self._connection.close(), timeout_s)
        except UNAVAILABLE:
            self.terminate()


@contextmanager
def translated() -> Iterator[None]:
    """Raise StoreUnavailable in place of the errors of a server that is unavailable."""
    try:
        yield
    except UNAVAILABLE as error:
        raise StoreUnavailable(f"the database is away ({type(error).__name__})") from error
