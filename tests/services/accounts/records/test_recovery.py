"""The file of records is deleted, replaced, damaged or moved while it is in use."""

import os
import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import replace

import pytest

from services.accounts.database.files import Change, DatabaseFiles
from services.accounts.records import file as module
from services.accounts.records import pending
from services.accounts.records.archive import Filter, read_archive
from services.accounts.records.file import RecordsFile
from services.accounts.records.record import Destination, Outcome
from services.accounts.records.recovery import save
from tests.services.accounts.records.conftest import ended

TO = (Destination.CREDITS,)


def checkpoint(path) -> None:
    """Move the write-ahead log into the file, as another process."""
    with closing(sqlite3.connect(path)) as other:
        other.execute("pragma wal_checkpoint(truncate)")


def kept(path) -> list:
    return list(read_archive(path, Filter()))


def delete(path) -> None:
    path.unlink()


def delete_all(path) -> None:
    for one in path.parent.glob(f"{path.name}*"):
        one.unlink()


def delete_folder(path) -> None:
    shutil.rmtree(path.parent)


def move_away(path) -> None:
    path.rename(path.with_name("elsewhere"))


def replace_by_an_empty_one(path) -> None:
    other = path.with_name("other")
    with closing(sqlite3.connect(other)) as db:
        db.execute("create table requests_of_others (id text)")
    other.rename(path)


def garble(path) -> None:
    with path.open("r+b") as damaged:
        damaged.write(os.urandom(path.stat().st_size))


