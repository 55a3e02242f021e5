"""Accounts whose PostgreSQL and Redis are far away: round trips counted, nothing refused, no limit changed silently."""

import asyncio
import gc
import re
from collections.abc import Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from core.request_state import Arrival, RequestState
from services.accounts.accounts import Accounts, open_accounts
from services.accounts.caller import Limits, Scope
from services.accounts.credits.ledger import Ledger
from services.accounts.database import open_database
from services.accounts.keys.store import KeyStore
from services.background import BackgroundTasks
from shared.config import Settings
from shared.errors import ServiceError
from shared.types import Sampling, Utterance, Voice
from tests.delaying_proxy import DelayingProxy, delaying_proxy
from tests.services.accounts.conftest import sample
from tests.services.accounts.records.conftest import until

GRANTED_MS = 10_000_000
REQUESTS, KEYS = 60, 6
"""Requests of a test, which come at once, of so many keys."""

TOO_FAR = re.compile(r"stores are too far away: .*\(2 x 2\d\d ms to database, 1 x 2\d\d ms to redis")


@dataclass
class Far:
    """Settings of a service whose stores are behind proxies, and the proxies."""

    database: DelayingProxy
    redis: DelayingProxy
    settings: Settings
    near_url: str

    def at(self, round_trip_s: float) -> None:
        self.database.round_trip_s = self.redis.round_trip_s = round_trip_s


@pytest.fixture
def far(postgres, redis, tmp_path) -> Iterator[Far]:
    near = postgres.fresh()
    with delaying_proxy(postgres.port) as database, delaying_proxy(redis.port) as limits:
        yield Far(
            database,
            limits,
            Settings(
                auth_bypass_mode=False,
                credits=True,
                database_url=near.replace(str(postgres.port), str(database.port)),
                redis_url=redis.url.replace(str(redis.port), str(limits.port)),
                records="full",
                records_path=tmp_path / "records.db",
                key_streams=1000,
            ),
            near,
        )


@pytest.fixture(autouse=True)
def frozen_heap():
    """Keep what the test session has loaded from the collector, as the service does: a collection takes 0.3 s of it."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@asynccontextmanager
async def opened(settings: Settings, metrics):
    """Open accounts; wait until the stores are measured, as a start does that loads a model meanwhile."""
    async with open_accounts(settings, metrics, BackgroundTasks(metrics)) as accounts:
        await until(lambda: set(accounts.round_trips_s) == {"database", "redis"})
        yield accounts


async def paying_keys(url: str, count: int) -> list[tuple[str, str]]:
    """Create keys with credits; return their ids and secrets."""
    made = []
    async with open_database(url) as database:
        for _ in range(count):
            key, secret = await KeyStore(database).create(
                "n", scopes=frozenset({Scope.GENERATE}), limits=Limits(), expires_at=None
            )
            await Ledger(database).grant(f"grant-{key.id}", key.id, amount_ms=GRANTED_MS)
            made.append((key.id, secret))
    return made


async def speak(accounts: Accounts, secret: str, *, seconds: int = 1) -> RequestState:
    """Make one request, as the transports do."""
    utterance = Utterance("Hello there.", Voice("lipakshi", "Lipakshi"), Sampling(seed=7), 16_000)
    request = RequestState(Arrival("request-1", 0.0), utterance)
    caller = await accounts.caller(secret, request.arrival.store_deadline)
    async with accounts.open(request, caller, model_version="model-1"):
        request.samples = seconds * 16_000
    return request


async def balances_ms(url: str, keys: list[tuple[str, str]]) -> list[int]:
    async with open_database(url) as database:
        return [await Ledger(database).balance_ms(key_id) for key_id, _ in keys]


async def test_round_trips_of_a_request_are_one_for_each_store(far, metrics):
    """Key, limits, hold and settlement are one round trip each, and a lease ends in one that no client waits for."""
    ((_, secret),) = keys = await paying_keys(far.near_url, 1)
    async with opened(far.settings, metrics) as accounts:
        await speak(accounts, secret)
        await until(lambda: accounts.records.pending == 0)
        for _ in range(3):
            database, redis = far.database.trips, far.redis.trips
            await speak(accounts, secret)
            assert far.database.trips == database + 1, "the hold; the key is cached"
            await until(lambda: accounts.records.pending == 0)
            assert far.database.trips == database + 2, "and the settlement"
            await until(lambda expected=redis + 2: far.redis.trips == expected)
        accounts._cache.invalidate(keys[0][0])
        database = far.database.trips
        await accounts.caller(secret, Arrival("request-1", 0.0).store_deadline)
        assert far.database.trips == database + 1, "the key"


@pytest.mark.parametrize("round_trip_ms", [0, 12, 50])
async def test_no_request_is_refused_and_the_ledger_is_exact(far, metrics, round_trip_ms):
    keys = await paying_keys(far.near_url, KEYS)
    far.at(round_trip_ms / 1000)
    async with opened(far.settings, metrics) as accounts:
        requests = await asyncio.gather(*(speak(accounts, keys[n % KEYS][1]) for n in range(REQUESTS)))
        assert accounts.degraded() == []
        assert round_trip_ms / 1000 <= min(accounts.round_trips_s.values()) < round_trip_ms / 1000 + 0.05
        assert sample(metrics, "limits_local_total") == 0 and all(one.allowance.shared for one in requests)
        await until(lambda: accounts.records.pending == 0)
    assert await balances_ms(far.near_url, keys) == [GRANTED_MS - REQUESTS // KEYS * 1000] * KEYS


async def test_stores_that_are_too_far_away_are_named_and_the_ledger_is_exact(far, metrics):
    """At 200 ms a request needs 0.6 s: what is refused, or counted alone, is so visibly."""
    keys = await paying_keys(far.near_url, KEYS)
    far.at(0.2)
    served = [0] * KEYS

    async def spoken(n: int) -> RequestState | None:
        try:
            request = await speak(accounts, keys[n % KEYS][1])
        except ServiceError as refusal:
            assert refusal.code == "SERVICE_UNAVAILABLE"
            return None
        served[n % KEYS] += 1
        return request

    async with opened(far.settings, metrics) as accounts:
        assert any(TOO_FAR.search(reason) for reason in accounts.degraded())
        requests = [await spoken(n) for n in range(KEYS)] + await asyncio.gather(*map(spoken, range(REQUESTS)))
        alone = [one for one in requests if one and not one.allowance.shared]
        assert sample(metrics, "limits_local_total") >= len(alone)
        assert not alone or any("limits are not" in reason for reason in accounts.degraded())
        assert None in requests and any("credits: no holds" in reason for reason in accounts.degraded())
        await until(lambda: accounts.records.pending == 0)
        await asyncio.sleep(1)  # a hold whose request gave up arrives, and is released by its settlement
    assert await balances_ms(far.near_url, keys) == [GRANTED_MS - count * 1000 for count in served]


async def test_longer_deadline_serves_stores_that_are_far_away(far, metrics):
    keys = await paying_keys(far.near_url, KEYS)
    far.at(0.2)
    patient = far.settings.model_copy(update={"store_deadline_s": 2.0})
    async with opened(patient, metrics) as accounts:
        await asyncio.gather(*(speak(accounts, keys[n % KEYS][1]) for n in range(REQUESTS)))
        assert accounts.degraded() == []
        await until(lambda: accounts.records.pending == 0)
    assert await balances_ms(far.near_url, keys) == [GRANTED_MS - REQUESTS // KEYS * 1000] * KEYS
