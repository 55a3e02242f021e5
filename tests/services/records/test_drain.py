import asyncio

import pytest

from services.records import drain as module
from services.records.archive import Filter, read_archive
from services.records.drain import DestinationAway, Drain, pause_s
from services.records.outbox import Debt, open_outbox
from shared.metrics import Metrics
from tests.services.records.conftest import ended, until

OWED = (Debt.SUPABASE,)


class Shelf:
    """A destination that keeps the first of each id, and can be away, silent, forgetful of its answer, or choosy."""

    def __init__(self) -> None:
        self.kept, self.asked, self.mood, self.refuses = {}, 0, "open", set()

    async def take(self, records):
        self.asked += 1
        if self.mood == "away":
            raise DestinationAway("it answered 503")
        if self.mood == "silent":
            await asyncio.sleep(3600)
        for record in records:
            if record.id not in self.refuses:
                self.kept.setdefault(record.id, record)
        if self.mood == "mute":  # it has them, and the answer is lost
            raise DestinationAway("ReadTimeout")
        return {record.id: "SQLSTATE 22P05" for record in records if record.id in self.refuses}


@pytest.fixture
async def outbox(records_path):
    async with open_outbox(records_path, lost=pytest.fail) as opened:
        yield opened


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
async def drain(outbox, shelf, metrics, monkeypatch):
    for name in ("GATHER_S", "FIRST_PAUSE_S", "LONGEST_PAUSE_S"):
        monkeypatch.setattr(module, name, 0.01)
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


async def test_nothing_is_asked_while_nothing_is_owed(drain, shelf):
    await asyncio.sleep(0.1)
    assert shelf.asked == 0


def test_pauses_double_up_to_a_minute_and_differ():
    for failures, longest in ((1, 0.5), (2, 1), (5, 8), (8, 60), (10_000, 60)):
        drawn = [pause_s(failures) for _ in range(200)]
        assert longest / 2 <= min(drawn) and max(drawn) <= longest and len(set(drawn)) > 1
