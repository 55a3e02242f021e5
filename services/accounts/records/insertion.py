"""Insertion of one record into the file: whole, else without its text, else not at all."""

import sqlite3
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from services.accounts.database.files import primary_code
from services.accounts.records.record import Destination, RequestRecord
from services.accounts.records.rows import put, to_row, without_text

_OF_A_ROW = (sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_RANGE)

TOGETHER = 16
"""Most records of one statement. SQLite keeps one prepared statement for each number of them: about 16 KB a record."""

Unwritten = tuple[RequestRecord, Collection[Destination]]
"""A record that is not yet written, and its destinations."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A record that SQLite cannot hold as it is. `written`: it was written without its text and lexicon."""

    record: RequestRecord
    reason: str
    written: bool


def insert_together(db: sqlite3.Connection, batch: Sequence[Unwritten]) -> bool:
    """Insert or update at most TOGETHER records as one transaction of one statement; return whether it was possible.

    Where one of the records is at fault, or there are more, nothing is written. Raises sqlite3.Error for a fault of the
    whole file. A call of SQLite lets other threads run, and may wait 5 ms until they let this one run again: first
    sounds wait for one such call here, for three and one a record in a transaction of `insert`.
    """
    if len(batch) > TOGETHER:
        return False

    def insert_all() -> None:
        values = [value for record, destinations in batch for value in to_row(record, destinations)]
        db.execute(put(len(batch)), values)

    return _fault_of(insert_all) is None


def insert(db: sqlite3.Connection, record: RequestRecord, destinations: Collection[Destination]) -> SetAside | None:
    """Insert or update a record; return it where it had to be changed or left out.

    Raises sqlite3.Error for a fault of the whole file.
    """
    fault = _fault_of(lambda: db.execute(put(), to_row(record, destinations)))
    if fault is None:
        return None
    written = _fault_of(lambda: db.execute(put(), to_row(without_text(record), destinations))) is None
    return SetAside(record, type(fault).__name__, written)


def is_of_a_row(error: Exception) -> bool:
    """Report whether an error concerns the values of one row, so that others can be written or read."""
    if not isinstance(error, sqlite3.Error):
        return not isinstance(error, OSError)
    code = primary_code(error)
    return code is None or code in _OF_A_ROW


def _fault_of(work: Callable[[], object]) -> Exception | None:
    try:
        work()
    except Exception as fault:
        # A row's boundary: a fault of one must not keep the others from the disk.
        if not is_of_a_row(fault):
            raise
        return fault
    return None
