"""`veena3 doctor`'s checks of the stores, and `veena3 migrate`."""

import asyncio

import pytest

from api.cli.stores import store_findings
from services.accounts.database import open_database
from shared.config import Settings
from shared.errors import StartupError
from tests.api.cli.test_commands import run
from tests.delaying_proxy import delaying_proxy

PAYING = {"auth_bypass_mode": False, "credits": True}


@pytest.mark.parametrize(("round_trip_ms", "near"), [(20, True), (200, False)])
def test_doctor_shows_how_far_the_stores_are_and_whether_that_is_near_enough(postgres, redis, round_trip_ms, near):
    url = postgres.fresh()
    with delaying_proxy(postgres.port, round_trip_ms / 1000) as far, delaying_proxy(redis.port, 0.001) as close:
        settings = Settings(
            database_url=url.replace(str(postgres.port), str(far.port)),
            redis_url=redis.url.replace(str(redis.port), str(close.port)),
            **PAYING,
        )
        findings = {name: (passed, details) for name, passed, details in store_findings(settings)}
    assert findings["database"][0]
    assert "migrations missing (veena3 migrate), round trip " in findings["database"][1]
    assert findings["redis"][0] and "Redis at 127.0.0.1, round trip" in findings["redis"][1]
    passed, details = findings["distance of stores"]
    assert passed is near and "STORE_DEADLINE_S allows 0.4 s" in details
    assert "hunter2" not in str(findings)


def test_doctor_names_stores_that_are_away(tmp_path):
    away = {"database_url": "postgresql://user:hunter2@127.0.0.1:1/db", "redis_url": "redis://:hunter2@127.0.0.1:1/0"}
    findings = {name: (passed, details) for name, passed, details in store_findings(Settings(**away, **PAYING))}
    assert [findings[name][0] for name in ("database", "redis")] == [False, False]
    assert "hunter2" not in str(findings) and "distance of stores" not in findings


def test_doctor_creates_no_database_file(tmp_path):
    settings = Settings(database_url=f"sqlite:///{tmp_path}/none.db", redis_url=None)
    assert store_findings(settings) == [("database", True, "SQLite, created at the first start")]
    assert not list(tmp_path.iterdir())


def test_migrate_checks_applies_and_refuses_a_newer_schema(database_url, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", database_url)
    missing = run("migrate", "--check")
    assert missing.exit_code == 1 and "missing: 0001_keys" in missing.output
    done = run("migrate")
    assert done.exit_code == 0 and "applying: 0001_keys" in done.output
    complete = run("migrate", "--check")
    assert complete.exit_code == 0 and complete.output.startswith("complete: ")

    async def from_the_future() -> None:
        async with open_database(database_url) as database:
            await database.execute("INSERT INTO schema_migrations VALUES ('0999_future', 0)")

    asyncio.run(from_the_future())
    newer = run("migrate")
    assert isinstance(newer.exception, StartupError) and "0999_future" in str(newer.exception)
