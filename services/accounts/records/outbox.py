"""Records on this machine's disk before anybody else has them. Knows nothing of where they go."""

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from services.accounts.database.files import Change
from services.accounts.records.file import RecordsFile
from services.accounts.records.insertion import SetAside
from services.accounts.records.record import Debt, Outcome, RequestRecord
from services.accounts.records.recovery import Recovery
from services.accounts.records.rows import size_of
from services.background import BackgroundTasks
from shared.errors import StartupError
from shared.logging import get_logger
from shared.metrics import Metrics

MOST_WAITING = 1_000  # records in memory; as many gather only where the disk takes nothing
MOST_WAITING_BYTES = 32 * 2**20  # of memory for them: 80 of the longest texts
TOGETHER = 500  # records of one transaction: some 10 ms on the file's thread
RETRY_S = 0.5  # until a disk that refused is asked again
FAREWELL_S = 5.0  # at the end, for a disk that does not answer
CHECK_EVERY_S = 1.0  # until the file is looked at although nothing is to be written
TOLD_S = 600.0  # for which health names a file that was lost or damaged; log and metric keep it

T = TypeVar("T")

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A record that is not on the disk yet. `size` is in bytes of memory."""

    record: RequestRecord
    owed_to: Collection[Debt]
    written: asyncio.Future[None]
    size: int


class Outbox:
    """An SQLite file of one process. `put` never waits; a task of its own commits what has gathered, together.

    What was put is on the disk a few milliseconds later and survives the process from then on. Memory is bounded: where
    the disk takes nothing, the oldest records are dropped. Whatever was dropped, set aside or lost with its file is
    logged, counted and said in `problems`.
    """

    def __init__(self, file: RecordsFile, metrics: Metrics) -> None:
        self._file, self._metrics = file, metrics
        self._thread = ThreadPoolExecutor(1, "records")
        self._waiting: deque[_Waiting] = deque()
        self._bytes = 0  # of memory, of those that wait
        self._some = asyncio.Event()
        self._set_aside = self._lost = 0
        self._dropping = False  # since the last commit
        self._recovered: tuple[float, str] | None = None  # when (monotonic clock) and what, the last time
        self.owing = {debt: asyncio.Event() for debt in Debt}
        self.fault: str | None = None
        self.late = False  # a request has waited in vain for its record to be written, and nothing was written since
        metrics.records_unwritten.set_function(lambda: self._bytes)
        for change in set(Change) - {Change.WRITTEN}:  # exported as 0, so that the first one is an increase
            metrics.records_file_failures.labels(change)

    @property
    def pending(self) -> dict[Debt, int]:
        """Records that wait to be delivered."""
        return self._file.pending

    @property
    def refused(self) -> int:
        """Records that are never delivered."""
        return self._file.refused

    @property
    def problems(self) -> list[str]:
        """What is wrong with the records, one line each."""
        found = [f"records cannot be written: {self.fault}"] if self.fault else []
        if self.late and not self.fault:
            found.append("records are written late")
        if self._recovered and time.monotonic() - self._recovered[0] < TOLD_S:
            found.append(f"the records' file was {self._recovered[1]} in use, and another was begun")
        counts = {"could not be written as they are": self._set_aside, "were lost, unwritten": self._lost}
        counts["were refused"] = self.refused
        return found + [f"{count} records {what}" for what, count in counts.items() if count]

    def put(self, record: RequestRecord, owed_to: Collection[Debt]) -> asyncio.Future[None]:
        """Take a record; a later one of the same id replaces it. The future is done once it is on the disk."""
        waiting = _Waiting(record, owed_to, asyncio.get_running_loop().create_future(), size_of(record))
        self._bytes += waiting.size
        self._waiting.append(waiting)
        while len(self._waiting) > MOST_WAITING or (self._bytes > MOST_WAITING_BYTES and len(self._waiting) > 1):
            self._drop_oldest()
        self._some.set()
        return waiting.written

    async def owed(self, debt: Debt, *, most: int, characters: int) -> list[RequestRecord]:
        """The oldest records that `debt` waits for: at most so many, and of about so much text, but one if any."""
        self.owing[debt].clear()
        return await self._in_thread(lambda: self._file.owed(debt, most=most, characters=characters))

    async def paid(self, debt: Debt, records: Iterable[RequestRecord]) -> None:
        """They have arrived. A record that Supabase has, and nobody waits for, is forgotten here."""
        ids = [record.id for record in records]
        await self._in_thread(lambda: self._file.paid(debt, ids))

    async def refuse(self, debt: Debt, record: RequestRecord, reason: str) -> None:
        """It will never be taken, for this reason; it stays here until it is too old to keep."""
        await self._in_thread(lambda: self._file.refuse(debt, record.id, reason))

    async def forget(self, *, before: str) -> int:
        """Delete what arrived before this time (ISO 8601, UTC) and is not to be paid for; gives how many."""
        return await self._in_thread(lambda: self._file.forget(before))

    async def open(self) -> None:
        """Raises sqlite3.Error, OSError."""
        if interrupted := await self._in_thread(self._file.open):
            log.warning("requests_interrupted", count=interrupted)
        self._wake()

    async def close(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_S):
                await self._in_thread(self._file.close)
        self._thread.shutdown(wait=False)

    async def write(self) -> None:
        """For ever, commit what gathers, and look after the file."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(CHECK_EVERY_S):
                    await self._some.wait()
            try:
                await self.flush()
            except (sqlite3.Error, OSError) as fault:
                self._say(_reason(fault))
                await asyncio.sleep(RETRY_S)
            else:
                self._say(None)

    async def flush(self) -> None:
        """Commit what has gathered. Raises sqlite3.Error and OSError, and keeps it."""
        self._some.clear()
        if not self._waiting:
            await self._in_thread(self._file.ready)
        while self._waiting:
            await self._commit()

    async def _commit(self) -> None:
        batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), TOGETHER))]
        try:
            aside = await self._in_thread(lambda: self._file.write([(one.record, one.owed_to) for one in batch]))
        except BaseException:  # cancelled, too: a record that was not committed waits on
            self._waiting.extendleft(reversed(batch))
            self._some.set()
            raise
        self._bytes -= sum(one.size for one in batch)
        self.late = self._dropping = False
        for left_out in aside:
            self._tell_aside(left_out)
        for one in batch:
            if not one.written.done():
                one.written.set_result(None)
        self._wake()

    async def _in_thread(self, work: Callable[[], T]) -> T:
        """Every access to the file, one at a time. One that is cancelled still ends, behind its caller's back."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        finally:
            while self._file.recoveries:
                self._tell_recovery(self._file.recoveries.popleft())

    def _wake(self) -> None:
        for debt, owing in self.owing.items():
            if self.pending[debt]:
                owing.set()

    def _drop_oldest(self) -> None:
        oldest = self._waiting.popleft()
        oldest.written.cancel()
        self._bytes -= oldest.size
        if not self._dropping:  # one line for all of them: a full disk would be filled further
            log.error("records_lost", first=oldest.record.id, waiting=len(self._waiting), bytes=self._bytes)
        self._dropping = True
        self._lost += 1
        self._metrics.records_lost.inc()

    def _tell_aside(self, aside: SetAside) -> None:
        record = aside.record
        if record.outcome is Outcome.RUNNING:
            return  # its end is told
        self._set_aside += 1
        self._metrics.records_set_aside.inc()
        log.error(
            "record_set_aside",
            id=record.id,
            key_id=record.key_id,
            reason=aside.reason,
            without_text=aside.written,
            audio_s=record.audio_s,
        )

    def _tell_recovery(self, done: Recovery) -> None:
        self._recovered = time.monotonic(), done.change
        self._metrics.records_file_failures.labels(done.change).inc()
        log.error(
            "records_file_recovered",
            path=str(self._file.path),
            was=done.change,
            kept=done.kept and str(done.kept),
            carried=done.carried,
            owed_lost=done.lost,
        )
        self._wake()

    def _say(self, fault: str | None) -> None:
        if fault != self.fault:
            log.error("outbox_fault", reason=fault) if fault else log.info("outbox_mended")
        self.fault = fault


def _reason(fault: sqlite3.Error | OSError) -> str:
    """What is wrong, without the path: health is for everybody."""
    return (isinstance(fault, OSError) and fault.strerror) or str(fault)


@asynccontextmanager
async def open_outbox(path: Path, metrics: Metrics, background: BackgroundTasks) -> AsyncIterator[Outbox]:
    """The outbox in this file, which is made where it is missing. Raises StartupError: not ours to write."""
    outbox = Outbox(RecordsFile(path), metrics)
    try:
        try:
            await outbox.open()
        except (OSError, sqlite3.Error) as error:
            raise StartupError(f"{path}: {error}") from None
        try:
            async with background.running("records-writer", outbox.write):
                yield outbox
        finally:
            with suppress(sqlite3.Error, OSError):  # TimeoutError is one
                async with asyncio.timeout(FAREWELL_S):
                    await outbox.flush()
    finally:
        await outbox.close()
