"""The ledger on SQLite and on PostgreSQL."""

import asyncio
import random
import time
from contextlib import suppress

import pytest

from services.accounts.credits.charge import Charge
from services.accounts.credits.ledger import Ledger
from services.accounts.database import Database
from shared.errors import InsufficientCredits

KEY = "key-1"


@pytest.fixture
async def ledger(database: Database) -> Ledger:
    made = Ledger(database)
    await made.grant("grant-1", KEY, amount_ms=50_000)
    return made


async def entries(database: Database) -> dict[str, tuple[str, int, int, int]]:
    rows = await database.fetch("SELECT * FROM credit_entries WHERE state <> 'granted'")
    return {row["id"]: (row["state"], row["held_ms"], row["charged_ms"], row["unpaid_ms"]) for row in rows}


async def balanced(ledger: Ledger, database: Database) -> int:
    """Return the balance; check that it is the sum of the entries and not negative."""
    rows = await database.fetch("SELECT charged_ms, held_ms FROM credit_entries WHERE key_id = $1", KEY)
    balance_ms = await ledger.balance_ms(KEY)
    assert balance_ms == -sum(row["charged_ms"] + row["held_ms"] for row in rows) >= 0
    return balance_ms


async def test_200_concurrent_requests_spend_a_balance_for_50(ledger, database):
    async def spend(n: int) -> bool:
        try:
            await ledger.hold(Charge(f"r{n}", KEY, 1000), for_s=60)
        except InsufficientCredits:
            return False
        await ledger.settle(Charge(f"r{n}", KEY, 1000))
        return True

    spent = await asyncio.gather(*map(spend, range(200)))
    assert spent.count(True) == 50 and await balanced(ledger, database) == 0
    assert sorted(await entries(database)) == sorted(f"r{n}" for n, done in enumerate(spent) if done)


async def test_settling_releases_the_hold_less_what_was_spent(ledger, database):
    await ledger.hold(Charge("r", KEY, 20_000), for_s=60)
    assert await balanced(ledger, database) == 30_000
    await ledger.hold_more(Charge("r", KEY, 10_000), most_ms=10_000, before_ms=20000, for_s=60)
    assert await balanced(ledger, database) == 20_000
    await ledger.settle(Charge("r", KEY, 12_345))
    assert await balanced(ledger, database) == 50_000 - 12_345
    assert await entries(database) == {"r": ("settled", 0, 12_345, 0)}


async def test_repeated_changes_have_no_effect(ledger, database):
    assert await ledger.grant("grant-1", KEY, amount_ms=50_000) == 50_000
    for _ in range(3):
        await ledger.hold(Charge("r", KEY, 20_000), for_s=60)
    for _ in range(3):
        await ledger.settle(Charge("r", KEY, 5_000))
    await ledger.settle(Charge("r", KEY, 9_000))
    assert await balanced(ledger, database) == 45_000


async def test_hold_after_its_settlement_holds_nothing(ledger, database):
    """A request gave up its hold at a database that hung, and that did it later after all."""
    await ledger.settle(Charge("r", KEY, 0))
    await ledger.hold(Charge("r", KEY, 20_000), for_s=60)
    await ledger.hold_more(Charge("r", KEY, 20_000), most_ms=20_000, before_ms=20000, for_s=60)
    assert await balanced(ledger, database) == 50_000


async def test_settling_without_a_hold_charges_the_balance_and_notes_the_rest_as_unpaid(ledger, database):
    await ledger.settle(Charge("served-without-a-hold", KEY, 60_000))
    await ledger.settle(Charge("without-account", "key-2", 1_000))
    assert await balanced(ledger, database) == 0
    assert await entries(database) == {
        "served-without-a-hold": ("settled", 0, 50_000, 10_000),
        "without-account": ("settled", 0, 0, 1_000),
    }


async def test_refused_hold_leaves_the_balance_unchanged(ledger, database):
    with pytest.raises(InsufficientCredits, match=r"do not cover the 50\.0 s"):
        await ledger.hold(Charge("r", KEY, 50_001), for_s=60)
    assert await entries(database) == {} and await balanced(ledger, database) == 50_000
    await ledger.hold(Charge("r", KEY, 50_000), for_s=60)
    with pytest.raises(InsufficientCredits):
        await ledger.hold_more(Charge("r", KEY, 1), most_ms=1, before_ms=50000, for_s=60)
    assert await entries(database) == {"r": ("held", 50_000, 0, 0)}


