"""SQLite, embedded: one connection, its own thread, one statement or transaction at a time."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Literal

import aiosqlite

from services.database.door import Row, Statements, Value
from shared.errors import StartupError, StoreUnavailable

BUSY_MS = 2000  # how long a statement waits for another process that writes
_AWAY = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
}


@asynccontextmanager
async def open_sqlite(path: str) -> AsyncIterator["Sqlite"]:
    """`path` is created, readable by its owner alone; an empty one means memory. Raises StartupError."""
    if path:
        _prepare(Path(path))
    async with connected(path or ":memory:") as connection:
        yield Sqlite(connection)


@asynccontextmanager
async def connected(path: Path | str) -> AsyncIterator[aiosqlite.Connection]:
    """A file as all of ours are opened: written ahead, on the disk once committed. Raises sqlite3.Error."""
    async with aiosqlite.connect(path, isolation_level=None) as connection:
        connection.row_factory = sqlite3.Row
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON", f"busy_timeout = {BUSY_MS}"):
            await connection.execute(f"PRAGMA {pragma}")
        yield connection


@asynccontextmanager
async def transaction(connection: aiosqlite.Connection, alone: asyncio.Lock) -> AsyncIterator[None]:
    """Statements kept together, nobody between them; what is cancelled half-way is undone before the next begins."""
    async with alone:
        try:
            await connection.execute("BEGIN IMMEDIATE")
            yield
            await connection.commit()
        finally:
            # The connection's thread takes things in order, so this comes behind a BEGIN whose wait was cancelled.
            await connection.rollback()


def _prepare(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise StartupError(f"setting DATABASE_URL: {path}: {error.strerror}") from error


class _Plain:
    """Statements on a connection that the caller has to itself."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def execute(self, sql: str, *values: Value) -> int:
        with _translated():
            async with self._connection.execute(sql, _named(values)) as cursor:
                return cursor.rowcount

    async def fetch(self, sql: str, *values: Value) -> list[Row]:
        with _translated():
            rows = await self._connection.execute_fetchall(sql, _named(values))
        return [dict(row) for row in rows]

    async def script(self, sql: str) -> None:
        """Statement by statement: `executescript` would end the transaction around it."""
        statement = ""
        for piece in sql.rstrip("; \n").split(";"):
            statement += piece + ";"
            if sqlite3.complete_statement(statement):
                await self.execute(statement)
                statement = ""


class Sqlite:
    """See `Database`."""

    dialect: Literal["sqlite", "postgres"] = "sqlite"

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection, self._plain = connection, _Plain(connection)
        self._alone = asyncio.Lock()

    async def execute(self, sql: str, *values: Value) -> int:
        async with self._alone:
            return await self._plain.execute(sql, *values)

    async def fetch(self, sql: str, *values: Value) -> list[Row]:
        async with self._alone:
            return await self._plain.fetch(sql, *values)

    async def script(self, sql: str) -> None:
        async with self._alone:
            await self._plain.script(sql)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Statements]:
        with _translated():
            async with transaction(self._connection, self._alone):
                yield self._plain


def _named(values: tuple[Value, ...]) -> dict[str, Value]:
    """SQLite takes `$1` for a parameter with the name `1`."""
    return {str(n): value for n, value in enumerate(values, 1)}


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in _AWAY:
            raise StoreUnavailable(f"the database is busy or away ({error.sqlite_errorname})") from error
        raise
