"""Records and settlements straight in PostgreSQL, of processes whose disks die with them."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from core.request_state import Arrival, RequestState
from services.accounts.accounts import Accounts, open_accounts
from services.accounts.credits.charge import Charge
from services.accounts.credits.ledger import Ledger
from services.accounts.database import open_database
from services.accounts.records import database_store, delivery
from services.accounts.records.archive import Filter
from services.accounts.records.database_store import DatabaseStore, read_database
from services.accounts.records.record import Destination, Measures, Outcome, RequestRecord
from services.background import BackgroundTasks
from shared.config import Settings
from shared.deadline import Deadline
from shared.errors import StartupError
from shared.metrics import Metrics
from shared.types import Sampling, Utterance, Voice
from tests.servers import postgres_server
from tests.services.accounts.paying import paying_key
from tests.services.accounts.records.conftest import begun, ended, until

GRANTED_MS, HELD_MS, SPOKEN_MS = 100_000, 10_000, 1_500
"""Credits of the key, of a hold that its process did not settle, and of the speech of `ended`."""


@pytest.fixture
def settings(postgres, tmp_path) -> Settings:
    return settings_at(postgres.fresh(), tmp_path)


def settings_at(url: str, tmp_path) -> Settings:
    return Settings(
        **{"database_url": url, "records": "full", "records_store": "database", "records_path": tmp_path / "no.db"},
        **{"credits": True, "auth_bypass_mode": False, "store_deadline_s": 60},
    )


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(delivery, "GATHER_S", 0.01)


@asynccontextmanager
async def opened(settings: Settings):
    metrics = Metrics()
    async with open_accounts(settings, metrics, BackgroundTasks(metrics)) as accounts:
        yield accounts


@asynccontextmanager
async def stored(settings: Settings):
    """Open the database beside the service; yield it with a store of another process, which will not deliver."""
    async with open_database(settings.database_url) as database:
        yield database, DatabaseStore(database, takeover_s=300)


async def records_of(settings: Settings, wanted: Filter | None = None, **more: int) -> list[RequestRecord]:
    async with open_database(settings.database_url) as database:
        return [record async for record in read_database(database, wanted or Filter(), **more)]


async def balance_ms(settings: Settings, key_id: str) -> int:
    async with open_database(settings.database_url) as database:
        return await Ledger(database).balance_ms(key_id)


async def speak(accounts: Accounts, secret: str) -> None:
    utterance = Utterance("Hello there.", Voice("lipakshi", "Lipakshi"), Sampling(seed=7), 16_000)
    request = RequestState(Arrival("request-1", 0.0), utterance)
    caller = await accounts.caller(secret, Deadline())
    async with accounts.open(request, caller, model_version="model-1") as account:
        await account.recorded()
        request.samples = 16_000


async def test_request_is_recorded_and_settled_in_the_database_and_leaves_no_file(settings):
    key_id, secret = await paying_key(settings.database_url, GRANTED_MS)
    async with opened(settings) as accounts:
        await speak(accounts, secret)
        (record,) = await records_of(settings)
        assert (record.outcome, record.key_id, record.text) == (Outcome.OK, key_id, "Hello there.")
        await until(lambda: accounts.records.pending == 0)
        assert accounts.records.store == "database" and accounts.degraded() == []
    assert await balance_ms(settings, key_id) == GRANTED_MS - 1000 and not settings.records_path.exists()


async def test_records_of_a_dead_process_are_settled_or_interrupted_by_another(settings):
    """One had ended and was not settled; one was still running, and is free."""
    key_id, _ = await paying_key(settings.database_url, GRANTED_MS)
    done, running = ended(key_id=key_id), begun(key_id=key_id)
    async with stored(settings) as (database, dead):
        for record in (done, running):
            await Ledger(database).hold(Charge(record.id, key_id, HELD_MS), for_s=60)
        await dead.write([(done, [Destination.CREDITS]), (running, [Destination.CREDITS])])
    assert await balance_ms(settings, key_id) == GRANTED_MS - 2 * HELD_MS
    async with opened(settings.model_copy(update={"records_takeover_s": 3.0})) as accounts:
        async with asyncio.timeout(20):
            while await balance_ms(settings, key_id) != GRANTED_MS - SPOKEN_MS:  # noqa: ASYNC110 - another process has no event
                await asyncio.sleep(0.05)
        await until(lambda: accounts.records.pending == 0)
    assert {one.id: one.outcome for one in await records_of(settings)} == {
        done.id: Outcome.OK,
        running.id: Outcome.INTERRUPTED,
    }


async def test_records_of_a_living_process_are_left_to_it(settings):
    async with stored(settings) as (_, living):
        await living.write([(ended(), [Destination.CREDITS]), (begun(), [Destination.CREDITS])])
        async with stored(settings) as (_, other):
            await other.check()
            assert await other.next_batch(Destination.CREDITS, most=10, characters=1000) == []
            assert other.pending[Destination.CREDITS] == 0
        assert len(await living.next_batch(Destination.CREDITS, most=10, characters=1000)) == 1
    assert sorted(one.outcome for one in await records_of(settings)) == [Outcome.OK, Outcome.RUNNING]


async def age(database, seconds: float) -> None:
    """Move every row's last refresh into the past."""
    await database.execute("UPDATE request_records SET written_at = written_at - $1", seconds)


