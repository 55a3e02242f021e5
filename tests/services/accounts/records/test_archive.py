import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from services.accounts.records.archive import Filter, read_archive
from services.accounts.records.file import RecordsFile
from services.accounts.records.record import Outcome
from shared.errors import StartupError
from tests.services.accounts.records.conftest import ended

FIRST, SECOND, THIRD = (
    replace(ended(key_id=f"key-{day}", request_id=f"request-{day}"), arrived_at=f"2026-11-0{day}T12:00:00.000+00:00")
    for day in (1, 2, 3)
)


@pytest.fixture
def path(records_path):
    """A file with three records, written out of order, the second of which failed."""
    with closing(RecordsFile(records_path)) as file:
        file.open()
        file.write([(THIRD, ()), (FIRST, ()), (replace(SECOND, outcome=Outcome.FAILED), ())])
    return records_path


@pytest.mark.parametrize(
    ("conditions", "days"),
    [
        ({}, "123"),
        ({"request_id": "request-2"}, "2"),
        ({"key_id": "key-3"}, "3"),
        ({"key_id": "key-3", "request_id": "request-2"}, ""),
        ({"outcome": Outcome.OK}, "13"),
        ({"speaker": "nobody"}, ""),
        ({"since": "2026-11-02"}, "23"),
        ({"until": "2026-11-02"}, "1"),
        ({"since": "2026-11-02", "until": "2026-11-03"}, "2"),
    ],
)
def test_records_that_meet_all_conditions_are_read_by_arrival(path, conditions, days):
    assert [record.key_id for record in read_archive(path, Filter(**conditions))] == [f"key-{day}" for day in days]


def test_newest_records_are_read_newest_first(path):
    assert [record.key_id for record in read_archive(path, Filter(), newest=2)] == ["key-3", "key-2"]


def test_unreadable_row_is_skipped_and_logged(path, capsys):
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("update requests set lexicon = '{' where id = ?", (FIRST.id,))
    assert [record.key_id for record in read_archive(path, Filter())] == ["key-2", "key-3"]
    assert "record_unreadable" in capsys.readouterr().out


def test_missing_or_wrong_file_is_named(tmp_path):
    wrong = tmp_path / "wrong.sqlite"
    wrong.write_text("not a database, and long enough to look like one" * 100)
    for path in (tmp_path / "missing.sqlite", wrong):
        with pytest.raises(StartupError, match=str(path)):
            list(read_archive(path, Filter()))
