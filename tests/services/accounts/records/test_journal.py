"""The journal at a real outbox. What clients meet of it: tests/api/test_records.py."""

import asyncio
from types import SimpleNamespace

import pytest

from core.request_state import Arrival, RequestState
from services.accounts.records import delivery
from services.accounts.records import journal as module
from services.accounts.records.archive import Filter, read_archive
from services.accounts.records.delivery import DestinationUnavailable
from services.accounts.records.journal import open_journal
from services.accounts.records.record import Destination, Outcome
from services.background import BackgroundTasks
from shared.errors import ClientStalled, GenerationError, RateLimited, StartupError
from shared.store_settings import RecordKind
from shared.types import Sampling, Utterance, Voice
from tests.services.accounts.records.conftest import until

NO_DATABASE = SimpleNamespace(dialect="sqlite")
"""The journal keeps records in a file."""


class FakeReceiver:
    """Keeps what it receives; can be unavailable."""

    def __init__(self) -> None:
        self.kept, self.fault = [], None

    async def receive(self, records):
        if self.fault:
            raise DestinationUnavailable(self.fault)
        self.kept += records
        return {}


@pytest.fixture
def receiver() -> FakeReceiver:
    return FakeReceiver()


@pytest.fixture
def journal(settings, receiver, metrics, monkeypatch):
    """Return a function that opens a journal with one destination."""
    monkeypatch.setattr(delivery, "GATHER_S", 0.01)

    def opened(**changes):
        changed = settings.model_copy(update=changes)
        return open_journal(changed, NO_DATABASE, {Destination.CREDITS: receiver}, metrics, BackgroundTasks(metrics))

    return opened


def state() -> RequestState:
    utterance = Utterance("Hello.", Voice("lipakshi", "Lipakshi"), Sampling(seed=7), 16_000)
    return RequestState(Arrival("request-1", 0.0), utterance)


def only(records_path):
    (record,) = read_archive(records_path, Filter())
    return record


async def test_request_is_recorded_from_its_beginning_to_its_end(journal, receiver, records_path):
    async with journal() as one:
        async with one.entry(state(), "key-1", model_version="model-1") as entry:
            await entry.written()
            assert only(records_path).outcome is Outcome.RUNNING and only(records_path).id == entry.id
            entry.add(" And more.")
        assert (only(records_path).outcome, only(records_path).text) == (Outcome.OK, "Hello. And more.")
        await until(lambda: one.state.pending == 0)
    assert [record.id for record in receiver.kept] == [entry.id]


@pytest.mark.parametrize(
    ("error", "outcome", "code"),
    [
        (asyncio.CancelledError(), Outcome.CLIENT_LEFT, None),
        (ClientStalled("it reads nothing"), Outcome.STALLED, None),
        (RateLimited("too many", retry_after_s=1), Outcome.REFUSED, RateLimited.code),
        (GenerationError("no sound"), Outcome.FAILED, GenerationError.code),
        (ZeroDivisionError(), Outcome.FAILED, "INTERNAL_ERROR"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
async def test_outcome_follows_from_the_error(journal, records_path, error, outcome, code):
    async with journal() as one:
        with pytest.raises(type(error)):
            async with one.entry(state(), "key-1", model_version="model-1"):
                raise error
    assert (only(records_path).outcome, only(records_path).error_code) == (outcome, code)


async def test_destination_that_an_entry_leaves_out_receives_nothing(journal, receiver):
    async with journal() as one:
        async with one.entry(state(), "key-1", model_version="m", without=[Destination.CREDITS]):
            pass
        assert one.state.pending == 0
    assert receiver.kept == []


async def test_pending_records_are_delivered_before_the_journal_closes(journal, receiver, monkeypatch):
    monkeypatch.setattr(delivery, "GATHER_S", 3600)
    async with journal() as one, one.entry(state(), "key-1", model_version="m"):
        pass
    assert len(receiver.kept) == 1


async def test_text_is_not_kept_where_the_settings_say_so(journal, records_path):
    async with journal(records=RecordKind.HASH) as one, one.entry(state(), "key-1", model_version="m") as entry:
        entry.add(" And more.")
    assert only(records_path).text is None and only(records_path).characters == len("Hello. And more.")


async def test_journal_without_records_keeps_nothing(journal, records_path):
    async with journal(records=RecordKind.OFF) as one:
        async with one.entry(state(), "key-1", model_version="m") as entry:
            await entry.written()
        assert (one.state.store, one.delivery_problems, one.write_problems) == ("off", [], [])
    assert not records_path.exists()


async def test_unavailable_destination_is_a_problem_until_it_receives(journal, receiver, monkeypatch):
    receiver.fault = "it answered 503"
    async with journal() as one:
        async with one.entry(state(), "key-1", model_version="m"):
            pass
        await until(lambda: one.delivery_problems)
        assert one.delivery_problems == ["credits: away (it answered 503)"] and one.state.pending == 1
        receiver.fault = None
        await until(lambda: not one.delivery_problems)


async def test_slow_disk_delays_one_request_at_most(journal, monkeypatch):
    """Later requests do not wait until a record is written again."""
    monkeypatch.setattr(module, "WRITTEN_S", 0.05)
    waits = []

    async def waited(futures, *, timeout: float):
        waits.append(timeout)
        return set(), futures

    async with journal() as one:
        with monkeypatch.context() as patched:
            patched.setattr(asyncio, "wait", waited)
            for _ in range(3):
                async with one.entry(state(), "key-1", model_version="m") as entry:
                    await entry.written()
            assert waits == [0.05] and one.write_problems == ["records are written late"]
        await until(lambda: not one.write_problems)


async def test_supabase_without_its_key_ends_the_start(settings, metrics):
    wrong = settings.model_copy(update={"supabase_url": "http://127.0.0.1:1"})
    with pytest.raises(StartupError, match="SUPABASE_KEY"):
        async with open_journal(wrong, NO_DATABASE, {}, metrics, BackgroundTasks(metrics)):
            pass
