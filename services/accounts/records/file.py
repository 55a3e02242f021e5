"""The file of records: SQLite with one writer. Synchronous, for one thread, which the outbox provides.

A row that SQLite cannot hold is set aside alone. A file that is deleted, replaced or damaged in use is recovered
(`recovery.py`): when `write` returns, its records are in the file at the path, or in its open log.
"""

import sqlite3
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from services.accounts.database.files import Change, DatabaseFiles, identity_of, is_damage, side
from services.accounts.database.sqlite_connection import PRAGMAS
from services.accounts.records.insertion import SetAside, Unwritten, insert, insert_together, is_of_a_row
from services.accounts.records.pending import PendingRecords
from services.accounts.records.record import Destination, Outcome, RequestRecord
from services.accounts.records.recovery import Recovery, absorb, columns_fit, is_whole, move_aside, save
from services.accounts.records.rows import BARE_BYTES, SCHEMA, first_of, from_row, pending_for, size_of

CHECKPOINT_BYTES = 4 * 2**20
"""Bytes written between two checkpoints: about SQLite's own 1,000 pages."""
INDEX_BYTES = 16 * 1024
"""Bytes that a row adds to the write-ahead log beside itself: a page of each index."""
ATTEMPTS = 3
"""Attempts to write a batch into a file that changes meanwhile."""
MOVE_EVERY_S = 10.0
"""Seconds at least between two damaged files that are moved aside, which bounds their number on a bad disk."""


