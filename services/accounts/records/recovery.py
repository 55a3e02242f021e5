"""Recovery of a file of records that was deleted, replaced or damaged while it was open.

Pending records and running requests are read through the open connection, which keeps its file whatever happens to the
path, and carried over in a file beside. Other records are lost with a deleted file, but for those in its log, which is
kept under a `.lost-…` name; a damaged file is kept whole under a `.damaged-…` name.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.accounts.database.files import SIDE_FILES, Change, DatabaseFiles, is_damage, set_aside, side
from services.accounts.records.record import Destination
from services.accounts.records.rows import ROW_COLUMNS, SCHEMA, from_row, pending_for
from shared.logging import get_logger

log = get_logger(__name__)

RUNNING_DAYS = 1
"""Days after which a running request is no longer carried over; its end is recorded all the same."""
_CARRIED = ".carried"
_COPIED = ", ".join(ROW_COLUMNS)


@dataclass(frozen=True, slots=True)
class Recovery:
    """Result of a recovery: `kept` is the path of a damaged file, `lost` the number of pending rows left in it."""

    change: Change
    kept: Path | None
    carried: int
    lost: int


def is_whole(path: Path) -> bool:
    """Check the whole file as another process would read it. Raises sqlite3.Error where it cannot be read now."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        try:
            return [tuple(row) for row in db.execute("pragma quick_check(1)")] == [("ok",)] and columns_fit(db)
        except sqlite3.DatabaseError as error:
            if is_damage(error):
                return False
            raise


def columns_fit(db: sqlite3.Connection) -> bool:
    """Report whether the table exists with every column: a file of another kind may be good SQLite, too."""
    found = {row[1] for row in db.execute("pragma table_info(requests)")}
    return found.issuperset((*ROW_COLUMNS, "refused"))


def save(db: sqlite3.Connection, files: DatabaseFiles, change: Change) -> tuple[int, Path | None]:
    """Carry over pending and running rows, and clear the path; return their number, and the path of a damaged file.

    Raises sqlite3.Error and OSError, and can then be called again. `absorb` takes the rows into the next file.
    """
    if change is Change.LOG_LOST:
        busy, *_ = db.execute("pragma wal_checkpoint(truncate)").fetchone()
        if busy:
            raise sqlite3.OperationalError("the write-ahead log was deleted, and a reader keeps it from being saved")
        return 0, None
    files.path.parent.mkdir(parents=True, exist_ok=True)
    carried = _carry(db, files.path)
    if change in (Change.DAMAGED, Change.EMPTIED):
        return carried, move_aside(files.path)
    for suffix in SIDE_FILES:  # of the lost file; SQLite would apply them to the next
        if files.is_ours(suffix):
            with suppress(FileNotFoundError):
                log.warning("records_log_set_aside", path=str(set_aside(side(files.path, suffix))))
    return carried, None


def move_aside(path: Path) -> Path:
    """Rename the file and its side files, so that they are kept; return the new path."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    kept = side(path, f".damaged-{stamp}")
    for suffix in ("", *SIDE_FILES):
        with suppress(FileNotFoundError):
            side(path, suffix).rename(side(kept, suffix))
    return kept


def absorb(db: sqlite3.Connection, path: Path) -> None:
    """Insert the rows carried over from an earlier file at this path, also after the process died in between."""
    beside = side(path, _CARRIED)
    if not beside.exists():
        return
    db.execute("attach ? as carried", (str(beside),))
    try:
        db.execute(f"insert or replace into requests ({_COPIED}) select {_COPIED} from carried.requests")
    finally:
        db.execute("detach carried")
    beside.unlink()


def _carry(db: sqlite3.Connection, path: Path) -> int:
    with closing(sqlite3.connect(side(path, _CARRIED), isolation_level=None)) as beside:
        beside.executescript(SCHEMA)
        beside.execute("begin")
        put = f"insert or replace into requests ({_COPIED}) values ({', '.join('?' * len(ROW_COLUMNS))})"
        beside.executemany(put, map(tuple, _salvaged(db)))
        carried: int = beside.execute("select count(*) from requests").fetchone()[0]
        beside.execute("commit")
    return carried


def _salvaged(db: sqlite3.Connection) -> Iterator[sqlite3.Row]:
    """Yield every readable row that is to be carried over."""
    lately = (datetime.now(UTC) - timedelta(days=RUNNING_DAYS)).isoformat()
    wanted = [pending_for(destination) for destination in Destination]
    for condition in (*wanted, f"outcome = 'running' and arrived_at > '{lately}'"):
        with suppress(sqlite3.DatabaseError):
            for (rowid,) in db.execute(f"select rowid from requests where {condition}").fetchall():
                if row := _read(db, rowid):
                    yield row


def _read(db: sqlite3.Connection, rowid: int) -> sqlite3.Row | None:
    with suppress(sqlite3.DatabaseError, ValueError):
        row: sqlite3.Row | None = db.execute(f"select {_COPIED} from requests where rowid = ?", (rowid,)).fetchone()
        if row is not None:
            from_row(row)
        return row
    return None
