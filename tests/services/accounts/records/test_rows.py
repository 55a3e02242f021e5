import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from services.accounts.records.record import COLUMNS, Destination
from services.accounts.records.rows import SCHEMA, from_row, pending_for, put, size_of, to_row, without_text
from tests.services.accounts.records.conftest import begun, ended


@pytest.fixture
def db():
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.row_factory = sqlite3.Row
        connection.executescript(SCHEMA)
        yield connection


def test_record_is_read_from_its_row_unchanged(db):
    records = [ended("नमस्ते, 'quoted'"), ended(kept=False), begun()]
    for record in records:
        db.execute(put(), to_row(record, ()))
    rows = db.execute("select * from requests order by rowid").fetchall()
    assert [from_row(row) for row in rows] == records


def test_row_is_pending_for_its_destinations_once_its_request_has_ended(db):
    both, credits, running = ended(), ended(), begun()
    for record in (both, running):
        db.execute(put(), to_row(record, tuple(Destination)))
    db.execute(put(), to_row(credits, (Destination.CREDITS,)))

    def pending(destination: Destination) -> list[str]:
        query = f"select id from requests where {pending_for(destination)} order by rowid"
        return [row["id"] for row in db.execute(query)]

    assert pending(Destination.SUPABASE) == [both.id]
    assert pending(Destination.CREDITS) == [both.id, credits.id]
    db.execute("update requests set refused = 'some reason' where id = ?", (both.id,))
    assert pending(Destination.SUPABASE) == []


@pytest.mark.parametrize("column", sorted(set(COLUMNS) - {"ttfb_s", "lexicon", "text", "error_code"}))
def test_row_with_a_value_of_another_type_is_no_record(db, column):
    db.execute(put(), to_row(ended(), ()))
    row = dict(db.execute("select * from requests").fetchone()) | {column: b"\xff"}
    if column in ("stream", "normalize", "chunking"):
        assert getattr(from_row(row), column) is True, "every value of a flag is a truth value"
    else:
        with pytest.raises(ValueError):
            from_row(row)


def test_record_without_text_keeps_everything_else():
    record = replace(ended("Some words."), speaker="\ud800")
    bare = without_text(record)
    assert (bare.text, bare.lexicon, bare.speaker) == (None, None, "\\ud800")
    assert replace(bare, text=record.text, lexicon=record.lexicon, speaker=record.speaker) == record


def test_size_grows_with_the_text_and_with_wide_characters():
    sizes = [size_of(ended(text)) for text in ("", "x" * 1000, "न" * 1000)]
    assert sizes[1] - sizes[0] == 1000 and sizes[2] - sizes[0] == 8000
