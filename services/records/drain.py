"""From the outbox to whoever is owed the records, for as long as it takes. Knows no destination."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from typing import Protocol

from services.records.outbox import Debt, Outbox
from services.records.record import RequestRecord
from shared.logging import get_logger
from shared.metrics import Metrics

GATHER_S = 0.25  # for which a batch gathers
MOST, CHARACTERS = 100, 500_000  # of a batch
DELIVERY_S = 15.0  # after which a destination that says nothing is given up
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 60.0

Refused = Mapping[str, str]
"""Records that will never be taken: id and reason."""

log = get_logger(__name__)


class DestinationAway(Exception):
    """It took nothing, and may later. The message holds no text, key or address."""


class Destination(Protocol):
    async def take(self, records: Sequence[RequestRecord]) -> Refused:
        """Have all of them, of which it may have some already. Raises DestinationAway."""


class Drain:
    """Delivers batches in order, with a pause after a failure that doubles, and differs from process to process."""

    def __init__(self, outbox: Outbox, debt: Debt, destination: Destination, metrics: Metrics) -> None:
        self._outbox, self.debt, self._destination, self._metrics = outbox, debt, destination, metrics
        self.away: str | None = None  # why, while it is

    async def run(self) -> None:
        """For ever."""
        failures = 0
        while True:
            await self._outbox.owing[self.debt].wait()
            await asyncio.sleep(GATHER_S)
            try:
                failures = 0 if await self.deliver() else failures + 1
            except Exception as fault:
                # A task's boundary: a fault of ours, or of the disk, must not end the deliveries for ever.
                log.error("unforeseen", exc_info=fault)
                self._outbox.owing[self.debt].set()
                failures += 1
            if failures:
                await asyncio.sleep(pause_s(failures))

    async def empty(self) -> None:
        """Deliver all that is owed, or until the destination is away."""
        while self._outbox.pending[self.debt] and await self.deliver():
            pass

    async def deliver(self) -> bool:
        """One batch; False where the destination was away."""
        records = await self._outbox.owed(self.debt, most=MOST, characters=CHARACTERS)
        if not records:
            return True
        try:
            async with asyncio.timeout(DELIVERY_S):
                refused = await self._destination.take(records)
        except (DestinationAway, TimeoutError) as reason:
            self._metrics.outbox_failures.inc()
            self._say(str(reason) or f"no answer in {DELIVERY_S:g} s")
            self._outbox.owing[self.debt].set()
            return False
        for record in records:
            if record.id in refused:
                self._metrics.outbox_failures.inc()
                log.error("record_refused", debt=self.debt, id=record.id, reason=refused[record.id])
                await self._outbox.refuse(self.debt, record, refused[record.id])
        taken = [record for record in records if record.id not in refused]
        await self._outbox.paid(self.debt, taken)
        self._metrics.outbox_delivered.inc(len(taken))
        self._say(None)
        if self._outbox.pending[self.debt]:
            self._outbox.owing[self.debt].set()
        return True

    def _say(self, reason: str | None) -> None:
        if reason != self.away:
            pending = self._outbox.pending[self.debt]
            if reason:
                log.warning("destination_away", debt=self.debt, reason=reason, pending=pending)
            else:
                log.info("destination_back", debt=self.debt, pending=pending)
        self.away = reason


def pause_s(failures: int) -> float:
    """Seconds before the next attempt after so many failures in a row: half of it certain, half drawn."""
    longest: float = min(FIRST_PAUSE_S * 2 ** min(failures - 1, 16), LONGEST_PAUSE_S)
    return longest * random.uniform(0.5, 1.0)
