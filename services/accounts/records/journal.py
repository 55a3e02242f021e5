"""The journal: a record of every request, from its beginning to its end. Leaves payment to other modules."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from core.request_state import CancelReason, RequestState
from services.accounts.database import Database
from services.accounts.records.database_store import DatabaseStore
from services.accounts.records.delivery import DeliveryWorker, DestinationUnavailable, Receiver
from services.accounts.records.outbox import Outbox, open_outbox
from services.accounts.records.record import Destination, Measures, Outcome, RequestRecord
from services.accounts.records.store import FileStore, RecordStore
from services.background import BackgroundTasks, Work
from shared.config import Settings
from shared.errors import ClientStalled, RequestError, ServiceError, StartupError
from shared.logging import get_logger
from shared.metrics import Metrics
from shared.store_settings import RecordKind, RecordStoreKind

if TYPE_CHECKING:
    from services.accounts.records.supabase import Supabase

WRITTEN_S = 0.2
"""Seconds that an answer's first sound, and its end, wait at most until its record is on the disk."""
RETENTION_EVERY_S = 3600.0
"""Seconds between two deletions of old records."""
CLOSE_S = 5.0
"""Seconds for the last deliveries when the journal closes."""

log = get_logger(__name__)


class Entry:
    """A running request in the journal. Its measures are read from its state at its end."""

    def __init__(self, begun: RequestRecord, request: RequestState, *, kept: bool) -> None:
        self._begun, self._request, self._text, self._kept = begun, request, [request.utterance.text], kept
        self.written: Callable[[], Awaitable[None]] = _at_once
        """Wait until the beginning is on the disk, so that no sound is sent without a record."""

    @property
    def id(self) -> str:
        """Return the id of the record, which is unique."""
        return self._begun.id

    def add(self, text: str) -> None:
        """Add text that follows the request's own."""
        self._text.append(text)

    def ended(self, outcome: Outcome, error_code: str | None = None) -> RequestRecord:
        """Return the record of the request as it is now."""
        measures = Measures.of(self._request, now=time.perf_counter())
        return self._begun.ended(outcome, error_code, measures, text="".join(self._text), kept=self._kept)


@dataclass(frozen=True, slots=True)
class JournalState:
    """Counts of records by state: `pending` ones wait for delivery; `refused` ones are never delivered."""

    store: str
    pending: int
    refused: int


class Journal:
    """Enter requests into the outbox. Without an outbox nothing is kept."""

    def __init__(
        self, kind: RecordKind, outbox: Outbox | None = None, workers: tuple[DeliveryWorker, ...] = (), local: str = ""
    ) -> None:
        self._kind, self._outbox, self._workers = kind, outbox, workers
        self._local = local
        self._destinations = tuple(worker.destination for worker in workers)

    @asynccontextmanager
    async def entry(
        self, request: RequestState, key_id: str, *, model_version: str, without: Collection[Destination] = ()
    ) -> AsyncIterator[Entry]:
        """Record a request that runs as long as this context is open, for all destinations but those in `without`.

        A clean end waits, at most WRITTEN_S, until the record is on the disk, so that a whole answer has a record.
        """
        kept = self._kind is RecordKind.FULL
        begun = RequestRecord.begun(request, kept=kept, key_id=key_id, model_version=model_version)
        entry = Entry(begun, request, kept=kept)
        if self._outbox is None:
            yield entry
            return
        destinations = [one for one in self._destinations if one not in without]
        entry.written = partial(_written, self._outbox, self._outbox.put(begun, destinations))
        try:
            yield entry
        except BaseException as error:  # cancellation included: a request has a record however it ended
            self._outbox.put(entry.ended(*_outcome(error, request.cancel_reason)), destinations)
            raise
        await _written(self._outbox, self._outbox.put(entry.ended(Outcome.OK), destinations))

    @property
    def state(self) -> JournalState:
        if self._outbox is None:
            return JournalState("off", 0, 0)
        store = "supabase" if Destination.SUPABASE in self._destinations else self._local
        return JournalState(store, sum(self._outbox.pending.values()), self._outbox.refused)

    @property
    def delivery_problems(self) -> list[str]:
        """Return the unavailable destinations, one line each."""
        return [
            f"{worker.destination.label}: away ({worker.unavailable})" for worker in self._workers if worker.unavailable
        ]

    @property
    def write_problems(self) -> list[str]:
        """Return the faults of the outbox, one line each."""
        return self._outbox.problems if self._outbox else []


async def _at_once() -> None:
    """Wait for nothing, where nothing is recorded."""


async def _written(outbox: Outbox, written: asyncio.Future[None]) -> None:
    """Wait until a record is on the disk, at most WRITTEN_S.

    Once a request has waited in vain no other waits, until something is written again: a disk that takes nothing would
    cost every request that time.
    """
    if not outbox.late and not written.done():
        await asyncio.wait({written}, timeout=WRITTEN_S)
        outbox.late = outbox.late or not written.done()


