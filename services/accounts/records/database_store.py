"""Records straight in PostgreSQL, for containers whose disks die with them. Each batch is one round trip.

Every process writes its own rows. Rows that a process left behind are taken over: what is pending is delivered by
another, and what ran is `interrupted`, once its process has not refreshed them for `takeover_s`.
"""

import json
import math
import time
import uuid
from collections import deque
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import contextmanager

from services.accounts.database import Database, Row
from services.accounts.records.archive import Filter
from services.accounts.records.insertion import SetAside, Unwritten
from services.accounts.records.record import COLUMNS, Destination, Outcome, RequestRecord
from services.accounts.records.recovery import Recovery
from services.accounts.records.rows import ROW_COLUMNS, first_of, from_row, pending_for, to_row, without_text
from shared.errors import StoreUnavailable
from shared.logging import get_logger

REFRESHES = 5
"""Refreshes of this process's rows within the time after which others take them over. Chosen: some may fail."""
_PAGE = 1_000
"""Records read in one statement."""

_ROWS = ", ".join(ROW_COLUMNS)
_UPDATED = ", ".join(f"{name} = excluded.{name}" for name in (*COLUMNS, "writer", "written_at"))
_PUT = (
    f"INSERT INTO request_records ({_ROWS}, writer, written_at) "
    f"SELECT {_ROWS}, $2, $3 FROM jsonb_populate_recordset(null::request_records, $1::text::jsonb) "
    f"ON CONFLICT (id) DO UPDATE SET {_UPDATED}"
)
_IDS = "(SELECT jsonb_array_elements_text($1::text::jsonb))"
_DONE = f"{Destination.SUPABASE} = 0 AND {Destination.CREDITS} IS DISTINCT FROM 1"

log = get_logger(__name__)


class RecordsUnavailable(OSError):
    """The database that holds the records does not answer."""


