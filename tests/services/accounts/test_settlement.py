from dataclasses import replace

import pytest

from services.accounts.credits.charge import Charge
from services.accounts.records.delivery import DestinationUnavailable
from services.accounts.records.record import Outcome
from services.accounts.settlement import Settlement, charge_of
from shared.errors import StoreUnavailable
from tests.services.accounts.records.conftest import ended


class FakeGate:
    """Keeps what it settles; can be unavailable."""

    def __init__(self, fault: str | None = None) -> None:
        self.settled, self.fault = [], fault

    async def settle(self, charges) -> None:
        if self.fault:
            raise StoreUnavailable(self.fault)
        self.settled += charges


@pytest.mark.parametrize(
    ("outcome", "stream", "charged_ms"),
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
def test_charge_is_the_speech_that_was_sent(outcome, stream, charged_ms):
    record = replace(ended(), outcome=outcome, stream=stream, error_code=None)
    assert charge_of(record) == Charge(record.id, record.key_id, charged_ms)


@pytest.mark.parametrize(
    ("code", "stream", "charged_ms"),
    [("GENERATION_FAILED", True, 1500), ("GENERATION_FAILED", False, 0), ("GPU_FAULT", True, 0), ("GPU_OOM", True, 0)],
)
def test_failed_stream_is_charged_where_its_own_text_failed(code, stream, charged_ms):
    record = replace(ended(), outcome=Outcome.FAILED, stream=stream, error_code=code)
    assert charge_of(record).amount_ms == charged_ms


async def test_settlement_charges_every_record():
    gate, records = FakeGate(), [ended() for _ in range(3)]
    assert await Settlement(gate).receive(records) == {}
    assert gate.settled == [charge_of(record) for record in records]


async def test_settlement_is_unavailable_when_ledger_is():
    with pytest.raises(DestinationUnavailable, match="no answer"):
        await Settlement(FakeGate("no answer in 5 s")).receive([ended()])
