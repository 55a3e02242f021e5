"""The real client of Supabase against tests/postgrest.py."""

import asyncio
import json
from dataclasses import asdict, replace

import asyncpg
import httpx
import pytest

from services.accounts.records import supabase as module
from services.accounts.records.delivery import DestinationUnavailable
from services.accounts.records.record import Outcome
from services.accounts.records.supabase import open_supabase
from shared.errors import StartupError
from tests.postgrest import ANON_KEY, SERVICE_KEY, Supabase, supabase_double
from tests.services.accounts.records.conftest import begun, ended


@pytest.fixture(scope="module")
def project(postgres):
    with supabase_double(postgres) as double:
        yield double


@pytest.fixture
async def supabase(project):
    async with open_supabase(project.url, SERVICE_KEY) as opened:
        yield opened


async def rows(project: Supabase, *records) -> list[dict[str, object]]:
    """Return the rows of these records in the table, in the order of the records."""
    found = {row["id"]: dict(row) for row in await project.fetch("select * from tts_requests")}
    return [found[record.id] for record in records if record.id in found]


async def test_every_column_is_stored_unchanged(supabase, project):
    record = ended('Hello, नमस्ते "quoted"\n; drop table tts_requests')
    assert await supabase.receive([record]) == {}
    (row,) = await rows(project, record)
    assert row.pop("arrived_at").isoformat(timespec="milliseconds") == record.arrived_at
    assert json.loads(row.pop("lexicon")) == record.lexicon
    assert row == {name: value for name, value in asdict(record).items() if name not in {"arrived_at", "lexicon"}}


async def test_existing_row_stays_unchanged(supabase, project):
    first, second = ended(), ended()
    await supabase.receive([first])
    assert await supabase.receive([replace(first, outcome=Outcome.FAILED), second]) == {}
    assert [row["outcome"] for row in await rows(project, first, second)] == ["ok", "ok"]


async def test_records_that_the_table_refuses_are_found_among_many(supabase, project):
    records = [ended() for _ in range(9)]
    records[4] = begun()  # `running` is no outcome there
    records[7] = replace(records[7], text="a\x00b")
    assert await supabase.receive(records) == {records[4].id: "SQLSTATE 23514", records[7].id: "SQLSTATE 22P05"}
    assert len(await rows(project, *records)) == 7


async def test_old_records_are_deleted(supabase, project):
    old, new = replace(ended(), arrived_at="2001-01-01T00:00:00.000+00:00"), ended()
    await supabase.receive([old, new])
    await supabase.delete_before(before="2002-01-01T00:00:00.000+00:00")
    assert await rows(project, old) == [] and len(await rows(project, new)) == 1


@pytest.mark.parametrize(("key", "reason"), [(ANON_KEY, "it answered 42501"), ("wrong", "it answered PGRST301")])
async def test_wrong_key_neither_writes_nor_deletes(project, key, reason):
    """The destination is unavailable then, so that records wait until the key is corrected."""
    record = ended()
    async with open_supabase(project.url, key) as outsider:
        with pytest.raises(DestinationUnavailable, match=reason):
            await outsider.receive([record])
        with pytest.raises(DestinationUnavailable):
            await outsider.delete_before(before="2100-01-01")
    assert await rows(project, record) == []


@pytest.mark.parametrize("role", ["anon", "authenticated"])
async def test_row_level_security_hides_rows_from_roles_that_may_select(supabase, project, role):
    await supabase.receive([ended()])
    connection = await asyncpg.connect(project.database_url)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with connection.transaction():
                await connection.execute(f"set local role {role}")
                await connection.fetch("select * from tts_requests")
        await connection.execute(f"grant select on tts_requests to {role}")  # as by mistake
        async with connection.transaction():
            await connection.execute(f"set local role {role}")
            assert await connection.fetch("select * from tts_requests") == []
    finally:
        await connection.close()


async def test_records_arrive_once_when_the_server_fails_and_returns(project, monkeypatch):
    record = ended()
    monkeypatch.setattr(module, "TIMEOUT", httpx.Timeout(2))  # a busy machine may take a second
    async with open_supabase(project.url, SERVICE_KEY) as supabase:
        project.stop()
        with pytest.raises(DestinationUnavailable, match="Timeout"):
            await supabase.receive([record])
        project.go()
        assert await supabase.receive([record]) == {}  # it may have arrived before
        project.kill()
        with pytest.raises(DestinationUnavailable):
            await supabase.receive([ended()])
        await asyncio.to_thread(project.start)
        assert await supabase.receive([record]) == {}
    assert len(await rows(project, record)) == 1


async def test_start_ends_when_the_url_is_none():
    with pytest.raises(StartupError, match="SUPABASE_URL: Invalid URL"):
        async with open_supabase("veena3", SERVICE_KEY):
            pass