async def test_expired_hold_is_released_and_can_still_be_settled(ledger, database):
    await ledger.hold(Charge("gone", KEY, 20_000), for_s=-1)
    await ledger.hold(Charge("speaking", KEY, 10_000), for_s=60)
    assert sum(await asyncio.gather(*(ledger.expire() for _ in range(4)))) >= 1
    assert await balanced(ledger, database) == 40_000 and await ledger.expire() == 0
    await ledger.settle(Charge("gone", KEY, 8_000))
    assert await balanced(ledger, database) == 32_000


async def test_hold_of_a_running_request_is_extended(ledger, database):
    await ledger.hold(Charge("r", KEY, 10_000), for_s=-1)
    await ledger.hold_more(Charge("r", KEY, 5_000), most_ms=5_000, before_ms=10000, for_s=60)
    assert await ledger.expire() == 0
    assert await entries(database) == {"r": ("held", 15_000, 0, 0)} and await balanced(ledger, database) == 35_000


async def test_expired_hold_is_held_anew_with_its_total(ledger, database):
    await ledger.hold(Charge("r", KEY, 10_000), for_s=-1)
    assert await ledger.expire() == 1
    await ledger.hold_more(Charge("r", KEY, 5_000), most_ms=5_000, before_ms=10000, for_s=60)
    assert await ledger.expire() == 0
    assert await entries(database) == {"r": ("held", 15_000, 0, 0)} and await balanced(ledger, database) == 35_000


async def test_expired_hold_is_refused_when_balance_does_not_cover_its_total(ledger, database):
    await ledger.hold(Charge("r", KEY, 10_000), for_s=-1)
    await ledger.expire()
    await ledger.hold(Charge("another", KEY, 40_000), for_s=60)
    with pytest.raises(InsufficientCredits):
        await ledger.hold_more(Charge("r", KEY, 5_000), most_ms=5_000, before_ms=10000, for_s=60)
    assert (await entries(database))["r"] == ("expired", 0, 0, 0) and await balanced(ledger, database) == 10_000


async def test_sums_are_right_in_any_order_and_repetition(ledger, database):
    drawn = random.Random(6)
    spent = {f"r{n}": drawn.randrange(0, 1500) for n in range(40)}

    async def live(id: str) -> None:
        steps = [
            lambda: ledger.hold(Charge(id, KEY, drawn.randrange(1, 3000)), for_s=drawn.choice([-1, 60])),
            lambda: ledger.hold_more(Charge(id, KEY, 500), most_ms=500, before_ms=1500, for_s=drawn.choice([-1, 60])),
            ledger.expire,
            lambda: ledger.settle(Charge(id, KEY, spent[id])),
        ]
        for step in drawn.choices(steps, k=8):
            with suppress(InsufficientCredits):
                await step()
        await ledger.settle(Charge(id, KEY, spent[id]))

    await asyncio.gather(*map(live, spent))
    found = await entries(database)
    assert {id: charged + unpaid for id, (_, _, charged, unpaid) in found.items()} == spent
    assert all(state == "settled" and held == 0 for state, held, _, _ in found.values())
    await balanced(ledger, database)


async def test_old_charges_are_summed_up_and_the_balance_stays_their_sum(ledger, database, monkeypatch):
    for n in range(5):
        await ledger.settle(Charge(f"old-{n}", KEY, 1_000))
    await ledger.hold(Charge("held", KEY, 2_000), for_s=60)
    monkeypatch.setattr("services.accounts.credits.ledger._SUMMED_AT_ONCE", 3)
    assert [await ledger.sum_up(before=time.time() + 1) for _ in range(3)] == [3, 2, 0]
    await ledger.settle(Charge("new", KEY, 500))
    assert await ledger.sum_up(before=time.time() - 60) == 0
    assert sorted(await entries(database)) == ["held", "new"]
    assert await balanced(ledger, database) == 50_000 - 5_000 - 2_000 - 500
