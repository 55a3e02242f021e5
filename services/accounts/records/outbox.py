"""The outbox: records on this machine's disk until they are delivered. Leaves delivery to other modules."""

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Collection, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

from services.accounts.database.files import Change
from services.accounts.records.insertion import SetAside
from services.accounts.records.record import Destination, Outcome, RequestRecord
from services.accounts.records.recovery import Recovery
from services.accounts.records.rows import size_of
from services.accounts.records.store import CLOSE_S, RecordStore
from services.background import BackgroundTasks
from shared.errors import StartupError
from shared.logging import get_logger
from shared.metrics import Metrics

MAX_WAITING = 1_000
"""Records that wait in memory. So many gather only where the disk takes nothing."""
MAX_WAITING_BYTES = 32 * 2**20
"""Bytes of memory for them: 80 of the longest texts."""
BATCH = 500
"""Records of one transaction, which take the file's thread some 10 ms."""
RETRY_S = 0.5
"""Seconds until a failed write is repeated."""
CHECK_EVERY_S = 1.0
"""Seconds until the file is checked where nothing is written."""
REPORTED_S = 600.0
"""Seconds for which health names a lost or damaged file; log and metric keep it."""

T = TypeVar("T")

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A record that is not yet on the disk. `size` is in bytes of memory."""

    record: RequestRecord
    destinations: Collection[Destination]
    written: asyncio.Future[None]
    size: int


class Outbox:
    """Records in an SQLite file of this process. `put` never waits; one background task commits them in batches.

    A record is on the disk a few milliseconds after `put`, and survives the process from then on. Memory is bounded:
    where the disk takes nothing, the oldest records are dropped. A record that is dropped, set aside or lost with its
    file is logged, counted and named in `problems`.
    """

    def __init__(self, store: RecordStore, metrics: Metrics) -> None:
        self._store, self._metrics = store, metrics
        self._waiting: deque[_Waiting] = deque()
        self._bytes = 0  # of memory, of those that wait
        self._gathered = asyncio.Event()
        self._set_aside = self._lost = 0
        self._dropping = False  # since the last commit
        self._recovered: tuple[float, str] | None = None  # when (monotonic clock) and what, the last time
        self.due = {destination: asyncio.Event() for destination in Destination}
        """Events by destination, each set while records are pending for it."""
        self.fault: str | None = None
        self.late = False
        """Whether a request has waited in vain for its record to be written, and nothing was written since."""
        metrics.records_unwritten.set_function(lambda: self._bytes)
        for change in set(Change) - {Change.WRITTEN}:  # exported as 0, so that the first one is an increase
            metrics.records_file_failures.labels(change)

    @property
    def pending(self) -> dict[Destination, int]:
        """Return the number of undelivered records by destination."""
        return self._store.pending

    @property
    def unwritten(self) -> int:
        """Return the number of records that wait in memory."""
        return len(self._waiting)

    @property
    def refused(self) -> int:
        """Return the number of records that a destination refused for good."""
        return self._store.refused

    @property
    def problems(self) -> list[str]:
        """Return the faults of writing, one line each."""
        found = [f"records cannot be written: {self.fault}"] if self.fault else []
        if self.late and not self.fault:
            found.append("records are written late")
        if self._recovered and time.monotonic() - self._recovered[0] < REPORTED_S:
            found.append(f"the records' file was {self._recovered[1]} in use, and another was begun")
        counts = {"could not be written as they are": self._set_aside, "were lost, unwritten": self._lost}
        counts["were refused"] = self.refused
        return found + [f"{count} records {what}" for what, count in counts.items() if count]

    def put(self, record: RequestRecord, destinations: Collection[Destination]) -> asyncio.Future[None]:
        """Take a record for these destinations; return a future that is done once it is on the disk.

        A later record of the same id replaces it.
        """
        waiting = _Waiting(record, destinations, asyncio.get_running_loop().create_future(), size_of(record))
        self._bytes += waiting.size
        self._waiting.append(waiting)
        while len(self._waiting) > MAX_WAITING or (self._bytes > MAX_WAITING_BYTES and len(self._waiting) > 1):
            self._drop_oldest()
        self._gathered.set()
        return waiting.written

    async def next_batch(self, destination: Destination, *, most: int, characters: int) -> list[RequestRecord]:
        """Return the oldest records pending for `destination`: at most `most`, with about `characters` of text.

        At least one is returned where any is pending.
        """
        self.due[destination].clear()
        return await self._reported(self._store.next_batch(destination, most=most, characters=characters))

    async def delivered(self, destination: Destination, records: Iterable[RequestRecord]) -> None:
        """Mark as delivered; delete records with no destination left."""
        ids = [record.id for record in records]
        await self._reported(self._store.delivered(destination, ids))

    async def refuse(self, destination: Destination, record: RequestRecord, reason: str) -> None:
        """Mark as refused for good, with the reason. The record stays until it is too old to keep."""
        await self._reported(self._store.refuse(destination, record.id, reason))

    async def delete_before(self, *, before: str) -> int:
        """Delete records that arrived before this time (ISO 8601, UTC), except unsettled ones; return their number."""
        return await self._reported(self._store.delete_before(before))

    async def open(self) -> None:
        """Open the file. Raises sqlite3.Error, OSError."""
        if interrupted := await self._reported(self._store.open()):
            log.warning("requests_interrupted", count=interrupted)
        self._wake()

    async def close(self) -> None:
        await self._store.close()

    async def write(self) -> None:
        """Commit records as they gather, and check the file, until cancelled."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(CHECK_EVERY_S):
                    await self._gathered.wait()
            try:
                await self.flush()
            except (sqlite3.Error, OSError) as fault:
                self._note_fault(_reason(fault))
                await asyncio.sleep(RETRY_S)
            else:
                self._note_fault(None)

    async def flush(self) -> None:
        """Commit the waiting records. Where it raises (sqlite3.Error, OSError) they go on waiting."""
        self._gathered.clear()
        if not self._waiting:
            await self._reported(self._store.check())
            self._wake()
        while self._waiting:
            await self._commit()

    async def _commit(self) -> None:
        batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), BATCH))]
        try:
            aside = await self._reported(self._store.write([(one.record, one.destinations) for one in batch]))
        except BaseException:  # cancelled, too: a record that was not committed waits on
            self._waiting.extendleft(reversed(batch))
            self._gathered.set()
            raise
        self._bytes -= sum(one.size for one in batch)
        self.late = self._dropping = False
        for left_out in aside:
            self._report_aside(left_out)
        for one in batch:
            if not one.written.done():
                one.written.set_result(None)
        self._wake()

    async def _reported(self, work: Awaitable[T]) -> T:
        """Await work of the store, and report the recoveries that it took."""
        try:
            return await work
        finally:
            while self._store.recoveries:
                self._report_recovery(self._store.recoveries.popleft())

    def _wake(self) -> None:
        for destination, due in self.due.items():
            if self.pending[destination]:
                due.set()

    def _drop_oldest(self) -> None:
        oldest = self._waiting.popleft()
        oldest.written.cancel()
        self._bytes -= oldest.size
        if not self._dropping:  # one line for all of them: a full disk would be filled further
            log.error("records_lost", first=oldest.record.id, waiting=len(self._waiting), bytes=self._bytes)
        self._dropping = True
        self._lost += 1
        self._metrics.records_lost.inc()

    def _report_aside(self, aside: SetAside) -> None:
        record = aside.record
        if record.outcome is Outcome.RUNNING:
            return  # the record of its end is reported
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

    def _report_recovery(self, done: Recovery) -> None:
        self._recovered = time.monotonic(), done.change
        self._metrics.records_file_failures.labels(done.change).inc()
        log.error(
            "records_file_recovered",
            path=self._store.name,
            was=done.change,
            kept=done.kept and str(done.kept),
            carried=done.carried,
            owed_lost=done.lost,
        )
        self._wake()

    def _note_fault(self, fault: str | None) -> None:
        if fault != self.fault:
            log.error("outbox_fault", reason=fault) if fault else log.info("outbox_mended")
        self.fault = fault


def _reason(fault: sqlite3.Error | OSError) -> str:
    """Return the fault without the path: health is public."""
    return (isinstance(fault, OSError) and fault.strerror) or str(fault)


@asynccontextmanager
async def open_outbox(store: RecordStore, metrics: Metrics, background: BackgroundTasks) -> AsyncIterator[Outbox]:
    """Open the outbox in this store. Raises StartupError: it cannot be written."""
    outbox = Outbox(store, metrics)
    try:
        try:
            await outbox.open()
        except (OSError, sqlite3.Error) as error:
            raise StartupError(f"{store.name}: {error}") from None
        try:
            async with background.running("records-writer", outbox.write):
                yield outbox
        finally:
            with suppress(sqlite3.Error, OSError):  # TimeoutError is one
                async with asyncio.timeout(CLOSE_S):
                    await outbox.flush()
    finally:
        await outbox.close()
