"""Reading of the outbox's file by commands, at any time, beside the process that writes it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, fields
from pathlib import Path

from services.accounts.records.insertion import is_of_a_row
from services.accounts.records.record import Outcome, RequestRecord
from services.accounts.records.rows import from_row
from shared.errors import StartupError
from shared.logging import get_logger

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Conditions on records; None sets none.

    `since` and `until` are ISO 8601 times or days, UTC; `until` is excluded.
    """

    request_id: str | None = None
    key_id: str | None = None
    speaker: str | None = None
    outcome: Outcome | None = None
    since: str | None = None
    until: str | None = None

    def clause(self, *, first: int | None = None) -> tuple[str, list[str]]:
        """Return the SQL condition and its values, as `?`, or numbered as `$first` and so on."""
        conditions = {field.name: getattr(self, field.name) for field in fields(self)}
        comparisons = {"since": "arrived_at >=", "until": "arrived_at <"}
        given = {name: value for name, value in conditions.items() if value is not None}
        clauses = [
            f"{comparisons.get(name, f'{name} =')} {'?' if first is None else f'${first + n}'}"
            for n, name in enumerate(given)
        ]
        return " and ".join(clauses) or "true", list(given.values())


def read_archive(path: Path, wanted: Filter, *, newest: int | None = None) -> Iterator[RequestRecord]:
    """Yield records in the order of their arrival; with `newest`, that many, the newest first.

    Raises StartupError.
    """
    if not path.exists():
        raise StartupError(f"{path}: no records here; RECORDS_PATH says where they are")
    where, values = wanted.clause()
    order = "order by arrived_at desc, rowid desc" if newest is not None else "order by arrived_at, rowid"
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            db.row_factory = sqlite3.Row
            query = f"select rowid from requests where {where} {order} limit ?"
            for (rowid,) in db.execute(query, (*values, -1 if newest is None else newest)).fetchall():
                if record := _read(db, rowid):
                    yield record
    except sqlite3.Error as error:
        raise StartupError(f"{path}: {error}") from None


def _read(db: sqlite3.Connection, rowid: int) -> RequestRecord | None:
    """Return a record; None for a row that was deleted meanwhile, or that is unreadable, which is logged."""
    try:
        row = db.execute("select * from requests where rowid = ?", (rowid,)).fetchone()
        return None if row is None else from_row(row)
    except (ValueError, sqlite3.OperationalError) as error:
        if not is_of_a_row(error):
            raise
        log.warning("record_unreadable", rowid=rowid)
        return None
