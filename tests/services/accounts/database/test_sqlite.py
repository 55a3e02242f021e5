"""A file of keys and credits that is deleted, replaced or damaged in use: reported at once, without a hang."""

import asyncio
import os
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from services.accounts.database import open_database
from shared.errors import StartupError, StoreUnavailable

GRANT = "INSERT INTO credit_accounts VALUES ($1, $2)"
BALANCES = "SELECT key_id, balance_ms FROM credit_accounts ORDER BY key_id"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "veena3.db"


@pytest.fixture
async def database(path):
    async with asyncio.timeout(20), open_database(f"sqlite:///{path}") as opened:
        await opened.execute(GRANT, "key-1", 100)
        yield opened


async def backup(path: Path) -> Path:
    """Copy the database beside its file."""
    copy = path.with_name("backup")
    with closing(sqlite3.connect(path)) as here, closing(sqlite3.connect(copy)) as there:
        here.backup(there)
    return copy


def delete(path: Path) -> None:
    path.unlink()


def delete_all(path: Path) -> None:
    for one in path.parent.glob(f"{path.name}*"):
        one.unlink()


def empty(path: Path) -> None:
    os.truncate(path, 0)


def garble(path: Path) -> None:
    """Damage the file after every change is in it: neither the log nor a cache holds any of it."""
    with closing(sqlite3.connect(path)) as other_process:
        other_process.execute("pragma wal_checkpoint(truncate)")
        other_process.execute("update credit_accounts set balance_ms = 100")
        other_process.commit()
        other_process.execute("pragma wal_checkpoint(truncate)")
    with path.open("r+b") as damaged:
        damaged.write(os.urandom(path.stat().st_size))


@pytest.mark.parametrize(
    ("blow", "said"), [(delete, "deleted"), (delete_all, "deleted"), (empty, "emptied"), (garble, "damaged")]
)
async def test_lost_file_is_reported_and_a_good_one_at_its_path_is_used(database, path, blow, said):
    copy = await backup(path)
    assert database.problem is None
    blow(path)
    for _ in range(3):
        with pytest.raises(StoreUnavailable, match=said):
            await database.fetch(BALANCES)
        with pytest.raises(StoreUnavailable, match=said):
            async with database.transaction() as work:
                await work.execute(GRANT, "key-2", 5)
    assert said in database.problem
    assert not path.exists() or blow in (empty, garble), "an empty file would make every key unknown"
    copy.rename(path)
    assert await database.fetch(BALANCES) == [{"key_id": "key-1", "balance_ms": 100}]
    assert await database.execute(GRANT, "key-2", 5) == 1 and database.problem is None
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("select count(*) from credit_accounts").fetchone() == (2,)


async def test_commit_to_a_deleted_file_fails(database, path):
    """A settlement that counts as done and is lost with the process would be free speech."""
    with pytest.raises(StoreUnavailable):
        async with database.transaction() as work:
            await work.execute(GRANT, "key-2", 5)
            path.unlink()


async def test_restored_file_is_migrated(database, path):
    await asyncio.to_thread(path.with_name("older").touch)
    path.with_name("older").rename(path)
    with pytest.raises(StoreUnavailable):
        await database.fetch(BALANCES)  # an empty file is no database
    with closing(sqlite3.connect(path.with_name("old"))) as old:
        old.execute("create table something (id text)")
    path.with_name("old").rename(path)
    assert await database.fetch(BALANCES) == []


async def test_log_of_a_replaced_file_is_set_aside_with_its_commits(database, path):
    """A file that is replaced by a backup leaves its newest commits in the log alone."""
    copy, old = await backup(path), path.with_name("old")
    await database.execute(GRANT, "key-2", 5)
    os.link(path, old)
    copy.rename(path)
    with capture_logs() as logs:
        assert await database.fetch(BALANCES) == [{"key_id": "key-1", "balance_ms": 100}]
    (log,) = path.parent.glob("veena3.db-wal.lost-*")
    assert str(log) in [line.get("path") for line in logs if line["event"] == "database_log_set_aside"]
    assert log.stat().st_size > 0
    old_only = path.with_name("without-log")
    shutil.copy(old, old_only)
    log.rename(path.with_name("without-log-wal"))
    with closing(sqlite3.connect(old_only)) as saved:
        assert saved.execute("select key_id from credit_accounts order by 1").fetchall() == [("key-1",), ("key-2",)]


@pytest.mark.parametrize("suffix", ["-wal", "-shm"])
async def test_deleted_log_is_saved(database, path, suffix):
    path.with_name(path.name + suffix).unlink()
    assert "log" in database.problem
    assert await database.fetch(BALANCES) == [{"key_id": "key-1", "balance_ms": 100}]
    assert database.problem is None
    copy = shutil.copy(path, path.with_name("copy"))
    with closing(sqlite3.connect(copy)) as other:
        assert other.execute("select key_id from credit_accounts").fetchall() == [("key-1",)]


@pytest.mark.parametrize(
    "name", ["BUSY", "LOCKED", "IOERR", "FULL", "READONLY", "CANTOPEN", "PROTOCOL", "CORRUPT", "NOTADB"]
)
async def test_errors_of_the_file_make_the_store_unavailable(database, name):
    error = sqlite3.DatabaseError(name)
    error.sqlite_errorcode, error.sqlite_errorname = getattr(sqlite3, f"SQLITE_{name}"), f"SQLITE_{name}"
    with pytest.raises(StoreUnavailable):
        async with database.transaction():
            raise error


async def test_write_of_another_process_is_no_damage(database, path):
    async with open_database(f"sqlite:///{path}") as command:
        await command.execute(GRANT, "key-2", 7)
    with closing(sqlite3.connect(path, isolation_level=None)) as other_process:
        other_process.execute("vacuum")
        other_process.execute("pragma wal_checkpoint(truncate)")
    assert len(await database.fetch(BALANCES)) == 2 and database.problem is None


async def test_start_ends_with_one_line_when_file_is_damaged(path):
    path.write_bytes(os.urandom(10_000))
    with pytest.raises(StartupError, match=f"setting DATABASE_URL: {path}: .*damaged"):
        async with open_database(f"sqlite:///{path}"):
            pass


async def test_only_the_owner_may_read_the_file(tmp_path: Path):
    async with open_database(f"sqlite:///{tmp_path}/deep/er/veena3.db"):
        assert stat.S_IMODE((tmp_path / "deep/er/veena3.db").stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "deep/er").stat().st_mode) == 0o700
