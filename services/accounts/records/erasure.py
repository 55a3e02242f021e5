"""Erasure of the records of a key or a request, in the file of records or in PostgreSQL.

A record that is not charged yet stays for its settlement, without text, lexicon and request id.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from services.accounts.database import Database
from services.accounts.database.sqlite_connection import BUSY_MS
from services.accounts.records.archive import Filter
from services.accounts.records.record import Destination
from shared.errors import StartupError

_NOTHING = sha256(b"").hexdigest()
_UNPAID = f"{Destination.CREDITS} = 1 AND refused IS NULL"
_OTHER = f"({Destination.CREDITS} IS NULL OR {Destination.CREDITS} <> 1 OR refused IS NOT NULL)"
_STRIPPED = f"text = null, lexicon = null, request_id = 'erased', text_sha256 = '{_NOTHING}'"


@dataclass(frozen=True, slots=True)
class Erased:
    """Numbers of records that were deleted, and of those that stay without their text until they are charged."""

    deleted: int
    stripped: int


def erase_from_file(path: Path, wanted: Filter) -> Erased:
    """Erase from the file of records, also while the service writes it; deleted text is overwritten.

    Raises StartupError.
    """
    if not path.exists():
        raise StartupError(f"{path}: no records here; RECORDS_PATH says where they are")
    where, values = wanted.clause()
    try:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=BUSY_MS / 1000)) as db:
            db.execute("PRAGMA secure_delete = ON")
            db.execute("BEGIN IMMEDIATE")
            stripped = db.execute(f"UPDATE requests SET {_STRIPPED} WHERE {where} AND {_UNPAID}", values).rowcount
            deleted = db.execute(f"DELETE FROM requests WHERE {where} AND {_OTHER}", values).rowcount
            db.execute("COMMIT")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise StartupError(f"{path}: {error}") from None
    return Erased(deleted, stripped)


async def erase_from_database(database: Database, wanted: Filter) -> Erased:
    """Erase from `request_records`, in one transaction. Raises StoreUnavailable."""
    where, values = wanted.clause(first=1)
    async with database.transaction() as work:
        stripped = await work.execute(f"UPDATE request_records SET {_STRIPPED} WHERE {where} AND {_UNPAID}", *values)
        deleted = await work.execute(f"DELETE FROM request_records WHERE {where} AND {_OTHER}", *values)
    return Erased(deleted, stripped)
