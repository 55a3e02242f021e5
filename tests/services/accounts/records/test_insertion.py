import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from services.accounts.records.insertion import SetAside, insert, is_of_a_row
from services.accounts.records.rows import SCHEMA
from tests.services.accounts.records.conftest import ended


@pytest.fixture
def db():
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA)
        yield connection


def ids(db) -> list[tuple[str, str | None]]:
    return db.execute("select id, text from requests").fetchall()


def test_good_record_is_inserted_whole(db):
    record = ended("Some words.")
    assert insert(db, record, ()) is None
    assert ids(db) == [(record.id, "Some words.")]


def test_record_with_unwritable_text_is_inserted_without_it(db):
    record = ended("Hello \ud800")
    assert insert(db, record, ()) == SetAside(record, "UnicodeEncodeError", written=True)
    assert ids(db) == [(record.id, None)]


def test_unwritable_record_is_left_out(db):
    record = replace(ended(), seed=2**70)
    assert insert(db, record, ()) == SetAside(record, "OverflowError", written=False)
    assert ids(db) == []


def test_fault_of_the_file_is_raised(db):
    db.execute("pragma query_only = on")
    with pytest.raises(sqlite3.OperationalError):
        insert(db, ended(), ())


@pytest.mark.parametrize(
    ("code", "of_a_row"),
    [
        (sqlite3.SQLITE_CONSTRAINT, True),
        (sqlite3.SQLITE_TOOBIG, True),
        (sqlite3.SQLITE_FULL, False),
        (sqlite3.SQLITE_CORRUPT, False),
        (None, True),
    ],
)
def test_error_concerns_a_row_or_the_file(code, of_a_row):
    error = sqlite3.DatabaseError("some fault")
    if code is not None:
        error.sqlite_errorcode = code
    assert is_of_a_row(error) is of_a_row
    assert is_of_a_row(ValueError()) and not is_of_a_row(OSError())
