"""The gate before an available ledger and an unavailable one: bounded waits, and right sums afterwards."""

import asyncio
from uuid import uuid4

import pytest

from services.accounts.credits.charge import Charge
from services.accounts.credits.gate import CreditGate
from services.accounts.credits.ledger import Ledger
from services.accounts.database import open_database
from shared.config import Settings
from shared.deadline import Deadline
from shared.errors import InsufficientCredits, StoreUnavailable
from shared.store_settings import WhenUnavailable
from tests.loop_clock import LoopClock, loop_clock
from tests.servers import postgres_server
from tests.services.accounts.conftest import sample

WITHIN_S = 0.5
KEY = "key-1"


@pytest.fixture(scope="module")
def server():
    """A server of this module alone, to kill and to freeze."""
    with postgres_server() as running:
        yield running


@pytest.fixture
async def database(server):
    async with open_database(server.fresh()) as opened:
        yield opened


def gate_at(database, metrics, policy: WhenUnavailable = WhenUnavailable.REFUSE) -> CreditGate:
    return CreditGate(Ledger(database), Settings(credits=True, credits_away=policy), metrics)


def charge(amount_ms: int = 1500) -> Charge:
    return Charge(uuid4().hex, KEY, amount_ms)


async def test_hold_is_refused_when_balance_does_not_cover_it(database, metrics):
    gate = gate_at(database, metrics)
    with pytest.raises(InsufficientCredits):
        await gate.hold(charge(), Deadline())
    assert sample(metrics, "credit_holds_total", outcome="refused") == 1 and gate.problem is None


async def test_holds_are_released_less_what_was_spent_when_settled(database, metrics):
    gate, ledger = gate_at(database, metrics), Ledger(database)
    await ledger.grant("first", KEY, amount_ms=10_000)
    held = charge(4000)
    await gate.hold(held, Deadline())
    assert await gate.hold_more(Charge(held.id, KEY, 1000), Deadline(), most_ms=1000, before_ms=4000) == 1000
    assert await ledger.balance_ms(KEY) == 5000
    for _ in range(2):
        await gate.settle([Charge(held.id, KEY, 1500)])
    assert await ledger.balance_ms(KEY) == 8500
    assert sample(metrics, "credit_holds_total", outcome="held") == 2


@pytest.mark.parametrize("policy", list(WhenUnavailable))
@pytest.mark.parametrize("fault", ["frozen", "dead"])
async def test_waits_are_bounded_and_sums_are_right_when_ledger_fails(server, database, metrics, fault, policy):
    ledger, gate = Ledger(database), gate_at(database, metrics, policy)
    await ledger.grant("first", KEY, amount_ms=100_000)
    charges = [charge() for _ in range(20)]
    await gate.hold(charges[0], Deadline())
    await asyncio.to_thread(server.stop if fault == "frozen" else server.kill)
    try:
        async with loop_clock() as clock:
            waited_s = await asyncio.gather(*(asked(gate, one, policy, clock) for one in charges[1:]))
        assert sample(metrics, "credit_holds_total", outcome="away") == 19 and gate.problem
        with pytest.raises((StoreUnavailable, TimeoutError)):
            async with asyncio.timeout(10):
                await gate.settle(charges)
    finally:
        await asyncio.to_thread(server.go if fault == "frozen" else server.start)
    assert max(waited_s) < WITHIN_S
    async with asyncio.timeout(60):
        while not await settles(gate, charges):  # noqa: ASYNC110 - the server's return has no event
            await asyncio.sleep(0.05)
        await questions_ended()
    assert await ledger.balance_ms(KEY) == 100_000 - 20 * 1500
    rows = await database.fetch("SELECT state, held_ms FROM credit_entries WHERE id <> 'first'")
    assert [(row["state"], row["held_ms"]) for row in rows] == [("settled", 0)] * 20
    async with asyncio.timeout(60):
        while not await holds_again(gate):  # noqa: ASYNC110 - the circuit is open for a while
            await asyncio.sleep(0.05)
    await gate.close()


async def asked(gate: CreditGate, one: Charge, policy: WhenUnavailable, clock: LoopClock) -> float:
    """Return the seconds, of the event loop's clock, until a hold returns or is refused."""
    begun = clock.now
    try:
        await gate.hold(one, Deadline())
        assert policy is WhenUnavailable.SERVE
    except StoreUnavailable:
        assert policy is WhenUnavailable.REFUSE
    return clock.now - begun


async def questions_ended() -> None:
    """Wait until no hold is under way: one that its request gave up is still carried out."""
    if questions := [task for task in asyncio.all_tasks() if task.get_name() == "ask-credits"]:
        await asyncio.wait(questions)


async def holds_again(gate: CreditGate) -> bool:
    try:
        await gate.hold(charge(), Deadline())
    except StoreUnavailable:
        return False
    return True


async def settles(gate: CreditGate, charges: list[Charge]) -> bool:
    try:
        await gate.settle(charges)
    except StoreUnavailable:
        return False
    return True
