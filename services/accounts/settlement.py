"""Settlement of records at the credit gate. Joins records and credits, which do not know each other."""

from collections.abc import Sequence

from services.accounts.credits.charge import Charge
from services.accounts.credits.gate import CreditGate
from services.accounts.records.delivery import DestinationUnavailable, Refused
from services.accounts.records.record import Outcome, RequestRecord
from shared.errors import GenerationError, StoreUnavailable


class Settlement:
    """The credit gate as a destination of the outbox, so that each request is settled, whatever happens, and once."""

    def __init__(self, gate: CreditGate) -> None:
        self._gate = gate

    async def receive(self, records: Sequence[RequestRecord]) -> Refused:
        """Settle these requests. Raises DestinationUnavailable."""
        try:
            await self._gate.settle(map(charge_of, records))
        except StoreUnavailable as fault:
            raise DestinationUnavailable(fault.message) from fault
        return {}


def charge_of(record: RequestRecord) -> Charge:
    """Return the charge of an ended request: the speech that was sent.

    A stream is charged until its client left or stalled, its credits ended, or its own text could not be spoken on.
    Free are a file that failed, and whatever the service itself breaks off: its engine is gone, it stops, it is full.
    """
    broken_off = record.outcome in {Outcome.CLIENT_LEFT, Outcome.STALLED, Outcome.REFUSED}
    text_failed = record.outcome is Outcome.FAILED and record.error_code == GenerationError.code
    sent = record.outcome is Outcome.OK or ((broken_off or text_failed) and record.stream)
    return Charge(record.id, record.key_id, round(record.audio_s * 1000) if sent else 0)
