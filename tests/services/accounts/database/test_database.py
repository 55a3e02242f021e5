"""The protocol `Database`, on SQLite and on PostgreSQL."""

import asyncio

import pytest

from services.accounts.database import Database, open_database
from shared.errors import StartupError

TABLE = "CREATE TABLE purse (id integer PRIMARY KEY, coins integer NOT NULL); CREATE TABLE log (note text);"


async def test_values_are_read_as_they_were_written(database: Database):
    await database.script("CREATE TABLE kept (a text, b integer, c double precision, d text);")
    assert await database.execute("INSERT INTO kept VALUES ($1, $2, $3, $4)", "नमस्ते; '", 2**31 - 1, 1.5, None) == 1
    assert await database.fetch("SELECT * FROM kept WHERE b = $1 AND c > $2", 2**31 - 1, 1) == [
        {"a": "नमस्ते; '", "b": 2**31 - 1, "c": 1.5, "d": None}
    ]
    assert await database.execute("UPDATE kept SET b = $1 WHERE a = $2 OR a = $2", 5, "nobody") == 0
    assert await database.fetch("UPDATE kept SET b = $1 RETURNING b", 7) == [{"b": 7}]


async def test_transaction_is_all_or_nothing(database: Database):
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
async def test_cancelled_transaction_leaves_nothing_and_blocks_no_other(database: Database, steps: int):
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


async def test_concurrent_transactions_spend_no_more_than_the_balance(database: Database):
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


@pytest.mark.parametrize("url", ["mysql://there", "/a/path", "postgresql://127.0.0.1:1/none", "sqlite:////proc/none/x"])
async def test_start_ends_with_one_line_when_database_cannot_be_opened(url: str):
    with pytest.raises(StartupError, match="setting DATABASE_URL: ") as failure:
        async with open_database(url):
            pass
    assert "\n" not in str(failure.value)
