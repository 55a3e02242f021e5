"""Every request that is performed, in the outbox from its beginning to its end. Knows nothing of HTTP or engines."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from core.request_state import RequestState
from services.accounts.caller import Caller
from services.accounts.credits.gate import Till
from services.accounts.credits.ledger import Ledger
from services.accounts.database import Database
from services.accounts.records.delivery import DestinationAway, Drain
from services.accounts.records.outbox import Outbox, open_outbox
from services.accounts.records.record import Debt, Measures, Outcome, RequestRecord
from services.background import BackgroundTasks, Work
from shared.config import RecordKind, Settings
from shared.deadline import Deadline
from shared.errors import ClientStalled, RequestError, ServiceError, StartupError
from shared.logging import get_logger
from shared.metrics import Metrics

if TYPE_CHECKING:
    from services.accounts.records.supabase import Supabase

WRITTEN_S = 0.2  # an answer's first sound, and its end, wait at most so long until its record is on the disk
TIDY_EVERY_S = 3600.0
FAREWELL_S = 5.0  # at the end, for what is still owed

log = get_logger(__name__)


class Entry:
    """A request that runs. What it came to is read from its state at its end."""

    def __init__(self, begun: RequestRecord, request: RequestState, *, kept: bool, till: Till | None) -> None:
        self._begun, self._request, self._text = begun, request, [request.utterance.text]
        self._kept, self._till = kept, till
        self.entered: Callable[[], Awaitable[None]] = _at_once
        """Wait until its beginning is on the disk: who has heard anything has a record."""

    async def add(self, text: str, deadline: Deadline) -> None:
        """Text that follows, if it can be paid for. Raises as `Journal.entry` does."""
        if self._till:
            await self._till.hold_more(self._begun, len(text), deadline)
        self._text.append(text)

    def ended(self, outcome: Outcome, error_code: str | None = None) -> RequestRecord:
        measures = Measures.of(self._request, now=time.perf_counter())
        return self._begun.ended(outcome, error_code, measures, text="".join(self._text), kept=self._kept)


@dataclass(frozen=True, slots=True)
class JournalState:
    """How the records are doing. `pending` wait to be delivered; `refused` are those that never will be."""

    store: str
    pending: int
    refused: int
    problems: tuple[str, ...]


class Journal:
    """Where requests are entered; without an outbox, into nothing."""

    def __init__(
        self, kind: RecordKind, outbox: Outbox | None = None, drains: tuple[Drain, ...] = (), till: Till | None = None
    ) -> None:
        self._kind, self._outbox, self._drains, self._till = kind, outbox, drains, till
        self._debts = tuple(drain.debt for drain in drains)

    @asynccontextmanager
    async def entry(self, request: RequestState, caller: Caller, *, model_version: str) -> AsyncIterator[Entry]:
        """A request that runs as long as this context is open.

        A clean end waits, at most WRITTEN_S, until the record is on the disk: who has a whole answer has a record.
        Raises InsufficientCredits and StoreUnavailable, where a caller pays.
        """
        kept = self._kind is RecordKind.FULL
        begun = RequestRecord.begun(request, kept=kept, key_id=caller.key_id, model_version=model_version)
        till = None if caller.anonymous else self._till
        entry = Entry(begun, request, kept=kept, till=till)
        if self._outbox is None:
            yield entry
            return
        debts = [debt for debt in self._debts if till or debt is not Debt.CREDITS]
        entry.entered = partial(_written, self._outbox, self._outbox.put(begun, debts))
        try:
            if till:
                await till.hold(begun, request.arrival.deadline)
            yield entry
        except BaseException as error:  # cancelled, too: a request has a record however it ended
            self._outbox.put(entry.ended(*_outcome(error)), debts)
            raise
        await _written(self._outbox, self._outbox.put(entry.ended(Outcome.OK), debts))

    @property
    def state(self) -> JournalState:
        if self._outbox is None:
            return JournalState("off", 0, 0, ())
        problems = [f"{drain.debt.creditor}: away ({drain.away})" for drain in self._drains if drain.away]
        if self._till and self._till.away:
            problems.append(f"credits: no holds ({self._till.away})")
        problems += self._outbox.problems
        store = "supabase" if Debt.SUPABASE in self._debts else "local"
        return JournalState(store, sum(self._outbox.pending.values()), self._outbox.refused, tuple(problems))


async def _at_once() -> None:
    """Nothing is recorded."""


async def _written(outbox: Outbox, written: asyncio.Future[None]) -> None:
    """Wait until a record is on the disk, at most WRITTEN_S.

    Once a request has waited in vain no other waits, until something is written again: a disk that takes nothing would
    cost every listener that time.
    """
    if not outbox.late and not written.done():
        await asyncio.wait({written}, timeout=WRITTEN_S)
        outbox.late = outbox.late or not written.done()


def _outcome(error: BaseException) -> tuple[Outcome, str | None]:
    match error:
        case asyncio.CancelledError():
            return Outcome.CLIENT_LEFT, None
        case ClientStalled():
            return Outcome.STALLED, None
        case RequestError():
            return Outcome.REFUSED, error.code
        case ServiceError():
            return Outcome.FAILED, error.code
    return Outcome.FAILED, ServiceError.code


@asynccontextmanager
async def open_journal(
    settings: Settings, database: Database, metrics: Metrics, background: BackgroundTasks
) -> AsyncIterator[Journal]:
    """The journal that the settings ask for, with its deliveries running. Raises StartupError."""
    if settings.records is RecordKind.OFF:
        if settings.credits:
            raise StartupError("setting CREDITS: needs RECORDS=full or hash, for what was spent is settled from them")
        yield Journal(settings.records)
        return
    async with AsyncExitStack() as stack:
        supabase = await _open_supabase(settings, stack)
        till = Till(Ledger(database), settings, metrics) if settings.credits else None
        outbox = await stack.enter_async_context(open_outbox(settings.records_path, metrics, background))
        destinations = {Debt.SUPABASE: supabase, Debt.CREDITS: till}
        drains = tuple(Drain(outbox, debt, to, metrics) for debt, to in destinations.items() if to)
        metrics.outbox_pending.set_function(lambda: sum(outbox.pending.values()))
        if till:
            stack.push_async_callback(till.close)
        stack.push_async_callback(_deliver_last, outbox, drains)
        tasks: dict[str, Work] = {f"delivery-{drain.debt.creditor}": drain.run for drain in drains}
        if settings.records_days:
            tasks["retention"] = partial(_keep_for, timedelta(days=settings.records_days), outbox, supabase)
        if till:
            tasks["credit-expiry"] = till.tidy
        for name, work in tasks.items():
            await stack.enter_async_context(background.running(name, work))
        yield Journal(settings.records, outbox, drains, till)


async def _deliver_last(outbox: Outbox, drains: Sequence[Drain]) -> None:
    """Deliver what is still owed, within FAREWELL_S."""
    with suppress(TimeoutError, sqlite3.Error, OSError):
        async with asyncio.timeout(FAREWELL_S):
            await outbox.flush()
            await asyncio.gather(*(drain.empty() for drain in drains))


async def _open_supabase(settings: Settings, stack: AsyncExitStack) -> "Supabase | None":
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


async def _keep_for(age: timedelta, outbox: Outbox, supabase: "Supabase | None") -> None:
    """For ever, delete what is older, here and there."""
    while True:
        before = (datetime.now(UTC) - age).isoformat(timespec="milliseconds")
        try:
            if deleted := await outbox.forget(before=before):
                log.info("records_forgotten", count=deleted)
            if supabase:
                await supabase.forget(before=before)
        except (sqlite3.Error, OSError, DestinationAway) as reason:
            log.warning("retention_postponed", reason=str(reason))
        await asyncio.sleep(TIDY_EVERY_S)
