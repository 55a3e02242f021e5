"""The file of records is deleted, replaced, damaged or locked away while it is in use."""

import os
import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import replace

import pytest

from services.accounts.database.files import Change
from services.accounts.records import file as module
from services.accounts.records import pending as owed
from services.accounts.records.archive import Filter, read_archive
from services.accounts.records.file import RecordsFile
from services.accounts.records.record import Debt, Outcome
from services.accounts.records.recovery import save
from tests.services.accounts.records.conftest import begun, ended

OWED = (Debt.CREDITS,)


@pytest.fixture
def file(records_path):
    with closing(RecordsFile(records_path)) as one:
        one.open()
        yield one


@pytest.fixture
def filled(file):
    """A file of some pages: history, a record that is owed and one whose request runs."""
    history = [ended("नमस्ते " * 50) for _ in range(300)]
    file.write([(record, ()) for record in history])
    file._db.execute("pragma wal_checkpoint(truncate)")
    file._files.note()
    owed, running = ended("This is owed."), begun("This runs.")
    file.write([(owed, OWED), (running, OWED)])
    return file, history, owed, running


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
def test_what_is_owed_is_carried_over_and_records_go_on(filled, records_path, blow):
    file, _, owed, running = filled
    blow(records_path)
    file.write([(record := ended(), OWED)])
    assert {one.id for one in kept(records_path)} == {owed.id, running.id, record.id}
    assert file.pending[Debt.CREDITS] == 2
    assert file.owed(Debt.CREDITS, most=10, characters=10**9) == [owed, record]
    change, where = file.recoveries[-1].change, [one.kept for one in file.recoveries]
    assert change in (
        (Change.DAMAGED, Change.EMPTIED, Change.REPLACED) if blow in DAMAGED else (Change.DELETED, Change.REPLACED)
    )
    assert any(where) is (blow in DAMAGED) and all(one is None or one.exists() for one in where)
    assert file.recoveries[-1].lost == 0 and not list(records_path.parent.glob("*.carried*"))
    end = replace(running, outcome=Outcome.OK)
    file.write([(end, OWED)])
    assert end in kept(records_path)


@pytest.mark.parametrize("blow", [garble_a_page, truncate])
def test_a_damaged_file_keeps_everything_beside(filled, records_path, blow):
    file, history, *_ = filled
    blow(records_path)
    file.write([(ended(), ())])
    aside = file.recoveries[-1].kept
    assert aside.name.startswith(f"{records_path.name}.damaged-")
    whole = aside.read_bytes() + aside.with_name(f"{aside.name}-wal").read_bytes()
    assert sum(record.id.encode() in whole for record in history) > len(history) / 3


@pytest.mark.parametrize("blow", [garble, truncate, empty])
def test_what_a_damaged_file_does_not_give_back_is_written_again(file, records_path, blow):
    """Nothing of it is in the log or in a cache any more."""
    records = [ended() for _ in range(20)]
    file.write([(record, OWED) for record in records])
    with closing(sqlite3.connect(records_path)) as stranger:
        stranger.execute("pragma wal_checkpoint(truncate)")
    file.paid(Debt.CREDITS, [record.id for record in records[:5]])
    file.refuse(Debt.CREDITS, records[5].id, "SQLSTATE 22000")
    with closing(sqlite3.connect(records_path)) as stranger:
        stranger.execute("pragma wal_checkpoint(truncate)")
    blow(records_path)
    assert file.owed(Debt.CREDITS, most=100, characters=10**9) == records[6:]
    assert file.recoveries[-1].lost == 0 and file.pending[Debt.CREDITS] == 14


def test_memory_for_what_is_owed_is_bounded_and_the_rest_is_counted(file, records_path, monkeypatch):
    monkeypatch.setattr(owed, "MOST_BYTES", 500_000)
    records = [ended("x" * 100_000) for _ in range(10)]
    file.write([(record, OWED) for record in records])
    assert file._owed._bytes <= 500_000 and len(file._owed.all()) == 4
    with closing(sqlite3.connect(records_path)) as stranger:
        stranger.execute("pragma wal_checkpoint(truncate)")
    empty(records_path)
    file.ready()
    assert len(file.owed(Debt.CREDITS, most=100, characters=10**9)) + file.recoveries[-1].lost == 10
    file.paid(Debt.CREDITS, [record.id for record in records])
    assert file._owed._bytes == 0


