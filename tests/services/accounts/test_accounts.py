"""The face: a request's limits, record and credits together, at real stores."""

import asyncio
from contextlib import asynccontextmanager
from types import SimpleNamespace

import numpy as np
import pytest

from core.request_state import Arrival, RequestState
from services.accounts.accounts import Accounts, open_accounts
from services.accounts.caller import ANONYMOUS, Limits, Scope
from services.accounts.credits.ledger import Ledger
from services.accounts.database import open_database
from services.accounts.keys.store import KeyStore
from services.accounts.records import delivery
from services.accounts.records.archive import Filter, read_archive
from services.accounts.records.record import Outcome
from services.background import BackgroundTasks
from shared.config import Settings
from shared.deadline import Deadline
from shared.errors import GenerationError, InsufficientCredits, InvalidApiKey, RateLimited, StartupError
from shared.store_settings import RecordKind
from shared.types import Pcm, Sampling, Utterance, Voice
from tests.services.accounts.conftest import sample
from tests.services.accounts.records.conftest import until

GENERATE = frozenset({Scope.GENERATE})
TEXT = "Ten chars."
HELD_MS = 1000 + 100 * len(TEXT)


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(
        database_url=f"sqlite:///{tmp_path}/veena3.db",
        records="full",
        records_path=tmp_path / "records.sqlite",
        credits=True,
        auth_bypass_mode=False,
        store_deadline_s=60,  # the machine's speed is not tested here
    )


@pytest.fixture
async def database(settings):
    async with open_database(settings.database_url) as opened:
        yield opened


@pytest.fixture
def ledger(database) -> Ledger:
    return Ledger(database)


@pytest.fixture
async def accounts(settings, database, metrics, monkeypatch):
    monkeypatch.setattr(delivery, "GATHER_S", 0.01)
    async with open_accounts(settings, metrics, BackgroundTasks(metrics)) as opened:
        yield opened


async def caller_with(accounts, database, ledger, *, credit_ms: int = 100_000, limits: Limits | None = None):
    """Return the caller of a new key with credits."""
    key, secret = await KeyStore(database).create("n", scopes=GENERATE, limits=limits or Limits(), expires_at=None)
    await ledger.grant(f"grant-{key.id}", key.id, amount_ms=credit_ms)
    return await accounts.caller(secret, Deadline())


def state(text: str = TEXT) -> RequestState:
    utterance = Utterance(text, Voice("lipakshi", "Lipakshi"), Sampling(seed=7), 16_000)
    return RequestState(Arrival("request-1", 0.0), utterance)


def opened(accounts: Accounts, request: RequestState, caller):
    return accounts.open(request, caller, model_version="model-1")


@asynccontextmanager
async def charged(ledger: Ledger, key_id: str, amount_ms: int):
    """Check that the balance falls by `amount_ms` once the request in this context is settled."""
    before = await ledger.balance_ms(key_id)
    yield
    async with asyncio.timeout(10):
        while await ledger.balance_ms(key_id) != before - amount_ms:  # noqa: ASYNC110 - delivery has no event
            await asyncio.sleep(0.005)


def outcomes(settings) -> list[Outcome]:
    """Return the outcomes of the records that are written by now."""
    return [record.outcome for record in read_archive(settings.records_path, Filter())]


def only_record(settings):
    (record,) = read_archive(settings.records_path, Filter())
    return record


async def test_key_is_required_and_known(accounts):
    for secret in (None, "", "veena3_unknown"):
        with pytest.raises(InvalidApiKey):
            await accounts.caller(secret, Deadline())


async def test_caller_is_anonymous_when_bypass_is_on(settings, metrics):
    bypassed = settings.model_copy(update={"auth_bypass_mode": True})
    async with open_accounts(bypassed, metrics, BackgroundTasks(metrics)) as accounts:
        assert await accounts.caller(None, Deadline()) is ANONYMOUS


async def test_revoked_key_is_refused_at_once(accounts):
    key, secret = await accounts.keys.create("n", scopes=GENERATE, limits=Limits(), expires_at=None)
    assert (await accounts.caller(secret, Deadline())).key_id == key.id
    assert (await accounts.revoke(key.id)).state == "revoked"
    with pytest.raises(InvalidApiKey):
        await accounts.caller(secret, Deadline())


async def test_request_holds_credits_and_is_recorded_and_settled_at_its_end(accounts, database, ledger, settings):
    caller, request = await caller_with(accounts, database, ledger), state()
    async with charged(ledger, caller.key_id, 2000):
        async with opened(accounts, request, caller) as account:
            assert await ledger.balance_ms(caller.key_id) == 100_000 - HELD_MS
            await account.recorded()
            assert only_record(settings).outcome is Outcome.RUNNING
            request.samples = 2 * request.utterance.rate
        record = only_record(settings)
    assert (record.outcome, record.key_id, record.model_version) == (Outcome.OK, caller.key_id, "model-1")
    assert request.allowance is not None and accounts.records.store == "local"
    await until(lambda: accounts.records.pending == 0)


async def test_failed_request_is_recorded_and_free(accounts, database, ledger, settings):
    caller, request = await caller_with(accounts, database, ledger), state()
    async with charged(ledger, caller.key_id, 0):
        with pytest.raises(GenerationError):
            async with opened(accounts, request, caller):
                request.samples = 2 * request.utterance.rate
                raise GenerationError("no sound")
        await until(lambda: outcomes(settings) == [Outcome.FAILED])


