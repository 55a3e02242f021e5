"""The same promises on SQLite and on PostgreSQL."""

import asyncio
import stat
import time
from pathlib import Path

import asyncpg
import pytest

from services.accounts.database import Database, open_database
from shared.errors import StartupError, StoreUnavailable
from tests.servers import postgres_server

TABLE = "CREATE TABLE purse (id integer PRIMARY KEY, coins integer NOT NULL); CREATE TABLE log (note text);"


async def test_values_come_back_as_they_went(database: Database):
    await database.script("CREATE TABLE kept (a text, b integer, c double precision, d text);")
    assert await database.execute("INSERT INTO kept VALUES ($1, $2, $3, $4)", "नमस्ते; '", 2**31 - 1, 1.5, None) == 1
    assert await database.fetch("SELECT * FROM kept WHERE b = $1 AND c > $2", 2**31 - 1, 1) == [
        {"a": "नमस्ते; '", "b": 2**31 - 1, "c": 1.5, "d": None}
    ]
    assert await database.execute("UPDATE kept SET b = $1 WHERE a = $2 OR a = $2", 5, "nobody") == 0
    assert await database.fetch("UPDATE kept SET b = $1 RETURNING b", 7) == [{"b": 7}]


async def test_a_transaction_is_all_or_nothing(database: Database):
    await database.script(TABLE)
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as work:
            await work.execute("INSERT INTO purse VALUES (1, 5)")
            raise ZeroDivisionError
    assert await database.fetch("SELECT * FROM purse") == []
    async with database.transaction() as work:
        await work.execute("INSERT INTO purse VALUES (1, 5)")
        assert await work.fetch("SELECT coins FROM purse") == [{"coins": 5}]
    assert await database.fetch("SELECT coins FROM purse") == [{"coins": 5}]


@pytest.mark.parametrize("steps", range(8))
async def test_a_cancelled_transaction_leaves_nothing_and_blocks_nobody(database: Database, steps: int):
    await database.script(TABLE)

    async def work() -> None:
        async with database.transaction() as inside:
            await inside.execute("INSERT INTO purse VALUES (1, 5)")
            await inside.execute("INSERT INTO log VALUES ($1)", "paid")
            await asyncio.sleep(0.01)

    task = asyncio.create_task(work())
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})
    async with asyncio.timeout(5):
        counts = await database.fetch("SELECT (SELECT count(*) FROM purse) AS a, (SELECT count(*) FROM log) AS b")
        assert counts == [{"a": 0, "b": 0}]
        await work()


async def test_two_hundred_who_spend_at_once_spend_what_is_there(database: Database):
    await database.script(TABLE)
    await database.execute("INSERT INTO purse VALUES (1, 50)")

    async def spend() -> int:
        async with database.transaction() as work:
            taken = await work.execute("UPDATE purse SET coins = coins - 1 WHERE id = $1 AND coins >= 1", 1)
            if taken:
                await work.execute("INSERT INTO log VALUES ($1)", "spent")
            return taken

    assert sum(await asyncio.gather(*(spend() for _ in range(200)))) == 50
    assert await database.fetch("SELECT count(*) AS n FROM log") == [{"n": 50}]


async def test_many_who_start_at_once_migrate_once(database_url: str):
    async def start() -> list[str]:
        async with open_database(database_url) as database:
            return [row["name"] for row in await database.fetch("SELECT name FROM schema_migrations ORDER BY name")]

    told = await asyncio.gather(*(start() for _ in range(5)))
    assert all(names == told[0] for names in told) and "0001_keys" in told[0]
    assert ("0001_keys.postgres" in told[0]) is database_url.startswith("postgres")


async def test_a_migration_that_fails_leaves_nothing_behind(database_url: str, monkeypatch, tmp_path):
    monkeypatch.setattr("services.accounts.database.migrations._FOLDER", tmp_path)
    (tmp_path / "0001_good.sql").write_text("CREATE TABLE good (id integer);")
    (tmp_path / "0002_bad.sql").write_text("CREATE TABLE half (id integer); CREATE TABLE half (id integer);")
    with pytest.raises(Exception, match="half"):
        async with open_database(database_url):
            pass
    (tmp_path / "0002_bad.sql").unlink()
    async with open_database(database_url) as database:
        assert await database.fetch("SELECT * FROM good") == []


async def test_nobody_but_its_owner_reads_the_file(tmp_path: Path):
    async with open_database(f"sqlite:///{tmp_path}/deep/er/veena3.db"):
        assert stat.S_IMODE((tmp_path / "deep/er/veena3.db").stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "deep/er").stat().st_mode) == 0o700


@pytest.mark.parametrize("url", ["mysql://there", "/a/path", "postgresql://127.0.0.1:1/none", "sqlite:////proc/none/x"])
async def test_a_database_that_cannot_be_opened_ends_the_start_with_one_line(url: str):
    with pytest.raises(StartupError, match="setting DATABASE_URL: ") as failure:
        async with open_database(url):
            pass
    assert "\n" not in str(failure.value)


async def test_row_level_security_hides_keys_from_other_roles(postgres):
    url = postgres.fresh()
    async with open_database(url) as database:
        await database.script("CREATE ROLE outsider; GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO outsider;")
        await database.execute(
            "INSERT INTO api_keys (id, name, prefix, hash, scopes, created_at) VALUES ('1', 'n', 'p', 'h', 's', 0)"
        )
        connection = await asyncpg.connect(url)
        await connection.execute("SET ROLE outsider")
        assert await connection.fetch("SELECT * FROM api_keys") == []
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("INSERT INTO api_keys SELECT * FROM api_keys WHERE false; DELETE FROM api_keys")
        await connection.close()
        assert len(await database.fetch("SELECT * FROM api_keys")) == 1


async def test_postgres_killed_frozen_and_back(monkeypatch):
    """What is asked meanwhile fails within the time-out, and the first question afterwards is answered."""
    monkeypatch.setattr("services.accounts.database.postgres.TIMEOUT_S", 0.5)
    with postgres_server() as server:
        async with open_database(server.fresh()) as database:
            await database.script(TABLE)
            server.kill()
            with pytest.raises(StoreUnavailable):
                await database.fetch("SELECT * FROM purse")
            await asyncio.to_thread(server.start)
            assert await database.fetch("SELECT * FROM purse") == []
            server.stop()
            begun = time.perf_counter()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await database.fetch("SELECT * FROM purse")
            assert time.perf_counter() - begun < 0.3, "who has a deadline is not held up by tidying"
            begun = time.perf_counter()
            answers = await asyncio.gather(
                *(database.execute("INSERT INTO log VALUES ($1)", "once") for _ in range(20)), return_exceptions=True
            )
            assert all(isinstance(answer, StoreUnavailable) for answer in answers)
            assert time.perf_counter() - begun < 5
            server.go()
            async with asyncio.timeout(10):
                while True:
                    try:
                        await database.fetch("SELECT * FROM log")
                        break
                    except StoreUnavailable:
                        await asyncio.sleep(0.05)
