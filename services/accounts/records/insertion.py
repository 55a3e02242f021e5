"""Insertion of one record into the file: whole, else without its text, else not at all."""

import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass

from services.accounts.database.files import primary_code
from services.accounts.records.record import Destination, RequestRecord
from services.accounts.records.rows import PUT, Row, to_row, without_text

_OF_A_ROW = (sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_RANGE)


@dataclass(frozen=True, slots=True)
class SetAside:
    """A record that SQLite cannot hold as it is. `written`: it was written without its text and lexicon."""

    record: RequestRecord
    reason: str
    written: bool


def insert(db: sqlite3.Connection, record: RequestRecord, destinations: Collection[Destination]) -> SetAside | None:
    """Insert or update a record; return it where it had to be changed or left out.

    Raises sqlite3.Error for a fault of the whole file.
    """
    fault = _fault_of_put(db, lambda: to_row(record, destinations))
    if fault is None:
        return None
    written = _fault_of_put(db, lambda: to_row(without_text(record), destinations)) is None
    return SetAside(record, type(fault).__name__, written)


def is_of_a_row(error: Exception) -> bool:
    """Report whether an error concerns the values of one row, so that others can be written or read."""
    if not isinstance(error, sqlite3.Error):
        return not isinstance(error, OSError)
    code = primary_code(error)
    return code is None or code in _OF_A_ROW


def _fault_of_put(db: sqlite3.Connection, row: Callable[[], Row]) -> Exception | None:
    try:
        db.execute(PUT, row())
    except Exception as fault:
        # A row's boundary: a fault of one must not keep the others from the disk.
        if not is_of_a_row(fault):
            raise
        return fault
    return None
