"""At a ledger that is there, and at one that is not: how long a request waits, and what becomes of it."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest

from services.accounts.credits.gate import Till, spent_ms
from services.accounts.credits.ledger import Ledger
from services.accounts.database import open_database
from services.accounts.records.delivery import DestinationAway
from services.accounts.records.record import Outcome
from shared.config import Settings, WhenAway
from shared.deadline import Deadline
from shared.errors import InsufficientCredits, StoreUnavailable
from shared.metrics import Metrics
from tests.loop_clock import LoopClock, loop_clock
from tests.servers import postgres_server
from tests.services.accounts.records.conftest import ended

WITHIN_S = 0.2


@pytest.fixture(scope="module")
def server():
    """Our own, to kill and to freeze."""
    with postgres_server() as running:
        yield running


@pytest.fixture
async def database(server):
    async with open_database(server.fresh()) as opened:
        yield opened


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def till_at(database, metrics, away: WhenAway = WhenAway.REFUSE) -> Till:
    return Till(Ledger(database), Settings(credits=True, credits_away=away), metrics)


def holds(metrics: Metrics, outcome: str) -> float:
    return metrics.credit_holds.labels(outcome)._value.get()


@pytest.mark.parametrize(
    ("outcome", "stream", "charged"),
    [
        (Outcome.OK, True, 1500),
        (Outcome.OK, False, 1500),
        (Outcome.CLIENT_LEFT, True, 1500),
        (Outcome.CLIENT_LEFT, False, 0),
        (Outcome.STALLED, True, 1500),
        (Outcome.REFUSED, True, 1500),
        (Outcome.FAILED, True, 0),
        (Outcome.INTERRUPTED, True, 0),
    ],
)
def test_what_is_charged_is_what_was_sent(outcome, stream, charged):
    assert spent_ms(replace(ended(), outcome=outcome, stream=stream)) == charged


async def test_a_balance_that_does_not_cover_it(database, metrics):
    till = till_at(database, metrics)
    with pytest.raises(InsufficientCredits):
        await till.hold(ended(), Deadline())
    assert holds(metrics, "refused") == 1 and till.away is None


@pytest.mark.parametrize("policy", list(WhenAway))
@pytest.mark.parametrize("fault", ["frozen", "dead"])
async def test_while_the_ledger_is_away_nobody_waits_and_afterwards_the_sums_are_right(
    server, database, metrics, fault, policy
):
    ledger, till = Ledger(database), till_at(database, metrics, policy)
    await ledger.grant("first", "key-1", amount_ms=100_000)
    records = [ended() for _ in range(20)]
    await till.hold(records[0], Deadline())
    await asyncio.to_thread(server.stop if fault == "frozen" else server.kill)
    try:
        async with loop_clock() as clock:
            waited_s = await asyncio.gather(*(asked(till, record, policy, clock) for record in records[1:]))
        assert holds(metrics, "away") == 19 and till.away
        with pytest.raises((DestinationAway, TimeoutError)):
            async with asyncio.timeout(10):
                await till.take(records)
    finally:
        await asyncio.to_thread(server.go if fault == "frozen" else server.start)
    assert max(waited_s) < WITHIN_S
    async with asyncio.timeout(60):
        while not await settles(till, records):  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.2)  # for holds that were only now carried out
    assert await ledger.balance_ms("key-1") == 100_000 - 20 * 1500
    rows = await database.fetch("SELECT state, held_ms FROM credit_entries WHERE id <> 'first'")
    assert [(row["state"], row["held_ms"]) for row in rows] == [("settled", 0)] * 20
    async with asyncio.timeout(60):
        while not await holds_again(till):  # noqa: ASYNC110 - nobody asks for a while
            await asyncio.sleep(0.05)
    await till.close()


async def asked(till: Till, record, policy: WhenAway, clock: LoopClock) -> float:
    """Seconds of the event loop's until a request may begin, or is refused."""
    begun = clock.now
    try:
        await till.hold(record, Deadline())
        assert policy is WhenAway.SERVE
    except StoreUnavailable:
        assert policy is WhenAway.REFUSE
    return clock.now - begun


async def holds_again(till: Till) -> bool:
    with suppress(StoreUnavailable):
        await till.hold(ended(), Deadline())
    return till.away is None


async def settles(till: Till, records) -> bool:
    try:
        return await till.take(records) == {}
    except DestinationAway:
        return False