def _outcome(error: BaseException, reason: CancelReason) -> tuple[Outcome, str | None]:
    """Return the outcome and the error code of a request that `error` ended; `reason` is that of a cancellation."""
    match error:
        case asyncio.CancelledError():
            return Outcome.INTERRUPTED if reason is CancelReason.STOPPED else Outcome.CLIENT_LEFT, None
        case ClientStalled():
            return Outcome.STALLED, None
        case RequestError():
            return Outcome.REFUSED, error.code
        case ServiceError():
            return Outcome.FAILED, error.code
    return Outcome.FAILED, ServiceError.code


@asynccontextmanager
async def open_journal(
    settings: Settings,
    database: Database,
    receivers: Mapping[Destination, Receiver],
    metrics: Metrics,
    background: BackgroundTasks,
) -> AsyncIterator[Journal]:
    """Open the journal of these settings and deliver to `receivers`, and to Supabase where the settings name it.

    Raises StartupError.
    """
    if settings.records is RecordKind.OFF:
        yield Journal(settings.records)
        return
    async with AsyncExitStack() as stack:
        supabase = await open_destination(settings, stack)
        outbox = await stack.enter_async_context(open_outbox(_store(settings, database), metrics, background))
        first: dict[Destination, Receiver] = {Destination.SUPABASE: supabase} if supabase else {}
        destinations = (first | dict(receivers)).items()
        workers = tuple(DeliveryWorker(outbox, destination, to, metrics) for destination, to in destinations)
        metrics.outbox_pending.set_function(lambda: sum(outbox.pending.values()))
        stack.push_async_callback(_deliver_last, outbox, workers)
        tasks: dict[str, Work] = {f"delivery-{worker.destination.label}": worker.run for worker in workers}
        if settings.records_days:
            tasks["retention"] = partial(_delete_old, timedelta(days=settings.records_days), outbox, supabase)
        for name, work in tasks.items():
            await stack.enter_async_context(background.running(name, work))
        local = "local" if settings.records_store is RecordStoreKind.FILE else "database"
        yield Journal(settings.records, outbox, workers, local)


def _store(settings: Settings, database: Database) -> RecordStore:
    """Return the store that the settings name. Raises StartupError: it would need PostgreSQL."""
    if settings.records_store is RecordStoreKind.FILE:
        return FileStore(settings.records_path)
    if database.dialect != "postgres":
        raise StartupError("setting RECORDS_STORE: `database` needs DATABASE_URL=postgresql://…")
    return DatabaseStore(database, takeover_s=settings.records_takeover_s)


async def _deliver_last(outbox: Outbox, workers: Sequence[DeliveryWorker]) -> None:
    """Deliver the pending records, within CLOSE_S. Log how many are left: in memory they are lost, else they wait."""
    with suppress(TimeoutError, sqlite3.Error, OSError):
        async with asyncio.timeout(CLOSE_S):
            await outbox.flush()
            await asyncio.gather(*(worker.deliver_all() for worker in workers))
    if outbox.unwritten or any(outbox.pending.values()):
        pending = {destination.label: count for destination, count in outbox.pending.items()}
        log.warning("records_pending_at_exit", unwritten=outbox.unwritten, **pending)


async def open_destination(settings: Settings, stack: AsyncExitStack) -> "Supabase | None":
    """Open Supabase where the settings name it. Raises StartupError."""
    if settings.supabase_url is None:
        return None
    if settings.supabase_key is None:
        raise StartupError("setting SUPABASE_KEY: missing; SUPABASE_URL is set")
    try:
        open_supabase = await asyncio.to_thread(_import_supabase)
    except ImportError:
        raise StartupError("setting SUPABASE_URL: needs pip install 'veena3-tts[supabase]'") from None
    return await stack.enter_async_context(
        open_supabase(settings.supabase_url, settings.supabase_key.get_secret_value())
    )


def _import_supabase() -> "Callable[[str, str], AbstractAsyncContextManager[Supabase]]":
    from services.accounts.records.supabase import open_supabase  # takes more than a second

    return open_supabase


async def _delete_old(age: timedelta, outbox: Outbox, supabase: "Supabase | None") -> None:
    """Delete records older than `age`, in the outbox and in Supabase, until cancelled."""
    while True:
        before = (datetime.now(UTC) - age).isoformat(timespec="milliseconds")
        try:
            if deleted := await outbox.delete_before(before=before):
                log.info("records_forgotten", count=deleted)
            if supabase:
                await supabase.delete_before(before=before)
        except (sqlite3.Error, OSError, DestinationUnavailable) as reason:
            log.warning("retention_postponed", reason=str(reason))
        await asyncio.sleep(RETENTION_EVERY_S)
