import pytest

from services.accounts.records import pending as module
from services.accounts.records.pending import PendingRecords
from services.accounts.records.record import Destination
from tests.services.accounts.records.conftest import ended


@pytest.fixture
def pending() -> PendingRecords:
    return PendingRecords()


def test_record_is_kept_until_every_destination_has_it(pending):
    record, bare = ended(), ended()
    pending.add(record, tuple(Destination))
    pending.add(bare, ())
    assert pending.all() == [(record, set(Destination))]
    pending.delivered(Destination.SUPABASE, [record.id, "unknown"])
    assert pending.all() == [(record, {Destination.CREDITS})]
    pending.delivered(Destination.CREDITS, [record.id])
    assert pending.all() == []


def test_memory_is_bounded_and_used_again(pending, monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 500_000)
    records = [ended("x" * 100_000) for _ in range(10)]
    for expected in (records[:4], records[4:8]):
        for record in expected + records[8:]:
            pending.add(record, [Destination.CREDITS])
        assert [record for record, _ in pending.all()] == expected
        pending.delivered(Destination.CREDITS, [record.id for record in expected])
        assert pending.all() == []