async def test_request_without_credits_is_recorded_as_refused(accounts, database, ledger, settings):
    caller = await caller_with(accounts, database, ledger, credit_ms=HELD_MS - 1)
    with pytest.raises(InsufficientCredits):
        async with opened(accounts, state(), caller):
            pytest.fail("it was admitted")
    await until(lambda: outcomes(settings) == [Outcome.REFUSED])
    assert only_record(settings).error_code == InsufficientCredits.code
    assert await ledger.balance_ms(caller.key_id) == HELD_MS - 1


async def test_request_over_its_rate_has_neither_record_nor_hold(accounts, database, ledger, settings):
    caller = await caller_with(accounts, database, ledger, limits=Limits(requests_per_minute=1))
    async with opened(accounts, state(), caller):
        pass
    await until(lambda: accounts.records.pending == 0)
    balance_ms = await ledger.balance_ms(caller.key_id)
    with pytest.raises(RateLimited):
        async with opened(accounts, state(), caller):
            pytest.fail("it was admitted")
    assert only_record(settings).outcome is Outcome.OK and await ledger.balance_ms(caller.key_id) == balance_ms


async def test_anonymous_request_is_recorded_and_never_settled(accounts, settings):
    async with opened(accounts, state(), ANONYMOUS):
        pass
    assert only_record(settings).outcome is Outcome.OK and accounts.records.pending == 0


async def test_following_text_is_limited_held_and_recorded(accounts, database, ledger, settings):
    limits = Limits(characters_per_minute=len(TEXT) + 8)
    caller, given = await caller_with(accounts, database, ledger, limits=limits), []

    async def more():
        for text in ("More.", "And", "too much"):
            yield text

    with pytest.raises(RateLimited):
        async with opened(accounts, state(), caller) as account:
            async for text in account.admitted(more()):
                given.append(text)
            pytest.fail("it was admitted")
    assert given == ["More.", "And"]
    await until(lambda: outcomes(settings) == [Outcome.REFUSED])
    assert only_record(settings).text == TEXT + "More.And"


async def test_following_text_is_refused_when_credits_do_not_cover_it(accounts, database, ledger):
    caller, given = await caller_with(accounts, database, ledger, credit_ms=HELD_MS + 500), []

    async def more():
        for text in ("More.", "!"):
            yield text

    with pytest.raises(InsufficientCredits):
        async with opened(accounts, state(), caller) as account:
            async for text in account.admitted(more()):
                given.append(text)
                assert await ledger.balance_ms(caller.key_id) == 0
            pytest.fail("it was admitted")
    assert given == ["More."]


async def test_short_pieces_of_one_key_leave_other_keys_alone(settings, metrics, database, ledger):
    """16 requests get 100 paid pieces each: nothing of another key is refused, with the default deadline."""
    hurried = settings.model_copy(update={"store_deadline_s": Settings().store_deadline_s})

    async def pieces():
        for _ in range(100):
            yield "Yes. "

    async with open_accounts(hurried, metrics, BackgroundTasks(metrics)) as accounts:
        greedy, other = [await caller_with(accounts, database, ledger, credit_ms=10**7) for _ in range(2)]

        async def chatter() -> None:
            async with opened(accounts, state(), greedy) as account:
                async for _ in account.admitted(pieces()):
                    await asyncio.sleep(0)

        async with asyncio.TaskGroup() as chatters:
            for _ in range(16):
                chatters.create_task(chatter())
            for _ in range(20):
                async with opened(accounts, state(), other):
                    await asyncio.sleep(0.001)
        assert metrics.registry.get_sample_value("veena3_tts_credit_holds_total", {"outcome": "away"}) is None
        assert sample(metrics, "credit_holds_total", outcome="held") <= 16 * (1 + 10) + 20, "one hold in 5 s of speech"
        assert accounts.degraded() == []


async def test_sound_ends_where_the_balance_ends_when_the_hold_expires_meanwhile(accounts, database, ledger):
    caller, heard = await caller_with(accounts, database, ledger, credit_ms=10_000), 0

    async def sound():
        for second in range(30):
            if second in (2, 5):
                await database.execute("UPDATE credit_entries SET expires_at = 0 WHERE state = 'held'")
                assert await ledger.expire() == 1
            yield Pcm(np.zeros(16_000, np.float32), 16_000)

    with pytest.raises(InsufficientCredits):
        async with opened(accounts, state(), caller) as account:
            async for _ in account.covered(sound()):
                heard += 1
    assert heard == 10


async def test_credits_without_records_end_the_start(settings, metrics):
    off = settings.model_copy(update={"records": RecordKind.OFF})
    with pytest.raises(StartupError, match="setting CREDITS"):
        async with open_accounts(off, metrics, BackgroundTasks(metrics)):
            pass


def test_degraded_names_each_part_that_does_not_work():
    accounts = Accounts(
        SimpleNamespace(problem="the database file is damaged"),
        SimpleNamespace(store_unavailable=True, store_problem="it is broken"),
        SimpleNamespace(store_unavailable=False, store_problem="answers came late"),
        SimpleNamespace(delivery_problems=["supabase: away (503)"], write_problems=["records are written late"]),
        SimpleNamespace(problem="no answer in 0.4 s"),
        SimpleNamespace(problem="stores are too far away"),
        bypass=False,
        sockets=1,
    )
    assert accounts.degraded() == [
        "supabase: away (503)",
        "credits: no holds (no answer in 0.4 s)",
        "records are written late",
        "API keys cannot be checked: the database is away",
        "limits are not always shared: answers came late",
        "the database file is damaged",
        "stores are too far away",
    ]


async def test_degraded_is_empty_while_everything_works(accounts):
    assert accounts.degraded() == []
