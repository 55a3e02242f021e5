"""Files of records on disks that fail, or from backups that are damaged."""

import sqlite3
from contextlib import closing

import pytest

from services.accounts.database.files import Change
from services.accounts.records import file as module
from services.accounts.records.archive import Filter, read_archive
from services.accounts.records.file import RecordsFile
from services.accounts.records.record import Destination
from tests.services.accounts.records.conftest import ended

TO = (Destination.CREDITS,)


def kept(path) -> set[str]:
    return {record.id for record in read_archive(path, Filter())}


def test_damaged_backup_that_replaces_the_file_is_moved_aside_too(file, records_path):
    """Its index of pending charges is read by a count alone."""
    file.write([(ended(), ())])
    backup = records_path.with_name("backup")
    with closing(sqlite3.connect(backup)) as copy:
        file.ready().backup(copy)
        query = "select (rootpage - 1) * 4096 from sqlite_master where name = 'requests_owed_to_credits'"
        (offset,) = copy.execute(query).fetchone()
    with backup.open("r+b") as damaged:
        damaged.seek(offset)
        damaged.write(b"\xff" * 4096)
    backup.rename(records_path)
    with pytest.raises(sqlite3.DatabaseError, match="malformed"):
        file.ready()
    file.write([(record := ended(), TO)])
    assert [one.change for one in file.recoveries] == [Change.DAMAGED] and file.recoveries[0].kept
    assert record.id in kept(records_path)


def test_lost_file_whose_disk_fails_is_recovered(filled, records_path, monkeypatch):
    """As on a network's disk that was mounted anew: the open file fails for good, the path leads to a new one."""
    file, _, waiting, running = filled
    failing, put = file.ready(), module.insert_together

    def fail_on_the_old_disk(db, batch):
        if db is failing:
            raise sqlite3.OperationalError("disk I/O error")
        return put(db, batch)

    monkeypatch.setattr(module, "insert_together", fail_on_the_old_disk)
    records_path.unlink()
    file.write([(record := ended(), TO)])
    assert kept(records_path) == {waiting.id, running.id, record.id}


def test_file_without_a_write_ahead_log_is_refused(records_path, monkeypatch):
    """Each own write would look like another process's, and none be believed."""
    monkeypatch.setattr(module, "PRAGMAS", ())
    with closing(RecordsFile(records_path)) as file, pytest.raises(sqlite3.OperationalError, match="write-ahead log"):
        file.open()