class DatabaseStore:
    """Rows of `request_records` behind the protocol `RecordStore`."""

    name = "the database"

    def __init__(self, database: Database, *, takeover_s: float) -> None:
        self._database, self._writer = database, uuid.uuid4().hex
        self._takeover_s, self._every_s = takeover_s, takeover_s / REFRESHES
        self.pending = dict.fromkeys(Destination, 0)
        self.refused = 0
        self.recoveries: deque[Recovery] = deque()
        self._refreshed_at = -math.inf  # of the monotonic clock

    async def open(self) -> int:
        """Return 0: rows of dead processes are looked for as soon as the database answers."""
        return 0

    async def close(self) -> None:
        """Do nothing: the database is closed by its own opener."""

    async def check(self) -> None:
        """Refresh the running rows of this process, and take over those of dead ones.

        A process that had no contact with the database for so long takes over nothing until its next check: after an
        outage every row is old, and the living refresh theirs first.
        """
        silent_s = time.monotonic() - self._refreshed_at
        if silent_s < self._every_s:
            return
        with _translated():
            await self._database.execute(
                "UPDATE request_records SET written_at = $2 WHERE outcome = 'running' AND writer = $1",
                self._writer,
                time.time(),
            )
            self._refreshed_at = time.monotonic()
            if silent_s > self._takeover_s:
                return
            query = "UPDATE request_records SET outcome = $2 WHERE outcome = 'running' AND written_at < $1"
            if lost := await self._database.execute(query, self._lost_before, Outcome.INTERRUPTED):
                log.warning("requests_interrupted", count=lost)
        await self._count()

    @property
    def _lost_before(self) -> float:
        """Return the time, in seconds since 1970, before which an unrefreshed row is that of a dead process."""
        return time.time() - self._takeover_s

    async def write(self, batch: Sequence[Unwritten]) -> list[SetAside]:
        await self.check()  # a busy process has no pause in which the outbox would
        newest = {record.id: (record, destinations) for record, destinations in batch}  # a row is written once
        with _translated():
            try:
                await self._put(list(newest.values()))
                aside = []
            except StoreUnavailable:
                raise
            except Exception as fault:  # noqa: BLE001 - of a row's values: each is then written alone
                log.warning("records_written_singly", reason=type(fault).__name__)
                aside = [one for record, owed in newest.values() if (one := await self._put_alone(record, owed))]
        unwritten = {one.record.id for one in aside if not one.written}
        for record, destinations in newest.values():
            if record.outcome is not Outcome.RUNNING and record.id not in unwritten:
                for destination in destinations:
                    self.pending[destination] += 1
        return aside

    async def next_batch(self, destination: Destination, *, most: int, characters: int) -> list[RequestRecord]:
        with _translated():
            rows = await self._database.fetch(
                f"SELECT {_ROWS} FROM request_records WHERE {pending_for(destination)}"
                f" AND (writer = $1 OR written_at < $2) ORDER BY seq LIMIT {most}",
                self._writer,
                self._lost_before,
            )
        records = first_of([record for row in rows if (record := await self._read(row))], characters=characters)
        if not records:
            await self._count()
        return records

    async def delivered(self, destination: Destination, ids: Sequence[str]) -> None:
        with _translated():
            await self._database.execute(
                f"UPDATE request_records SET {destination} = 0 WHERE id IN {_IDS}", json.dumps(ids)
            )
            await self._database.execute(f"DELETE FROM request_records WHERE id IN {_IDS} AND {_DONE}", json.dumps(ids))
        self.pending[destination] = max(0, self.pending[destination] - len(ids))

    async def refuse(self, destination: Destination, id: str, reason: str) -> None:
        with _translated():
            await self._database.execute("UPDATE request_records SET refused = $2 WHERE id = $1", id, reason)
        self.pending[destination] = max(0, self.pending[destination] - 1)
        self.refused += 1

    async def delete_before(self, before: str) -> int:
        with _translated():
            query = f"DELETE FROM request_records WHERE arrived_at < $1 AND {Destination.CREDITS} IS DISTINCT FROM 1"
            return await self._database.execute(query, before)

    async def _put(self, batch: Sequence[Unwritten]) -> None:
        rows = [_as_json(record, destinations) for record, destinations in batch]
        await self._database.execute(_PUT, json.dumps(rows), self._writer, time.time())

    async def _put_alone(self, record: RequestRecord, destinations: Collection[Destination]) -> SetAside | None:
        """Write one record; without its text where the database refuses it, else not at all."""
        reason = ""
        for attempt in (record, without_text(record)):
            try:
                await self._put([(attempt, destinations)])
            except StoreUnavailable:
                raise
            except Exception as fault:  # noqa: BLE001 - a row's boundary: the other rows are written
                reason = reason or type(fault).__name__
            else:
                return SetAside(record, reason, written=True) if reason else None
        return SetAside(record, reason, written=False)

    async def _read(self, row: Row) -> RequestRecord | None:
        """Return the record of a row; None for one that is unreadable, which is refused."""
        try:
            return from_row(row)
        except ValueError:
            with _translated():
                await self._database.execute(
                    "UPDATE request_records SET refused = 'unreadable' WHERE id = $1", row["id"]
                )
            return None

    async def _count(self) -> None:
        """Count the records that this process has to deliver, and those that no process has taken."""
        counts = ", ".join(
            f"count(*) FILTER (WHERE {pending_for(one)} AND (writer = $1 OR written_at < $2)) AS {one}"
            for one in Destination
        )
        with _translated():
            (found,) = await self._database.fetch(
                f"SELECT {counts}, count(*) FILTER (WHERE refused IS NOT NULL) AS refused FROM request_records"
                f" WHERE refused IS NOT NULL OR {' OR '.join(pending_for(one) for one in Destination)}",
                self._writer,
                self._lost_before,
            )
        for destination in Destination:
            self.pending[destination] = found[destination]
        self.refused = found["refused"]


async def read_database(
    database: Database, wanted: Filter, *, newest: int | None = None
) -> AsyncIterator[RequestRecord]:
    """Yield records in the order of their arrival; with `newest`, that many, the newest first."""
    where, values = wanted.clause(first=1)
    order, after = ("DESC", "<") if newest is not None else ("ASC", ">")
    at, left = (None, 0), newest
    while left is None or left > 0:
        page = _PAGE if left is None else min(left, _PAGE)
        n = len(values)
        beyond = f" AND (arrived_at, seq) {after} (${n + 1}, ${n + 2})" if at[0] is not None else ""
        rows = await database.fetch(
            f"SELECT seq, {_ROWS} FROM request_records WHERE {where}{beyond}"
            f" ORDER BY arrived_at {order}, seq {order} LIMIT {page}",
            *values,
            *(at if at[0] is not None else ()),
        )
        for row in rows:
            yield from_row(row)
        if len(rows) < page:
            return
        at, left = (rows[-1]["arrived_at"], rows[-1]["seq"]), None if left is None else left - len(rows)


def _as_json(record: RequestRecord, destinations: Collection[Destination]) -> dict[str, object]:
    row = dict(zip(ROW_COLUMNS, to_row(record, destinations), strict=True))
    return {name: int(value) if isinstance(value, bool) else value for name, value in row.items()}


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except StoreUnavailable as fault:
        raise RecordsUnavailable(fault.message) from fault
