import asyncio

import pytest

from services.accounts.database import migrations, open_database


async def test_concurrent_starts_migrate_once(database_url: str):
    async def start() -> list[str]:
        async with open_database(database_url) as database:
            return [row["name"] for row in await database.fetch("SELECT name FROM schema_migrations ORDER BY name")]

    names = await asyncio.gather(*(start() for _ in range(5)))
    assert all(one == names[0] for one in names) and "0001_keys" in names[0]
    assert ("0001_keys.postgres" in names[0]) is database_url.startswith("postgres")


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