class RecordsFile:
    """SQLite file of records. Every method raises sqlite3.Error or OSError while the file fails; it may be repeated."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.pending = dict.fromkeys(Destination, 0)
        self.refused = 0
        self.recoveries: deque[Recovery] = deque()  # until the outbox has reported them
        self._db: sqlite3.Connection | None = None
        self._files = DatabaseFiles(path)
        self._damaged = False
        self._moved_at = -MOVE_EVERY_S  # of the monotonic clock
        self._lock: sqlite3.Connection | None = None
        self._locked: tuple[int, int] | None = None
        self._undelivered = PendingRecords()
        self._begun: Recovery | None = None  # a recovery whose rows are not yet written again
        self._unchecked = 0  # bytes written since the last checkpoint

    def open(self) -> int:
        """Open or create the file; mark running requests of a dead process interrupted and return their number."""
        db = self._connect()
        query = "update requests set outcome = ? where outcome = ?"
        with self._noting_damage():
            interrupted = db.execute(query, (Outcome.INTERRUPTED, Outcome.RUNNING)).rowcount
        self._count(db)
        return interrupted

    def close(self) -> None:
        for connection in (self._db, self._lock):
            if connection:
                connection.close()
        self._db = self._lock = None

    def ready(self) -> sqlite3.Connection:
        """Return a connection to the file at the path; recover first where that is another, or damaged."""
        if self._db is None:  # a recovery has failed halfway
            return self._finish()
        change = self._files.change()
        if change is Change.WRITTEN:
            seen = DatabaseFiles(self.path)  # before the check, so that a later write is another change
            self._damaged = self._damaged or not is_whole(self.path)
            self._files, change = seen, None
        if self._damaged and change not in (Change.DELETED, Change.REPLACED):
            change = Change.DAMAGED
        if change:
            return self._recover(self._db, change)
        return self._finish() if self._begun else self._db

    def write(self, batch: Sequence[Unwritten]) -> list[SetAside]:
        """Insert or update these records in one transaction; return those that SQLite cannot hold as they are."""
        for attempt in range(ATTEMPTS):
            # At first a check after the write suffices: records written to another file are written again.
            db = self._db if self._db and not (attempt or self._damaged or self._begun) else self.ready()
            try:
                aside = self._put(db, batch)
            except sqlite3.DatabaseError:
                if self._damaged or self._files.change():  # SQLite itself refuses to write some lost files
                    continue
                raise
            if self._files.main_change() is None:
                self._count_written(batch, aside)
                if attempt:  # rows of the first one may have been carried over
                    self._count(db)
                self._checkpoint_after(sum(size_of(record) + INDEX_BYTES for record, _ in batch))
                return aside
            self.ready()
        raise sqlite3.OperationalError("the file changes faster than it can be written")

    def next_batch(self, destination: Destination, *, most: int, characters: int) -> list[RequestRecord]:
        """Return the oldest records pending for `destination`: at most `most`, with about `characters` of text.

        At least one is returned where any is pending. An unreadable row is refused, so that later rows are delivered.
        """
        db = self.ready()
        with self._noting_damage():
            query = f"select rowid from requests where {pending_for(destination)} order by rowid limit ?"
            rows = (self._read(db, rowid) for (rowid,) in db.execute(query, (most,)).fetchall())
            records = first_of((record for record in rows if record), characters=characters)
        if not records:
            self._count(db)
        return records

    def delivered(self, destination: Destination, ids: Sequence[str]) -> None:
        """Mark as delivered; delete the rows that Supabase has and that have no destination left."""
        values = [(id,) for id in ids]
        done = f"{Destination.SUPABASE} = 0 and {Destination.CREDITS} is not 1"
        db = self.ready()
        with self._transaction(db):
            db.executemany(f"update requests set {destination} = 0 where id = ?", values)
            db.executemany(f"delete from requests where id = ? and {done}", values)
        self.pending[destination] -= len(ids)
        self._undelivered.delivered(destination, ids)

    def refuse(self, destination: Destination, id: str, reason: str) -> None:
        """Mark a record as refused for good, with the reason. It stays until it is too old to keep."""
        db = self.ready()
        with self._transaction(db):
            db.execute("update requests set refused = ? where id = ?", (reason, id))
        self.pending[destination] -= 1
        self.refused += 1
        self._undelivered.delivered(destination, [id])

    def delete_before(self, before: str) -> int:
        """Delete rows that arrived before this time (ISO 8601, UTC), except unsettled ones; return their number."""
        db = self.ready()
        with self._transaction(db):
            query = f"delete from requests where arrived_at < ? and {Destination.CREDITS} is not 1"
            deleted = db.execute(query, (before,)).rowcount
        self._count(db)
        self._checkpoint_after(deleted * (BARE_BYTES + INDEX_BYTES))
        return deleted

    def _connect(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._own()
        self.path.touch(mode=0o600)
        db = sqlite3.connect(self.path, isolation_level=None)
        try:
            db.row_factory = sqlite3.Row
            for pragma in (*PRAGMAS, "wal_autocheckpoint = 0"):  # a write of the main file is then another process's
                db.execute(f"PRAGMA {pragma}")
            if db.execute("PRAGMA journal_mode").fetchone()[0] != "wal":  # which SQLite does not report as an error
                raise sqlite3.OperationalError("SQLite cannot keep a write-ahead log beside the file")
            db.executescript(SCHEMA)
            if not columns_fit(db):
                raise sqlite3.DatabaseError("its table `requests` lacks columns")
            absorb(db, self.path)
        except BaseException:  # whatever failed, a file that was not prepared is closed
            db.close()
            raise
        self._db, self._files, self._damaged = db, DatabaseFiles(self.path), False
        return db

    def _own(self) -> None:
        """Lock the path until `close` or the end of the process; a second writer would end the first one's requests."""
        path = side(self.path, ".lock")
        if self._lock and identity_of(path) == self._locked:
            return
        if self._lock:
            self._lock.close()
        self._lock = None
        lock = sqlite3.connect(path, timeout=0, isolation_level=None)
        try:
            lock.execute("begin exclusive")
        except sqlite3.OperationalError:
            lock.close()
            raise sqlite3.OperationalError("another process writes it; give each its own RECORDS_PATH") from None
        self._lock, self._locked = lock, identity_of(path)

    def _reconnect(self) -> sqlite3.Connection:
        """Connect to the file at the path; move it aside where it is no file of records."""
        try:
            db = self._connect()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and not is_damage(error):
                raise
            self._check_pace()
            self.recoveries.append(Recovery(Change.DAMAGED, move_aside(self.path), carried=0, lost=0))
            self._moved_at = time.monotonic()
            db = self._connect()
        self._count(db)
        return db

    def _recover(self, db: sqlite3.Connection, change: Change) -> sqlite3.Connection:
        if change in (Change.DAMAGED, Change.EMPTIED):
            self._check_pace()
        pending = sum(self.pending.values())
        with self._noting_damage():
            carried, kept = save(db, self._files, change)
        if kept:
            self._moved_at = time.monotonic()
        self._db, self._begun = None, Recovery(change, kept, carried, lost=pending)
        db.close()
        return self._finish()

    def _finish(self) -> sqlite3.Connection:
        """Open the next file, and write pending records that the last one may have lost."""
        db = self._db or self._reconnect()
        if begun := self._begun:
            self._put(db, self._undelivered.all())
            self._count(db)
            self._begun = None
            self.recoveries.append(replace(begun, lost=max(0, begun.lost - sum(self.pending.values()))))
        return db

    def _check_pace(self) -> None:
        """Raise OSError where a damaged file was moved aside less than MOVE_EVERY_S ago."""
        if time.monotonic() - self._moved_at < MOVE_EVERY_S:
            raise OSError("the file is damaged again; another is begun in some seconds")

    def _put(self, db: sqlite3.Connection, batch: Sequence[Unwritten]) -> list[SetAside]:
        with self._noting_damage():
            if not batch or insert_together(db, batch):
                return []
        with self._transaction(db):
            return [aside for record, destinations in batch if (aside := insert(db, record, destinations))]

    def _read(self, db: sqlite3.Connection, rowid: int) -> RequestRecord | None:
        """Return a record; None for a row that is unreadable, which is refused, or that was deleted since."""
        try:
            row = db.execute("select * from requests where rowid = ?", (rowid,)).fetchone()
            if row is not None:
                return from_row(row)
        except (ValueError, sqlite3.OperationalError) as error:
            if not is_of_a_row(error):
                raise
            db.execute("update requests set refused = 'unreadable' where rowid = ?", (rowid,))
        self._count(db)
        return None

    def _count_written(self, batch: Sequence[Unwritten], aside: Sequence[SetAside]) -> None:
        unwritten = {one.record.id for one in aside if not one.written}
        for record, destinations in batch:
            if record.outcome is Outcome.RUNNING or record.id in unwritten:
                continue
            for destination in destinations:
                self.pending[destination] += 1
            self._undelivered.add(record, destinations)

    def _count(self, db: sqlite3.Connection) -> None:
        with self._noting_damage():
            for destination in Destination:
                query = f"select count(*) from requests where {pending_for(destination)}"
                (self.pending[destination],) = db.execute(query).fetchone()
            (self.refused,) = db.execute("select count(*) from requests where refused is not null").fetchone()

    def _checkpoint_after(self, written: int) -> None:
        """Move the write-ahead log into the file every CHECKPOINT_BYTES. A failure is repeated with the next one."""
        self._unchecked += written
        if self._db and self._unchecked >= CHECKPOINT_BYTES:
            self._unchecked = 0
            with suppress(sqlite3.Error), self._noting_damage():
                self._db.execute("pragma wal_checkpoint(passive)")
            self._files.note()

    @contextmanager
    def _transaction(self, db: sqlite3.Connection) -> Iterator[None]:
        with self._noting_damage():
            db.execute("begin immediate")
            try:
                yield
                db.execute("commit")
            finally:
                if db.in_transaction:
                    with suppress(sqlite3.Error):
                        db.execute("rollback")

    @contextmanager
    def _noting_damage(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            self._damaged = self._damaged or is_damage(error)
            raise
