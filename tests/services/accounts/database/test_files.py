import os
import sqlite3
from pathlib import Path

import pytest

from services.accounts.database.files import Change, DatabaseFiles, is_damage, side


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "some.db"
    for suffix in ("", "-wal", "-shm"):
        side(path, suffix).write_bytes(b"as it was opened")
    return path


def replaced(path: Path) -> None:
    path.with_name("other").write_bytes(b"another file")
    path.with_name("other").rename(path)


CHANGES = {
    Change.DELETED: lambda path: path.unlink(),
    Change.REPLACED: replaced,
    Change.EMPTIED: lambda path: os.truncate(path, 0),
    Change.WRITTEN: lambda path: path.write_bytes(b"longer than it was before"),
    Change.LOG_LOST: lambda path: side(path, "-wal").unlink(),
}


@pytest.mark.parametrize(("change", "make"), CHANGES.items(), ids=[str(change) for change in CHANGES])
def test_change_of_the_files_is_found(path, change, make):
    files = DatabaseFiles(path)
    assert files.change() is None
    make(path)
    assert files.change() is change
    if change in (Change.REPLACED, Change.WRITTEN):
        files.note()
        assert files.change() is None, "the present file counts as the open one"


def test_change_of_the_file_is_told_before_that_of_its_log(path):
    files = DatabaseFiles(path)
    side(path, "-wal").unlink()
    path.unlink()
    assert files.change() is Change.DELETED


def test_side_file_of_another_database_is_not_ours(path):
    files = DatabaseFiles(path)
    assert files.is_ours("-shm") and files.is_ours("-wal")
    replaced(side(path, "-shm"))
    assert not files.is_ours("-shm") and files.is_ours("-wal")


@pytest.mark.parametrize(
    ("code", "damage"),
    [(sqlite3.SQLITE_CORRUPT, True), (sqlite3.SQLITE_NOTADB, True), (sqlite3.SQLITE_BUSY, False), (None, False)],
)
def test_only_faults_of_the_file_are_damage(code, damage):
    error = sqlite3.DatabaseError("some fault")
    if code is not None:
        error.sqlite_errorcode = code | 1 << 8  # an extended code
    assert is_damage(error) is damage