def test_a_recovery_that_fails_halfway_is_finished(filled, records_path, monkeypatch):
    file, _, owed_one, _ = filled
    garble(records_path)
    with monkeypatch.context() as patched:
        patched.setattr(RecordsFile, "_put", lambda *_: (_ for _ in ()).throw(sqlite3.OperationalError("disk is full")))
        for _ in range(3):
            with pytest.raises(sqlite3.OperationalError):
                file.write([(ended(), ())])
        assert not file.recoveries
    file.write([(ended(), ())])
    assert file.owed(Debt.CREDITS, most=10, characters=10**9) == [owed_one] and len(file.recoveries) == 1


@pytest.mark.parametrize("blow", [*GONE, *DAMAGED])
def test_it_is_noticed_although_nothing_is_written(filled, records_path, blow):
    file, _, owed, _ = filled
    blow(records_path)
    file.ready()
    assert len(file.recoveries) >= 1 and owed in kept(records_path)


@pytest.mark.parametrize("suffix", ["-wal", "-shm"])
def test_a_log_that_is_deleted_is_saved(filled, records_path, suffix):
    """What is in it alone would be gone with the process."""
    file, history, owed, running = filled
    records_path.with_name(records_path.name + suffix).unlink()
    file.ready()
    assert file.recoveries[-1].change is Change.LOG_LOST
    assert kept(records_path) == [*history, owed, running]


def test_a_backup_that_is_put_in_its_place_is_taken(filled, records_path):
    file, history, owed, running = filled
    backup = records_path.with_name("backup")
    with closing(sqlite3.connect(backup)) as copy:
        file._db.backup(copy)
    later = [replace(running, outcome=Outcome.FAILED), ended("Later.")]
    file.write([(record, OWED) for record in later])
    backup.rename(records_path)
    file.ready()
    assert file.recoveries[-1].change is Change.REPLACED and file.recoveries[-1].kept is None
    assert sorted(kept(records_path), key=lambda one: one.id) == sorted(
        [*history, owed, *later], key=lambda one: one.id
    )
    assert file.pending[Debt.CREDITS] == 3


def test_another_process_may_write_it_well(filled, records_path):
    """A vacuum even makes it smaller."""
    file, history, owed, running = filled
    with closing(sqlite3.connect(records_path, isolation_level=None)) as stranger:
        stranger.execute("delete from requests where rowid <= 200")
        stranger.execute("vacuum")
        stranger.execute("pragma wal_checkpoint(truncate)")
    file.write([(record := ended(), ())])
    assert not file.recoveries and kept(records_path) == [*history[200:], owed, running, record]


def test_a_name_that_cannot_be_opened_is_tried_until_it_can(filled, records_path):
    file, _, owed, _ = filled
    records_path.unlink()
    records_path.mkdir()
    for _ in range(3):
        with pytest.raises((sqlite3.OperationalError, OSError)):
            file.write([(ended(), ())])
    records_path.rmdir()
    file.write([(record := ended(), ())])
    assert record in kept(records_path) and file.owed(Debt.CREDITS, most=10, characters=10**9) == [owed]


def test_what_was_carried_is_there_although_the_process_dies_in_between(filled, records_path):
    file, _, owed, running = filled
    records_path.unlink()
    save(file._db, file._files, Change.DELETED)
    file.close()
    with closing(RecordsFile(records_path)) as next_one:
        assert next_one.open() == 1
        assert next_one.owed(Debt.CREDITS, most=10, characters=10**9) == [
            owed,
            replace(running, outcome=Outcome.INTERRUPTED),
        ]


def test_a_disk_that_damages_every_file_is_not_filled_with_them(filled, records_path, monkeypatch):
    file, *_ = filled
    garble(records_path)
    file.ready()
    file._db.execute("pragma wal_checkpoint(truncate)")
    file._files.note()
    time.sleep(0.01)  # a file's time has steps
    garble(records_path)
    for _ in range(5):
        with pytest.raises(OSError, match="damaged again"):
            file.write([(ended(), ())])
    assert len(list(records_path.parent.glob("*.damaged-*Z"))) == 1
    monkeypatch.setattr(module, "MOVE_EVERY_S", 0)
    file.write([(ended(), ())])
    assert len(list(records_path.parent.glob("*.damaged-*Z"))) == 2


def test_a_lock_that_was_deleted_is_taken_anew(filled, records_path):
    """With its folder gone, another process could take the name."""
    file, *_ = filled
    shutil.rmtree(records_path.parent)
    file.ready()
    with closing(RecordsFile(records_path)) as other, pytest.raises(sqlite3.OperationalError, match="another process"):
        other.open()
