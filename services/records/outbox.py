"""Records on this machine's disk before anybody else has them. Knows nothing of where they go."""

import asyncio
import sqlite3
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, closing, suppress
from enum import StrEnum
from pathlib import Path

import aiosqlite

from services.database.sqlite import connected, transaction
from services.records.record import COLUMNS, Outcome, RequestRecord
from services.records.rows import Row, from_row, to_row
from shared.errors import StartupError
from shared.logging import get_logger

MOST_WAITING = 1_000  # records in memory; as many gather only where the disk takes nothing
RETRY_S = 0.5  # until a disk that refused is asked again
SCHEMA = Path(__file__).with_name("schema.sql").read_text()


class Debt(StrEnum):
    """To whom a record is owed; the name of its column."""

    SUPABASE = "owes_supabase"
    CREDITS = "owes_credits"

    @property
    def creditor(self) -> str:
        return self.removeprefix("owes_")


_PUT = (
    f"insert into requests ({', '.join((*COLUMNS, *Debt))}) values {{rows}} "
    f"on conflict (id) do update set {', '.join(f'{name} = excluded.{name}' for name in COLUMNS)}"
)
_VALUES = len(COLUMNS) + len(Debt)
_ROW = f"({', '.join('?' * _VALUES)})"
_MOST_TOGETHER = 32_766 // _VALUES  # rows of a statement; SQLite, as it is built by default, takes so many values
_OWED = "{debt} = 1 and outcome <> 'running' and refused is null"

log = get_logger(__name__)


