import asyncio
import time
from contextlib import suppress

import asyncpg
import pytest

from services.accounts.database import Database, connections, open_database, postgres
from shared.errors import StartupError, StoreUnavailable
from tests.servers import postgres_server

TABLE = "CREATE TABLE log (note text);"


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


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:hunter2/x@127.0.0.1/db",
        "postgresql://user@127.0.0.1:1/hunter2",
        "postgresql://user:hunter2@127.0.0.1:99999/db",
        "postgresql://user:hunter2@[there/db",
        "postgresql://127.0.0.1:1/db?sslmode=hunter2",
        "postgresql://127.0.0.1:1/db?sslmode=verify-full&sslrootcert=/hunter2",
    ],
)
async def test_start_ends_without_parts_of_the_url_in_the_message(url):
    with pytest.raises(StartupError, match=r"^setting DATABASE_URL: no connection .* expected is ") as ended:
        async with open_database(url):
            pass
    assert "hunter2" not in str(ended.value)


async def test_start_ends_without_names_of_the_url_when_the_server_refuses(postgres):
    url = f"{postgres.fresh().rpartition('/')[0]}/hunter2"
    with pytest.raises(StartupError, match="InvalidCatalogNameError") as ended:
        async with open_database(url):
            pass
    assert "hunter2" not in str(ended.value)


async def test_statements_fail_within_the_timeout_and_work_once_the_server_is_back(monkeypatch):
    for module in (connections, postgres):
        monkeypatch.setattr(module, "TIMEOUT_S", 0.5)
    with postgres_server() as server:
        async with open_database(server.fresh()) as database:
            await database.script(TABLE)
            server.kill()
            with pytest.raises(StoreUnavailable):
                await database.fetch("SELECT * FROM log")
            await asyncio.to_thread(server.start)
            assert await database.fetch("SELECT * FROM log") == []
            server.stop()
            begun = time.perf_counter()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await database.fetch("SELECT * FROM log")
            assert time.perf_counter() - begun < 0.3, "a cancelled caller does not wait for the connection"
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


async def test_exhausted_connections_are_named_until_there_is_room(postgres):
    """The drill of `docs/drills.md`: another client holds every connection of the server."""
    url, held = postgres.fresh(), []
    try:
        with suppress(asyncpg.TooManyConnectionsError):
            while True:
                held.append(await asyncpg.connect(url))
        async with open_database(url, may_be_away=True) as database:
            assert database.problem == "no connection to PostgreSQL (TooManyConnectionsError)"
            with pytest.raises(StoreUnavailable, match="TooManyConnectionsError"):
                await database.fetch("SELECT 1")
            for _ in range(3):  # one to migrate, one to keep, and one that may be closing
                await held.pop().close()
            await until_problem(database, "None")
    finally:
        for connection in held:
            await connection.close()


async def test_role_that_may_no_longer_log_in_is_named_and_works_again_once_it_may(postgres):
    """The drill of rotated credentials, in the wrong order: the old role ends before the new secret is out."""
    url = postgres.fresh()
    async with open_database(url) as owner:
        await owner.script("CREATE ROLE rotated LOGIN SUPERUSER;")
        async with open_database(url.replace("postgres@", "rotated@"), connections=2) as database:
            await owner.script("ALTER ROLE rotated NOLOGIN;")
            assert await database.fetch("SELECT 1 AS one") == [{"one": 1}]  # an open connection stays valid
            await owner.script("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'rotated';")
            await until_problem(database, "InvalidAuthorizationSpecificationError")
            with pytest.raises(StoreUnavailable):
                await database.fetch("SELECT 1")
            await owner.script("ALTER ROLE rotated LOGIN;")
            await until_problem(database, "None")
            assert await database.fetch("SELECT 1 AS one") == [{"one": 1}]
        await owner.script("DROP ROLE rotated;")


async def until_problem(database: Database, problem: str) -> None:
    """Use the database until it reports this problem."""
    async with asyncio.timeout(20):
        while problem not in str(database.problem):
            with suppress(StoreUnavailable):
                await database.fetch("SELECT 1")
            await asyncio.sleep(0.02)
