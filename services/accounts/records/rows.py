"""Conversion of records to rows of SQLite and back; the SQL of the table."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields, replace
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Any

from services.accounts.records.record import COLUMNS, Destination, Outcome, RequestRecord

Row = tuple[str | int | float | None, ...]

SCHEMA = Path(__file__).with_name("schema.sql").read_text()
ROW_COLUMNS = (*COLUMNS, *Destination)

BARE_BYTES = 2048
"""Bytes of memory of a record without its text and lexicon (measured: 1.7 KB)."""
CHARACTER_BYTES = 8
"""Most bytes of a character: 4 in the string, and 4 in the UTF-8 that CPython keeps beside it once it was bound."""

_FLAGS = ("stream", "normalize", "chunking")
_TYPES: dict[str, Any] = {field.name: field.type for field in fields(RequestRecord)} | {"lexicon": dict | None}
_values = attrgetter(*COLUMNS)
_LEXICON = COLUMNS.index("lexicon")


@cache
def put(rows: int = 1) -> str:
    """Return the SQL that inserts or updates so many rows, with one parameter for each of their values."""
    row = f"({', '.join('?' * len(ROW_COLUMNS))})"
    return (
        f"insert into requests ({', '.join(ROW_COLUMNS)}) values {', '.join([row] * rows)} "
        f"on conflict (id) do update set {', '.join(f'{name} = excluded.{name}' for name in COLUMNS)}"
    )


def pending_for(destination: Destination) -> str:
    """Return the SQL condition of the rows that wait for delivery to `destination`."""
    return f"{destination} = 1 and outcome <> 'running' and refused is null"


def to_row(record: RequestRecord, destinations: Collection[Destination]) -> Row:
    """Return the values in the order of ROW_COLUMNS: 1 for each of the destinations, None for others."""
    row = list(_values(record))
    if record.lexicon is not None:
        row[_LEXICON] = json.dumps(record.lexicon, ensure_ascii=False)
    return *row, *(1 if destination in destinations else None for destination in Destination)


def from_row(row: sqlite3.Row | Mapping[str, Any]) -> RequestRecord:
    """Return the record of a row. Raises ValueError for a row that is none, in a damaged file for instance."""
    values = {name: row[name] for name in COLUMNS}
    values |= {name: bool(values[name]) for name in _FLAGS}
    values["outcome"] = Outcome(values["outcome"])
    if values["lexicon"] is not None:
        values["lexicon"] = json.loads(str(values["lexicon"]))
    if wrong := [name for name, kind in _TYPES.items() if not isinstance(values[name], kind)]:
        raise ValueError(f"{', '.join(wrong)}: not of its type")
    return RequestRecord(**values)


def first_of(records: Iterable[RequestRecord], *, characters: int) -> list[RequestRecord]:
    """Return the first records, at least one, with about this many characters of text together; read no further."""
    batch: list[RequestRecord] = []
    total = 0
    for record in records:
        total += record.characters
        if batch and total > characters:
            break
        batch.append(record)
    return batch


def without_text(record: RequestRecord) -> RequestRecord:
    """Return the record without text, lexicon and characters that UTF-8 lacks, which SQLite always takes."""
    names = {name: value for name in COLUMNS if type(value := getattr(record, name)) is str}
    changed: dict[str, Any] = {
        name: value.encode("utf-8", "backslashreplace").decode() for name, value in names.items()
    }
    return replace(record, **changed | {"text": None, "lexicon": None})


def size_of(record: RequestRecord) -> int:
    """Return the most bytes of memory that a record takes until it is written."""
    words = (word for entry in (record.lexicon or {}).items() for word in entry)
    return BARE_BYTES + sum(_size(word) for word in (record.text, *words) if isinstance(word, str))


def _size(word: str) -> int:
    return len(word) * (1 if word.isascii() else CHARACTER_BYTES)