async def test_process_without_contact_takes_over_nothing_until_the_living_have_refreshed(settings):
    """After an outage every row is old, also those of processes that go on."""
    running = begun()
    async with open_database(settings.database_url) as database:
        living, other = (DatabaseStore(database, takeover_s=0.5) for _ in range(2))
        await living.write([(running, [])])
        await age(database, 60)
        await other.check()
        assert [one.outcome for one in await records_of(settings)] == [Outcome.RUNNING]
        await asyncio.sleep(0.11)  # a fifth of the time: both are due
        await living.check()
        await other.check()
        assert [one.outcome for one in await records_of(settings)] == [Outcome.RUNNING]
        await age(database, 60)
        await asyncio.sleep(0.11)
        await other.check()
        assert [one.outcome for one in await records_of(settings)] == [Outcome.INTERRUPTED]


async def test_busy_process_refreshes_its_running_rows(settings):
    """Its outbox always has something to write, and never checks."""
    running = begun()
    async with open_database(settings.database_url) as database:
        busy, other = (DatabaseStore(database, takeover_s=0.5) for _ in range(2))
        await busy.write([(running, [])])
        await other.check()
        for _ in range(8):
            await asyncio.sleep(0.1)
            await busy.write([(ended(), [])])
        await other.check()
    assert [one.outcome for one in await records_of(settings) if one.id == running.id] == [Outcome.RUNNING]


async def test_row_that_the_database_refuses_is_written_without_its_text(settings):
    good, odd = ended("Fine."), ended("lone \ud800 surrogate")
    async with stored(settings) as (_, store):
        (aside,) = await store.write([(good, []), (odd, [Destination.CREDITS])])
        assert aside.record is odd and aside.written and store.pending[Destination.CREDITS] == 1
    assert {one.id: one.text for one in await records_of(settings)} == {good.id: "Fine.", odd.id: None}


async def test_begin_and_end_in_one_batch_are_one_row(settings):
    first = begun()
    last = first.ended(Outcome.OK, None, Measures(audio_s=1.5), text="Hello there.", kept=True)
    async with stored(settings) as (_, store):
        await store.write([(first, [Destination.CREDITS]), (last, [Destination.CREDITS])])
        assert store.pending[Destination.CREDITS] == 1
        await store.delivered(Destination.CREDITS, [last.id])
        assert store.pending[Destination.CREDITS] == 0
    assert [one.outcome for one in await records_of(settings)] == [Outcome.OK]


async def test_row_leaves_the_database_once_supabase_has_it_and_it_is_charged(settings):
    record = ended()
    async with stored(settings) as (_, store):
        await store.write([(record, list(Destination))])
        for destination, left in ((Destination.SUPABASE, 1), (Destination.CREDITS, 0)):
            assert [one.id for one in await store.next_batch(destination, most=10, characters=1000)] == [record.id]
            await store.delivered(destination, [record.id])
            assert len(await records_of(settings)) == left
        assert store.pending == dict.fromkeys(Destination, 0)


async def test_records_are_read_in_pages_and_filtered(settings, monkeypatch):
    monkeypatch.setattr(database_store, "_PAGE", 2)
    written = [ended(f"Text {n}.", key_id=f"key-{n % 2}") for n in range(5)]
    async with stored(settings) as (_, store):
        await store.write([(record, []) for record in written])
    ids = [one.id for one in written]
    assert [one.id for one in await records_of(settings)] == ids
    assert [one.id for one in await records_of(settings, newest=3)] == ids[:-4:-1]
    assert [one.id for one in await records_of(settings, Filter(key_id="key-1"))] == ids[1::2]
    assert await records_of(settings, Filter(paid=True)) == []


async def test_pending_records_are_logged_with_their_number_when_the_database_is_gone_at_exit(tmp_path, monkeypatch):
    monkeypatch.setattr("services.accounts.records.journal.CLOSE_S", 0.5)
    monkeypatch.setattr("services.accounts.records.outbox.CLOSE_S", 0.5)
    with postgres_server() as server:
        settings = settings_at(server.fresh(), tmp_path)
        _, secret = await paying_key(settings.database_url, GRANTED_MS)
        with capture_logs() as logs:
            async with opened(settings) as accounts:
                caller = await accounts.caller(secret, Deadline())
                request = RequestState(
                    Arrival("request-1", 0.0),
                    Utterance("Hello there.", Voice("lipakshi", "Lipakshi"), Sampling(seed=7), 16_000),
                )
                async with accounts.open(request, caller, model_version="model-1"):
                    server.kill()
                    request.samples = 16_000
        (told,) = [line for line in logs if line["event"] == "records_pending_at_exit"]
        assert told["unwritten"] >= 1


async def test_sqlite_is_refused_as_store_of_records(tmp_path):
    with pytest.raises(StartupError, match="setting RECORDS_STORE"):
        async with opened(settings_at(f"sqlite:///{tmp_path}/keys.db", tmp_path)):
            pass
