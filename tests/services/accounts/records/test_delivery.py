import asyncio

import pytest

from services.accounts.records import delivery as module
from services.accounts.records.archive import Filter, read_archive
from services.accounts.records.delivery import DestinationAway, Drain
from services.accounts.records.record import Debt
from shared import backoff
from shared.backoff import pause_s
from tests.services.accounts.records.conftest import ended, opened, until

OWED = (Debt.SUPABASE,)


class Shelf:
    """A destination that keeps the first of each id, and can be away, silent, forgetful of its answer, or choosy."""

    def __init__(self) -> None:
        self.kept, self.asked, self.mood, self.refuses = {}, 0, "open", set()
        self.fails_on = set()

    async def take(self, records):
        self.asked += 1
        if self.mood == "away":
            raise DestinationAway("it answered 503")
        if self.mood == "silent":
            await asyncio.sleep(3600)
        if any(record.id in self.fails_on for record in records):
            raise OverflowError("cannot convert float infinity to integer")
        for record in records:
            if record.id not in self.refuses:
                self.kept.setdefault(record.id, record)
        if self.mood == "mute":  # it has them, and the answer is lost
            raise DestinationAway("ReadTimeout")
        return {record.id: "SQLSTATE 22P05" for record in records if record.id in self.refuses}


@pytest.fixture
async def outbox(records_path):
    async with opened(records_path) as one:
        yield one


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
async def drain(outbox, shelf, metrics, monkeypatch):
    monkeypatch.setattr(module, "GATHER_S", 0.01)
    for name in ("FIRST_PAUSE_S", "LONGEST_PAUSE_S"):
        monkeypatch.setattr(backoff, name, 0.01)
    one = Drain(outbox, Debt.SUPABASE, shelf, metrics)
    running = asyncio.create_task(one.run())
    yield one
    running.cancel()
    await asyncio.wait({running})


@pytest.mark.parametrize("mood", ["away", "silent", "mute"])
async def test_an_outage_loses_nothing_and_doubles_nothing(outbox, drain, shelf, metrics, mood, monkeypatch):
    monkeypatch.setattr(module, "DELIVERY_S", 0.05)
    monkeypatch.setattr(module, "MOST", 7)
    shelf.mood = mood
    before, after = [ended() for _ in range(20)], [ended() for _ in range(20)]
    for record in before:
        outbox.put(record, OWED)
    await until(lambda: shelf.asked >= 3)
    assert drain.away and outbox.pending[Debt.SUPABASE] == 20
    shelf.mood = "open"
    for record in after:
        outbox.put(record, OWED)
    await until(lambda: len(shelf.kept) == 40 and outbox.pending[Debt.SUPABASE] == 0)
    assert list(shelf.kept.values()) == before + after and drain.away is None
    assert metrics.outbox_delivered._value.get() == 40 and metrics.outbox_failures._value.get() >= 2


async def test_a_record_that_is_refused_stands_in_nobodys_way(outbox, drain, shelf, metrics, records_path):
    records = [ended() for _ in range(5)]
    shelf.refuses = {records[2].id}
    for record in records:
        outbox.put(record, OWED)
    await until(lambda: outbox.refused == 1 and outbox.pending[Debt.SUPABASE] == 0)
    assert len(shelf.kept) == 4 and metrics.outbox_failures._value.get() == 1
    assert list(read_archive(records_path, Filter())) == [records[2]]


async def test_a_fault_of_the_destinations_code_does_not_end_the_deliveries(outbox, drain, shelf):
    takes, shelf.take = shelf.take, None  # calling it raises TypeError
    await outbox.put(ended(), OWED)
    await asyncio.sleep(0.05)
    shelf.take = takes
    await until(lambda: len(shelf.kept) == 1)


@pytest.mark.parametrize("bad", [{0}, {19}, {7}, {3, 4}, {0, 10, 19}])
async def test_a_record_that_the_destination_fails_on_stands_in_nobodys_way(
    outbox, drain, shelf, records_path, bad, monkeypatch
):
    monkeypatch.setattr(module, "GATHER_S", 0.1)  # all in one batch
    records = [ended() for _ in range(20)]
    shelf.fails_on = {records[n].id for n in bad}
    for record in records:
        outbox.put(record, OWED)
    await until(lambda: outbox.pending[Debt.SUPABASE] == 0 and outbox.refused == len(bad))
    assert {record.id for record in read_archive(records_path, Filter())} == shelf.fails_on
    assert shelf.kept.keys() == {record.id for record in records} - shelf.fails_on and drain.away is None


async def test_a_destination_that_fails_on_everything_is_away_and_refuses_nothing(outbox, drain, shelf):
    records = [ended() for _ in range(5)]
    shelf.fails_on = {record.id for record in records}
    for record in records:
        outbox.put(record, OWED)
    await until(lambda: drain.away == "OverflowError")
    assert outbox.refused == 0 and outbox.pending[Debt.SUPABASE] == 5
    shelf.fails_on = set()
    await until(lambda: len(shelf.kept) == 5 and drain.away is None)


async def test_what_is_owed_is_delivered_although_the_file_is_deleted(outbox, drain, shelf, records_path):
    shelf.mood = "away"
    for record in (records := [ended() for _ in range(20)]):
        outbox.put(record, OWED)
    await until(lambda: drain.away)
    records_path.unlink()
    shelf.mood = "open"
    await until(lambda: len(shelf.kept) == 20 and outbox.pending[Debt.SUPABASE] == 0)
    assert list(shelf.kept.values()) == records


async def test_nothing_is_asked_while_nothing_is_owed(drain, shelf):
    await asyncio.sleep(0.1)
    assert shelf.asked == 0


def test_pauses_double_up_to_a_minute_and_differ():
    for failures, longest in ((1, 0.5), (2, 1), (5, 8), (8, 60), (10_000, 60)):
        drawn = [pause_s(failures) for _ in range(200)]
        assert longest / 2 <= min(drawn) and max(drawn) <= longest and len(set(drawn)) > 1
