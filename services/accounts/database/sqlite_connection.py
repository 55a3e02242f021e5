"""Connection to an SQLite file, on a thread of its own."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Literal, TypeVar

from services.accounts.database.files import primary_code
from services.accounts.database.protocol import Row, Statements, Value

BUSY_MS = 2000
"""Milliseconds that a statement waits for another process that writes."""
_BUSY_POLL_S = 0.01
PRAGMAS = ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON", f"busy_timeout = {BUSY_MS}")
"""Pragmas of every SQLite file here: write-ahead log, on the disk once committed."""

T = TypeVar("T")


class OneThread:
    """Connection as its thread uses it: statements without waits. Every method raises sqlite3.Error."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, *values: Value) -> int:
        """Execute one statement; return the number of rows that it changed."""
        return self._connection.execute(sql, _named(values)).rowcount

    def fetch(self, sql: str, *values: Value) -> list[Row]:
        """Return the rows of a query, or of a statement with RETURNING."""
        return [dict(row) for row in self._connection.execute(sql, _named(values)).fetchall()]

    def transaction(self, work: "Callable[[OneThread], T]") -> T:
        """Return the result of `work` in a transaction, rolled back where it raises."""
        try:
            self.execute("BEGIN IMMEDIATE")
            result = work(self)
            self.execute("COMMIT")
        finally:
            self._connection.rollback()
        return result


Work = Callable[[OneThread], T]
"""Statements that follow one another without a wait."""


class Connection:
    """Open connection and its thread, for one user at a time, behind the protocol `Session`.

    The thread works in order. Work whose wait is cancelled is done all the same if it has begun.
    """

    dialect: Literal["sqlite", "postgres"] = "sqlite"

    def __init__(self, path: str, *, uri: bool = False) -> None:
        self._thread = ThreadPoolExecutor(1, "sqlite")
        self._connect = partial(sqlite3.connect, path, uri=uri, isolation_level=None, timeout=BUSY_MS / 1000)
        self._connection: sqlite3.Connection | None = None

    async def run(self, work: Work[T]) -> T:
        """Return the result of `work` on the connection's thread; the first one opens the connection."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: work(OneThread(self._own())))

    async def execute(self, sql: str, *values: Value) -> int:
        return await self.run(lambda connection: connection.execute(sql, *values))

    async def fetch(self, sql: str, *values: Value) -> list[Row]:
        return await self.run(lambda connection: connection.fetch(sql, *values))

    async def script(self, sql: str) -> None:
        """Execute statement by statement: `executescript` would end the transaction around it."""
        statement = ""
        for part in sql.rstrip("; \n").split(";"):
            statement += part + ";"
            if sqlite3.complete_statement(statement):
                await self.execute(statement)
                statement = ""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Statements]:
        try:
            await self.execute("BEGIN IMMEDIATE")
            yield self
            await self.execute("COMMIT")
        finally:
            # The connection's thread works in order, so this follows a BEGIN whose wait was cancelled.
            await asyncio.get_running_loop().run_in_executor(self._thread, self._rollback)

    async def configure(self) -> None:
        """Set PRAGMAS. Where several processes open a new file, one at a time can give it a write-ahead log.

        SQLite refuses the others at once, without the wait of BUSY_MS, because two that wait for each other would wait
        for ever; hence they try again.
        """
        deadline = time.monotonic() + BUSY_MS / 1000
        for pragma in PRAGMAS:
            while True:
                try:
                    await self.execute(f"PRAGMA {pragma}")
                    break
                except sqlite3.OperationalError as error:
                    if primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                        raise
                    await asyncio.sleep(_BUSY_POLL_S)

    async def save_log(self) -> None:
        """Move a write-ahead log that was deleted into the main file."""
        await self.fetch("PRAGMA wal_checkpoint(TRUNCATE)")

    async def close(self) -> None:
        with suppress(sqlite3.Error):
            await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown(wait=False)

    def _own(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = self._connect()
            self._connection.row_factory = sqlite3.Row
        return self._connection

    def _rollback(self) -> None:
        if self._connection:
            self._connection.rollback()

    def _close(self) -> None:
        if self._connection:
            self._connection.close()


def _named(values: tuple[Value, ...]) -> dict[str, Value]:
    """Return the values by name: SQLite takes `$1` for a parameter named `1`."""
    return {str(n): value for n, value in enumerate(values, 1)}
