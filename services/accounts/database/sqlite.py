"""SQLite, embedded: one connection, its own thread, one statement or transaction at a time.

While the file is deleted, emptied or damaged, every statement raises StoreUnavailable. The file is never replaced by an
empty one, which would drop keys and credits silently. Once a good file is at the path again, it is opened.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Literal, TypeVar

from services.accounts.database.files import SIDE_FILES, Change, DatabaseFiles, is_damage, primary_code, set_aside, side
from services.accounts.database.protocol import Prepare, Row, Session, Statements, Value
from services.accounts.database.sqlite_connection import Connection, OneThread, Work
from shared.errors import StartupError, StoreUnavailable
from shared.logging import get_logger

_UNAVAILABLE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,  # the log's index is garbled; SQLite tries for up to 10 s
}
_MESSAGES = {
    Change.DELETED: "the database file was deleted in use; restore it, or restart the service to begin an empty one",
    Change.EMPTIED: "the database file was emptied in use; restore it",
    Change.REPLACED: "the database file was replaced in use; it is opened with the next question",
    Change.LOG_LOST: "the database's write-ahead log was deleted in use; it is saved with the next question",
    Change.DAMAGED: "the database file is damaged; restore it",
}

T = TypeVar("T")

log = get_logger(__name__)


class _Changed(StoreUnavailable):
    """The file at the path is another one now, or its log is."""


@asynccontextmanager
async def open_sqlite(path: str, prepare: Prepare) -> AsyncIterator["Sqlite"]:
    """Open the file at `path`, created for its owner alone; an empty path means memory.

    `prepare` is awaited at each opening. Raises StartupError.
    """
    if path:
        _create(Path(path))
    database = Sqlite(Path(path) if path else None, prepare)
    try:
        try:
            await database.open()
        except (StoreUnavailable, sqlite3.Error) as error:
            raise StartupError(f"setting DATABASE_URL: {path}: {error}") from error
        yield database
    finally:
        await database.close()


def _create(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise StartupError(f"setting DATABASE_URL: {path}: {error.strerror}") from error


class Sqlite:
    """SQLite behind the protocol `Database`."""

    dialect: Literal["sqlite", "postgres"] = "sqlite"

    def __init__(self, path: Path | None, prepare: Prepare) -> None:
        self._path, self._prepare = path, prepare
        self._opened: Connection | None = None
        self._files: DatabaseFiles | None = None
        self._lock = asyncio.Lock()
        self._fault: str | None = None

    @property
    def problem(self) -> str | None:
        change = self._change()
        return _MESSAGES[change] if change else self._fault

    async def execute(self, sql: str, *values: Value) -> int:
        return await self._run(lambda connection: connection.execute(sql, *values))

    async def fetch(self, sql: str, *values: Value) -> list[Row]:
        return await self._run(lambda connection: connection.fetch(sql, *values))

    async def script(self, sql: str) -> None:
        async with self._used() as opened:
            await opened.script(sql)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Statements]:
        async with self._used() as opened, opened.transaction() as work:
            yield work

    async def at_once(self, work: Work[T]) -> T:
        """Return the result of `work`, one transaction on the file's thread.

        The loop is needed once, and not once a statement: while it is busy, other users of the file wait less.
        """
        return await self._run(lambda connection: connection.transaction(work))

    async def round_trip_s(self) -> float | None:
        """Return None: the file is on this machine."""
        return None

    async def keep_alive(self) -> None:
        """Do nothing: a file closes no connection."""

    async def open(self) -> None:
        """Open the file. Raises StoreUnavailable, sqlite3.Error."""
        with self._translated():
            path = self._path or ":memory:"
            opened = Connection(str(path))
            try:
                await opened.configure()
                await opened.execute("PRAGMA secure_delete = ON")  # deleted voices leave no byte
                await self._prepare(opened)
            except BaseException:  # cancellation included: a connection that was not prepared is closed
                await opened.close()
                raise
        self._opened, self._files = opened, DatabaseFiles(self._path) if self._path else None

    async def close(self) -> None:
        if self._opened:
            await self._opened.close()
        self._opened = None

    async def _run(self, work: Work[T]) -> T:
        """Return the result of `work` on the file's thread, which checks the file before and after it.

        On the loop, each call of the system in a check would let another thread run, and streams wait 5 ms or more.
        """
        async with self._lock:
            if self._opened and not self._fault:
                with suppress(_Changed):
                    return await self._checked(self._opened, work)
            return await self._checked(await self._ready(), work)

    async def _checked(self, opened: Connection, work: Work[T]) -> T:
        """Raises _Changed where nothing was done. A commit has failed where the file has lost its path meanwhile."""

        def check_and_work(connection: OneThread) -> tuple[T, Change | None]:
            if change := self._change():
                raise _Changed(_MESSAGES[change])
            result = work(connection)
            return result, self._files.main_change() if self._files else None

        with self._translated():
            result, change = await opened.run(check_and_work)
        if change and change is not Change.WRITTEN:
            raise self._unavailable(_MESSAGES[change])
        return result

    @asynccontextmanager
    async def _used(self) -> AsyncIterator[Connection]:
        """Hold the open file for one user. A commit has failed where the file has lost its path meanwhile."""
        async with self._lock:
            opened = await self._ready()
            with self._translated():
                yield opened
            if change := self._change():
                raise self._unavailable(_MESSAGES[change])

    async def _ready(self) -> Connection:
        """Return the connection to the file at the path. Raises StoreUnavailable."""
        change = self._change()
        if self._opened and not change and not self._fault:
            return self._opened
        if change in (Change.DELETED, Change.EMPTIED):
            raise self._unavailable(_MESSAGES[change])
        if self._opened:
            await self._leave(self._opened, change)
        try:
            await self.open()
        except StartupError as fault:  # of a newer version
            raise self._unavailable(str(fault)) from fault
        assert self._opened
        log.warning("database_reopened", reason=self._fault or change)
        self._fault = None
        return self._opened

    async def _leave(self, opened: Connection, change: Change | None) -> None:
        with self._translated():
            if change is Change.LOG_LOST:
                await opened.save_log()
        if change is Change.REPLACED and self._files:
            for suffix in SIDE_FILES:  # of the old file; SQLite would apply them to the new one
                if self._files.is_ours(suffix):
                    aside = set_aside(side(self._files.path, suffix))
                    log.warning("database_log_set_aside", path=str(aside))
        await self.close()
        self._files = DatabaseFiles(self._path) if self._path else None  # in case the next one cannot be opened either

    def _change(self) -> Change | None:
        """Return the change of the file, except WRITTEN: other processes, such as commands, may write it."""
        change = self._files.change() if self._files else None
        return None if change is Change.WRITTEN else change

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            if is_damage(error):
                raise self._unavailable(_MESSAGES[Change.DAMAGED]) from error
            if primary_code(error) in _UNAVAILABLE:
                raise StoreUnavailable(f"the database is busy or away ({error.sqlite_errorname})") from error
            raise

    def _unavailable(self, fault: str) -> StoreUnavailable:
        if fault != self._fault:
            log.error("database_fault", reason=fault)
        self._fault = fault
        return StoreUnavailable(fault)


async def look_at_file(path: str, look: Callable[[Session], Awaitable[T]]) -> T:
    """Return what `look` finds in the file at `path`, which is not changed; a missing one is empty.

    Raises StartupError.
    """
    try:
        opened = Connection(_read_only(path), uri=True)
        try:
            return await look(opened)
        finally:
            await opened.close()
    except sqlite3.Error as error:
        raise StartupError(f"setting DATABASE_URL: {path}: {error}") from error


def _read_only(path: str) -> str:
    return f"{Path(path).absolute().as_uri()}?mode=ro" if path and Path(path).exists() else "file::memory:"
