import asyncio

import pytest

from services.accounts.records import delivery as module
from services.accounts.records.archive import Filter, read_archive
from services.accounts.records.delivery import DeliveryWorker, DestinationUnavailable
from services.accounts.records.record import Destination
from shared import backoff
from shared.backoff import pause_s
from tests.services.accounts.conftest import sample
from tests.services.accounts.records.conftest import ended, opened, until

TO = (Destination.SUPABASE,)


class FakeReceiver:
    """Keeps the first record of each id. `mode` makes it unavailable, silent, or fail after it has taken the records.

    `refuses` holds ids that it refuses, `fails_on` ids on which its code fails.
    """

    def __init__(self) -> None:
        self.kept, self.asked, self.mode, self.refuses = {}, 0, "available", set()
        self.fails_on = set()

    async def receive(self, records):
        self.asked += 1
        if self.mode == "unavailable":
            raise DestinationUnavailable("it answered 503")
        if self.mode == "silent":
            await asyncio.sleep(3600)
        if any(record.id in self.fails_on for record in records):
            raise OverflowError("cannot convert float infinity to integer")
        for record in records:
            if record.id not in self.refuses:
                self.kept.setdefault(record.id, record)
        if self.mode == "answer lost":
            raise DestinationUnavailable("ReadTimeout")
        return {record.id: "SQLSTATE 22P05" for record in records if record.id in self.refuses}


@pytest.fixture
async def outbox(records_path):
    async with opened(records_path) as one:
        yield one


@pytest.fixture
def receiver() -> FakeReceiver:
    return FakeReceiver()


@pytest.fixture
def worker(outbox, receiver, metrics) -> DeliveryWorker:
    """A worker that delivers when a test says so."""
    return DeliveryWorker(outbox, Destination.SUPABASE, receiver, metrics)


@pytest.fixture
async def running(worker, monkeypatch) -> DeliveryWorker:
    """A worker that delivers by itself, with short pauses."""
    monkeypatch.setattr(module, "GATHER_S", 0.01)
    for name in ("FIRST_PAUSE_S", "LONGEST_PAUSE_S"):
        monkeypatch.setattr(backoff, name, 0.01)
    task = asyncio.create_task(worker.run())
    yield worker
    task.cancel()
    await asyncio.wait({task})


async def put(outbox, count: int) -> list:
    """Put records and wait until they are on the disk."""
    records = [ended() for _ in range(count)]
    await asyncio.gather(*(outbox.put(record, TO) for record in records))
    return records


def pending(outbox) -> int:
    return outbox.pending[Destination.SUPABASE]


@pytest.mark.parametrize("mode", ["unavailable", "silent", "answer lost"])
async def test_outage_loses_no_record_and_doubles_none(outbox, running, receiver, metrics, mode, monkeypatch):
    monkeypatch.setattr(module, "DELIVERY_S", 0.05)
    monkeypatch.setattr(module, "MOST", 7)
    receiver.mode = mode
    before = await put(outbox, 20)
    await until(lambda: receiver.asked >= 3 and running.unavailable)
    assert pending(outbox) == 20
    receiver.mode = "available"
    after = await put(outbox, 20)
    await until(lambda: len(receiver.kept) == 40 and pending(outbox) == 0)
    assert list(receiver.kept.values()) == before + after
    await until(lambda: running.unavailable is None and sample(metrics, "outbox_delivered_total") == 40)
    assert sample(metrics, "outbox_failures_total") >= 2


async def test_refused_record_does_not_delay_the_others(outbox, worker, receiver, metrics, records_path):
    records = await put(outbox, 5)
    receiver.refuses = {records[2].id}
    assert await worker.deliver()
    assert (outbox.refused, pending(outbox), worker.unavailable) == (1, 0, None)
    assert list(receiver.kept.values()) == records[:2] + records[3:]
    assert sample(metrics, "outbox_failures_total") == 1 and sample(metrics, "outbox_delivered_total") == 4
    assert list(read_archive(records_path, Filter())) == [records[2]]


async def test_fault_in_the_receivers_code_does_not_end_the_deliveries(outbox, running, receiver):
    receives, receiver.receive = receiver.receive, None  # calling it raises TypeError
    (record,) = await put(outbox, 1)
    await until(lambda: running.unavailable == "TypeError")
    receiver.receive = receives
    await until(lambda: receiver.kept == {record.id: record} and running.unavailable is None)


@pytest.mark.parametrize("bad", [{0}, {19}, {7}, {3, 4}, {0, 10, 19}])
async def test_record_on_which_the_receiver_fails_is_refused_alone(outbox, worker, receiver, records_path, bad):
    records = await put(outbox, 20)
    receiver.fails_on = {records[n].id for n in bad}
    assert await worker.deliver()
    assert (outbox.refused, pending(outbox), worker.unavailable) == (len(bad), 0, None)
    assert {record.id for record in read_archive(records_path, Filter())} == receiver.fails_on
    assert receiver.kept.keys() == {record.id for record in records} - receiver.fails_on


async def test_receiver_that_fails_on_every_record_is_unavailable_and_refuses_none(outbox, worker, receiver):
    records = await put(outbox, 5)
    receiver.fails_on = {record.id for record in records}
    assert not await worker.deliver()
    assert (worker.unavailable, outbox.refused, pending(outbox)) == ("OverflowError", 0, 5)
    receiver.fails_on = set()
    assert await worker.deliver()
    assert list(receiver.kept.values()) == records and worker.unavailable is None


async def test_records_are_delivered_although_their_file_is_deleted(outbox, running, receiver, records_path):
    receiver.mode = "unavailable"
    records = await put(outbox, 20)
    await until(lambda: running.unavailable)
    records_path.unlink()
    receiver.mode = "available"
    await until(lambda: len(receiver.kept) == 20 and pending(outbox) == 0)
    assert list(receiver.kept.values()) == records


async def test_receiver_is_not_asked_while_nothing_is_pending_for_it(outbox, worker, receiver):
    await outbox.put(ended(), [Destination.CREDITS])
    assert not outbox.due[Destination.SUPABASE].is_set(), "`run` waits for this event"
    assert await worker.deliver() and receiver.asked == 0


async def test_deliver_all_stops_when_the_destination_is_unavailable(outbox, worker, receiver, monkeypatch):
    monkeypatch.setattr(module, "MOST", 2)
    await put(outbox, 5)
    receiver.mode = "unavailable"
    await worker.deliver_all()
    assert receiver.asked == 1 and pending(outbox) == 5
    receiver.mode = "available"
    await worker.deliver_all()
    assert receiver.asked == 4 and pending(outbox) == 0


def test_pauses_double_up_to_a_minute_and_differ():
    for failures, longest in ((1, 0.5), (2, 1), (5, 8), (8, 60), (10_000, 60)):
        drawn = [pause_s(failures) for _ in range(200)]
        assert longest / 2 <= min(drawn) and max(drawn) <= longest and len(set(drawn)) > 1