def garble_a_page(path) -> None:
    with path.open("r+b") as damaged:
        damaged.seek(path.stat().st_size // 4096 // 2 * 4096)
        damaged.write(os.urandom(4096))


def truncate(path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def empty(path) -> None:
    os.truncate(path, 0)


def replace_by_rubbish(path) -> None:
    path.with_name("other").write_bytes(os.urandom(10_000))
    path.with_name("other").rename(path)


GONE = [delete, delete_all, delete_folder, move_away, replace_by_an_empty_one]
DAMAGED = [garble, garble_a_page, truncate, empty, replace_by_rubbish]


@pytest.mark.parametrize("blow", [*GONE, *DAMAGED])
def test_pending_records_are_carried_over_and_recording_goes_on(filled, records_path, blow):
    file, _, waiting, running = filled
    blow(records_path)
    file.write([(record := ended(), TO)])
    assert {one.id for one in kept(records_path)} == {waiting.id, running.id, record.id}
    assert file.pending[Destination.CREDITS] == 2
    assert file.next_batch(Destination.CREDITS, most=10, characters=10**9) == [waiting, record]
    change, where = file.recoveries[-1].change, [one.kept for one in file.recoveries]
    assert change in (
        (Change.DAMAGED, Change.EMPTIED, Change.REPLACED) if blow in DAMAGED else (Change.DELETED, Change.REPLACED)
    )
    assert any(where) is (blow in DAMAGED) and all(one is None or one.exists() for one in where)
    assert file.recoveries[-1].lost == 0 and not list(records_path.parent.glob("*.carried*"))
    end = replace(running, outcome=Outcome.OK)
    file.write([(end, TO)])
    assert end in kept(records_path)


@pytest.mark.parametrize("blow", [garble_a_page, truncate])
def test_damaged_file_is_kept_under_another_name(filled, records_path, blow):
    file, history, *_ = filled
    blow(records_path)
    file.write([(ended(), ())])
    aside = file.recoveries[-1].kept
    assert aside.name.startswith(f"{records_path.name}.damaged-")
    whole = aside.read_bytes() + aside.with_name(f"{aside.name}-wal").read_bytes()
    assert sum(record.id.encode() in whole for record in history) > len(history) / 3


@pytest.mark.parametrize("blow", [garble, truncate, empty])
def test_pending_records_that_a_damaged_file_lost_are_written_again(file, records_path, blow):
    """Neither the log nor a cache holds any of it."""
    records = [ended() for _ in range(20)]
    file.write([(record, TO) for record in records])
    checkpoint(records_path)
    file.delivered(Destination.CREDITS, [record.id for record in records[:5]])
    file.refuse(Destination.CREDITS, records[5].id, "SQLSTATE 22000")
    checkpoint(records_path)
    blow(records_path)
    assert file.next_batch(Destination.CREDITS, most=100, characters=10**9) == records[6:]
    assert file.recoveries[-1].lost == 0 and file.pending[Destination.CREDITS] == 14


def test_records_that_memory_did_not_hold_are_counted_as_lost(file, records_path, monkeypatch):
    monkeypatch.setattr(pending, "MAX_BYTES", 500_000)
    records = [ended("x" * 100_000) for _ in range(10)]
    file.write([(record, TO) for record in records])
    checkpoint(records_path)
    empty(records_path)
    file.ready()
    assert file.next_batch(Destination.CREDITS, most=100, characters=10**9) == records[:4]
    assert file.recoveries[-1].lost == 6


def full_disk(*_) -> None:
    raise sqlite3.OperationalError("disk is full")


def test_recovery_that_fails_halfway_is_finished(filled, records_path, monkeypatch):
    file, _, waiting, _ = filled
    garble(records_path)
    with monkeypatch.context() as patched:
        for name in ("insert", "insert_together"):
            patched.setattr(module, name, full_disk)
        for _ in range(3):
            with pytest.raises(sqlite3.OperationalError):
                file.write([(ended(), ())])
        assert not file.recoveries
    file.write([(ended(), ())])
    assert file.next_batch(Destination.CREDITS, most=10, characters=10**9) == [waiting] and len(file.recoveries) == 1


@pytest.mark.parametrize("blow", [*GONE, *DAMAGED])
def test_change_is_noticed_although_nothing_is_written(filled, records_path, blow):
    file, _, waiting, _ = filled
    blow(records_path)
    file.ready()
    assert len(file.recoveries) >= 1 and waiting in kept(records_path)


@pytest.mark.parametrize("suffix", ["-wal", "-shm"])
def test_deleted_log_is_saved(filled, records_path, suffix):
    """Records in the log alone would be lost with the process."""
    file, history, waiting, running = filled
    records_path.with_name(records_path.name + suffix).unlink()
    file.ready()
    assert file.recoveries[-1].change is Change.LOG_LOST
    assert kept(records_path) == [*history, waiting, running]


def test_backup_that_replaces_the_file_is_used(filled, records_path):
    file, history, waiting, running = filled
    backup = records_path.with_name("backup")
    with closing(sqlite3.connect(backup)) as copy:
        file.ready().backup(copy)
    later = [replace(running, outcome=Outcome.FAILED), ended("Later.")]
    file.write([(record, TO) for record in later])
    backup.rename(records_path)
    file.ready()
    assert file.recoveries[-1].change is Change.REPLACED and file.recoveries[-1].kept is None
    assert sorted(kept(records_path), key=lambda one: one.id) == sorted(
        [*history, waiting, *later], key=lambda one: one.id
    )
    assert file.pending[Destination.CREDITS] == 3


def test_write_of_another_process_is_no_damage(filled, records_path):
    """A vacuum even makes the file smaller."""
    file, history, waiting, running = filled
    with closing(sqlite3.connect(records_path, isolation_level=None)) as other:
        other.execute("delete from requests where rowid <= 200")
        other.execute("vacuum")
        other.execute("pragma wal_checkpoint(truncate)")
    file.write([(record := ended(), ())])
    assert not file.recoveries and kept(records_path) == [*history[200:], waiting, running, record]


def test_name_that_cannot_be_opened_is_tried_until_it_can(filled, records_path):
    file, _, waiting, _ = filled
    records_path.unlink()
    records_path.mkdir()
    for _ in range(3):
        with pytest.raises((sqlite3.OperationalError, OSError)):
            file.write([(ended(), ())])
    records_path.rmdir()
    file.write([(record := ended(), ())])
    assert record in kept(records_path) and file.next_batch(Destination.CREDITS, most=10, characters=10**9) == [waiting]


def test_carried_records_are_read_after_the_process_died_in_between(filled, records_path):
    file, _, waiting, running = filled
    db, files = file.ready(), DatabaseFiles(records_path)
    records_path.unlink()
    save(db, files, Change.DELETED)
    file.close()
    with closing(RecordsFile(records_path)) as next_one:
        assert next_one.open() == 1
        assert next_one.next_batch(Destination.CREDITS, most=10, characters=10**9) == [
            waiting,
            replace(running, outcome=Outcome.INTERRUPTED),
        ]


def test_damaged_files_are_moved_aside_at_a_bounded_rate(filled, records_path, monkeypatch):
    file, *_ = filled
    garble(records_path)
    file.ready()
    checkpoint(records_path)
    file.ready()
    garble(records_path)
    later = time.time() + 1  # the clock of files has steps
    os.utime(records_path, (later, later))
    for _ in range(5):
        with pytest.raises(OSError, match="damaged again"):
            file.write([(ended(), ())])
    assert len(list(records_path.parent.glob("*.damaged-*Z"))) == 1
    monkeypatch.setattr(module, "MOVE_EVERY_S", 0)
    file.write([(ended(), ())])
    assert len(list(records_path.parent.glob("*.damaged-*Z"))) == 2


def test_deleted_lock_is_taken_again(filled, records_path):
    """Without it another process could take the name."""
    file, *_ = filled
    shutil.rmtree(records_path.parent)
    file.ready()
    with closing(RecordsFile(records_path)) as other, pytest.raises(sqlite3.OperationalError, match="another process"):
        other.open()
