"""A record as a row of SQLite, and back."""

import json
import sqlite3
from operator import attrgetter

from services.records.record import COLUMNS, Outcome, RequestRecord

Row = tuple[str | int | float | None, ...]

_FLAGS = ("stream", "normalize", "chunking")
_values = attrgetter(*COLUMNS)
_LEXICON = COLUMNS.index("lexicon")


def to_row(record: RequestRecord) -> Row:
    """Its values in the order of COLUMNS."""
    row = list(_values(record))
    if record.lexicon is not None:
        row[_LEXICON] = json.dumps(record.lexicon, ensure_ascii=False)
    return tuple(row)


def from_row(row: sqlite3.Row) -> RequestRecord:
    values = {name: row[name] for name in COLUMNS}
    values |= {name: bool(values[name]) for name in _FLAGS}
    lexicon = values["lexicon"]
    return RequestRecord(
        **values | {"outcome": Outcome(values["outcome"]), "lexicon": None if lexicon is None else json.loads(lexicon)}
    )