class Outbox:
    """An SQLite file of one process. `put` never waits; a task of its own commits what has gathered, together.

    What was put is on the disk a few milliseconds later and survives the process from then on. Memory is bounded: where
    the disk takes nothing, the oldest records are dropped, and each is told to `lost`.
    """

    def __init__(self, db: aiosqlite.Connection, *, lost: Callable[[], None]) -> None:
        self._db, self._lost = db, lost
        self._waiting: deque[tuple[RequestRecord, Collection[Debt], asyncio.Future[None]]] = deque()
        self._some = asyncio.Event()
        self._lock = asyncio.Lock()
        self.owing = {debt: asyncio.Event() for debt in Debt}
        self.pending = dict.fromkeys(Debt, 0)
        self.refused = 0
        self.fault: str | None = None

    def put(self, record: RequestRecord, owed_to: Collection[Debt]) -> asyncio.Future[None]:
        """Take a record; a later one of the same id replaces it. The future is done once it is on the disk."""
        written = asyncio.get_running_loop().create_future()
        while len(self._waiting) >= MOST_WAITING:
            self._waiting.popleft()[-1].cancel()
            self._lost()
        self._waiting.append((record, owed_to, written))
        self._some.set()
        return written

    async def owed(self, debt: Debt, *, most: int, characters: int) -> list[RequestRecord]:
        """The oldest records that `debt` waits for: at most so many, and of about so much text, but one if any."""
        self.owing[debt].clear()
        query = f"select * from requests where {_OWED.format(debt=debt)} order by rowid limit ?"
        records: list[RequestRecord] = []
        total = 0
        async with self._lock:
            found = await self._db.execute_fetchall(query, (most,))
        for record in map(from_row, found):
            total += record.characters
            if records and total > characters:
                break
            records.append(record)
        return records

    async def paid(self, debt: Debt, records: Iterable[RequestRecord]) -> None:
        """They have arrived. A record that Supabase has, and nobody waits for, is forgotten here."""
        ids = [(record.id,) for record in records]
        done = f"{Debt.SUPABASE} = 0 and {Debt.CREDITS} is not 1"
        async with self._transaction():
            await self._db.executemany(f"update requests set {debt} = 0 where id = ?", ids)
            await self._db.executemany(f"delete from requests where id = ? and {done}", ids)
        self.pending[debt] -= len(ids)

    async def refuse(self, debt: Debt, record: RequestRecord, reason: str) -> None:
        """It will never be taken, for this reason; it stays here until it is too old to keep."""
        async with self._transaction():
            await self._db.execute("update requests set refused = ? where id = ?", (reason, record.id))
        self.pending[debt] -= 1
        self.refused += 1

    async def forget(self, *, before: str) -> int:
        """Delete what arrived before this time (ISO 8601, UTC) and is not to be paid for; gives how many."""
        async with self._transaction():
            deleted = await self._db.execute(
                f"delete from requests where arrived_at < ? and {Debt.CREDITS} is not 1", (before,)
            )
        await self._count()
        return deleted.rowcount

    async def write(self) -> None:
        """For ever, commit what gathers."""
        while True:
            await self._some.wait()
            try:
                await self.flush()
            except sqlite3.Error as fault:
                self._say(str(fault))
                await asyncio.sleep(RETRY_S)
            else:
                self._say(None)

    async def flush(self) -> None:
        """Commit what has gathered. Raises sqlite3.Error, and keeps it."""
        self._some.clear()
        while self._waiting:
            await self._commit([self._waiting.popleft() for _ in range(min(len(self._waiting), _MOST_TOGETHER))])

    async def _commit(self, batch: Sequence[tuple[RequestRecord, Collection[Debt], asyncio.Future[None]]]) -> None:
        values = [value for record, owed_to, _ in batch for value in _row(record, owed_to)]
        try:
            # One statement is one trip to the connection's thread: an answer's first sound waits for it.
            async with self._lock:
                await self._db.execute(_PUT.format(rows=", ".join([_ROW] * len(batch))), values)
        except BaseException:  # cancelled, too: a record that was not committed waits on
            self._waiting.extendleft(reversed(batch))
            self._some.set()
            raise
        for record, owed_to, written in batch:
            for debt in owed_to if record.outcome is not Outcome.RUNNING else ():
                self.pending[debt] += 1
                self.owing[debt].set()
            if not written.done():
                written.set_result(None)

    async def recover(self) -> int:
        """Take over from a process that ended somehow: what was running then was interrupted. Gives how many were."""
        query = "update requests set outcome = ? where outcome = ?"
        async with self._transaction():
            interrupted = await self._db.execute(query, (Outcome.INTERRUPTED, Outcome.RUNNING))
        await self._count()
        return interrupted.rowcount

    async def _count(self) -> None:
        for debt, owing in self.owing.items():
            query = f"select count(*) from requests where {_OWED.format(debt=debt)}"
            async with self._lock, self._db.execute(query) as counted:
                self.pending[debt] = (await counted.fetchone() or (0,))[0]
            if self.pending[debt]:
                owing.set()
        async with self._lock, self._db.execute("select count(*) from requests where refused is not null") as counted:
            self.refused = (await counted.fetchone() or (0,))[0]

    def _transaction(self) -> AbstractAsyncContextManager[None]:
        return transaction(self._db, self._lock)

    def _say(self, fault: str | None) -> None:
        if fault != self.fault:
            log.error("outbox_fault", reason=fault) if fault else log.info("outbox_mended")
        self.fault = fault


@asynccontextmanager
async def open_outbox(path: Path, *, lost: Callable[[], None]) -> AsyncIterator[Outbox]:
    """The outbox in this file, which is made where it is missing. Raises StartupError: not ours to write."""
    async with AsyncExitStack() as stack:
        try:
            stack.enter_context(closing(_own(path)))
            db = await stack.enter_async_context(connected(path))
            await db.executescript(SCHEMA)
            outbox = Outbox(db, lost=lost)
            if interrupted := await outbox.recover():
                log.warning("requests_interrupted", count=interrupted)
        except (OSError, sqlite3.Error) as error:
            raise StartupError(f"{path}: {error}") from None
        writing = asyncio.create_task(outbox.write(), name="outbox")
        try:
            yield outbox
        finally:
            writing.cancel()
            await asyncio.wait({writing})
            with suppress(sqlite3.Error):
                await outbox.flush()


def _row(record: RequestRecord, owed_to: Collection[Debt]) -> Row:
    return *to_row(record), *(1 if debt in owed_to else None for debt in Debt)


def _own(path: Path) -> sqlite3.Connection:
    """Locked until it is closed, or its process dies: two processes would end each other's requests."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = sqlite3.connect(f"{path}.lock", timeout=0, isolation_level=None)
    try:
        lock.execute("begin exclusive")
    except sqlite3.OperationalError:
        lock.close()
        raise StartupError(f"{path}: another process writes it; give each its own RECORDS_PATH") from None
    return lock
