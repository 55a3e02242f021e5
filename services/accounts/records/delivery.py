"""From the outbox to whoever is owed the records, for as long as it takes. Knows no destination."""

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Protocol

from services.accounts.records.outbox import Outbox
from services.accounts.records.record import Debt, RequestRecord
from shared.backoff import pause_s
from shared.logging import get_logger
from shared.metrics import Metrics

GATHER_S = 0.25  # for which a batch gathers
MOST, CHARACTERS = 100, 500_000  # of a batch
DELIVERY_S = 15.0  # after which a destination that says nothing is given up

Refused = Mapping[str, str]
"""Records that will never be taken: id and reason."""

log = get_logger(__name__)


class DestinationAway(Exception):
    """It took nothing, and may later. The message holds no text, key or address."""


class _Unforeseen(DestinationAway):
    """It failed in a way that it does not name."""


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
            except (sqlite3.Error, OSError) as fault:  # of the outbox's file, which its writer looks after
                log.warning("delivery_postponed", debt=self.debt, reason=str(fault))
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
                refused = await self._take(records)
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

    async def _take(self, records: Sequence[RequestRecord]) -> Refused:
        """Deliver. A record that the destination fails on is found by halving, and refused: others are behind it.

        Where it fails on all of them, it is the destination that is at fault: raises DestinationAway.
        """
        try:
            return await self._destination.take(records)
        except (DestinationAway, TimeoutError):
            raise
        except Exception as fault:
            # A record's boundary, and a destination's: a fault of either must not end the deliveries.
            if type(fault).__name__ != self.away:
                log.error("delivery_failed", debt=self.debt, records=len(records), exc_info=fault)
            reason = type(fault).__name__
        refused = dict(await self._take_halves(records, reason))
        if len(refused) == len(records) and set(refused.values()) == {reason}:
            raise DestinationAway(reason)
        return refused

    async def _take_halves(self, records: Sequence[RequestRecord], reason: str) -> Refused:
        """Deliver the halves of what failed as a whole, down to single records, which are refused."""
        if len(records) == 1:
            return {records[0].id: reason}
        refused: dict[str, str] = {}
        half = len(records) // 2
        for part in (records[:half], records[half:]):
            try:
                refused.update(await self._destination.take(part))
            except (DestinationAway, TimeoutError):
                raise
            except Exception as fault:  # noqa: BLE001 - as in `_take`, which has logged the first of them
                refused.update(await self._take_halves(part, type(fault).__name__))
        return refused

    def _say(self, reason: str | None) -> None:
        if reason != self.away:
            pending = self._outbox.pending[self.debt]
            if reason:
                log.warning("destination_away", debt=self.debt, reason=reason, pending=pending)
            else:
                log.info("destination_back", debt=self.debt, pending=pending)
        self.away = reason
