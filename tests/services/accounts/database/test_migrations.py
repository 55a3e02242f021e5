import asyncio
from pathlib import Path

import asyncpg
import pytest
from structlog.testing import capture_logs

from services.accounts.database import database_state, migrations, open_database
from services.accounts.database import postgres as postgres_module
from shared.errors import StartupError
from shared.logging import get_logger


async def test_concurrent_starts_migrate_once(database_url: str):
    async def start() -> list[str]:
        async with open_database(database_url) as database:
            return [row["name"] for row in await database.fetch("SELECT name FROM schema_migrations ORDER BY name")]

    names = await asyncio.gather(*(start() for _ in range(5)))
    assert all(one == names[0] for one in names) and "0001_keys" in names[0]
    assert ("0001_keys.postgres" in names[0]) is database_url.startswith("postgres")


async def test_new_file_may_be_opened_by_many_at_once(tmp_path):
    """SQLite lets one at a time give a new file its log, and refuses the others without waiting."""

    async def start(path: Path) -> None:
        async with open_database(f"sqlite:///{path}"):
            pass

    for n in range(20):  # a single one failed in one of six
        await asyncio.gather(*(start(tmp_path / f"{n}.db") for _ in range(5)))


async def test_failed_migration_leaves_nothing_behind(database_url: str, monkeypatch, tmp_path):
    monkeypatch.setattr(migrations, "FOLDER", tmp_path)
    (tmp_path / "0001_good.sql").write_text("CREATE TABLE good (id integer);")
    (tmp_path / "0002_bad.sql").write_text("CREATE TABLE half (id integer); CREATE TABLE half (id integer);")
    with pytest.raises(Exception, match="half"):
        async with open_database(database_url):
            pass
    (tmp_path / "0002_bad.sql").unlink()
    async with open_database(database_url) as database:
        assert await database.fetch("SELECT * FROM good") == []


async def test_state_names_what_is_missing_and_changes_nothing(database_url: str):
    for _ in range(2):
        state, _ = await database_state(database_url)
        assert not state.applied and "0001_keys" in state.missing
    async with open_database(database_url):
        pass
    state, _ = await database_state(database_url)
    assert "0001_keys" in state.applied and not state.missing


async def test_newer_schema_is_refused_with_one_line(database_url: str):
    async with open_database(database_url) as database:
        await database.execute("INSERT INTO schema_migrations VALUES ('0999_future', 0)")
    for opening in (open_database(database_url), open_database(database_url, may_be_away=True)):
        with pytest.raises(StartupError, match=r"migrated by a newer version \(0999_future\).*: run that version"):
            async with opening:
                pass


async def test_migration_may_take_longer_than_a_statement(postgres, monkeypatch, tmp_path):
    monkeypatch.setattr(migrations, "FOLDER", tmp_path)
    monkeypatch.setattr(postgres_module, "TIMEOUT_S", 1.0)
    (tmp_path / "0001_slow.sql").write_text("CREATE TABLE good (id integer); SELECT pg_sleep(2);")
    url = postgres.fresh()
    server = await asyncpg.connect(url)
    await server.execute(f"ALTER DATABASE {url.rpartition('/')[2]} SET statement_timeout = '1s'")
    await server.close()
    async with open_database(url) as database:
        assert await database.fetch("SELECT * FROM good") == []


async def test_migration_waits_for_another_process_and_says_so(postgres, monkeypatch):
    monkeypatch.setattr(migrations, "LOCK_WAIT_S", 0.2)
    monkeypatch.setattr(migrations, "log", get_logger("migrations"))  # not bound to an earlier test's output
    url = postgres.fresh()
    other = await asyncpg.connect(url)
    await other.execute("BEGIN")
    await other.execute(f"SELECT pg_advisory_xact_lock({migrations._LOCK})")
    with capture_logs() as logs, pytest.raises(StartupError, match="another process is migrating the database"):
        async with open_database(url):
            pass
    assert "migration_waits" in [line["event"] for line in logs]
    await other.execute("COMMIT")
    await other.close()
    async with open_database(url):
        pass
