"""Delivery of records from the outbox to one destination, repeated until it succeeds. Knows no destination."""

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Protocol

from services.accounts.records.outbox import Outbox
from services.accounts.records.record import Destination, RequestRecord
from shared.backoff import pause_s
from shared.logging import get_logger
from shared.metrics import Metrics

GATHER_S = 0.25
"""Seconds for which a batch gathers."""
MOST, CHARACTERS = 100, 500_000
"""Records of one batch, and characters of their texts."""
DELIVERY_S = 15.0
"""Seconds until a delivery without an answer has failed."""

Refused = Mapping[str, str]
"""Reasons by the ids of records that the destination will never take."""

log = get_logger(__name__)


class DestinationUnavailable(Exception):
    """A destination that took nothing and may later. The message holds no text, key or address."""


class Receiver(Protocol):
    """The code that a destination's records are handed to."""

    async def receive(self, records: Sequence[RequestRecord]) -> Refused:
        """Take all of them; a record may come a second time. Raises DestinationUnavailable."""


class DeliveryWorker:
    """Deliver batches in order. The pause after a failure doubles, and differs from process to process."""

    def __init__(self, outbox: Outbox, destination: Destination, receiver: Receiver, metrics: Metrics) -> None:
        self._outbox, self.destination, self._receiver, self._metrics = outbox, destination, receiver, metrics
        self.unavailable: str | None = None
        """The reason why the last delivery failed; None after one that succeeded."""

    async def run(self) -> None:
        """Deliver until cancelled."""
        failures = 0
        while True:
            await self._outbox.due[self.destination].wait()
            await asyncio.sleep(GATHER_S)
            try:
                failures = 0 if await self.deliver() else failures + 1
            except (sqlite3.Error, OSError) as fault:  # of the outbox's file, which its writer looks after
                log.warning("delivery_postponed", destination=self.destination.label, reason=str(fault))
                self._outbox.due[self.destination].set()
                failures += 1
            if failures:
                await asyncio.sleep(pause_s(failures))

    async def deliver_all(self) -> None:
        """Deliver every pending record; stop where the destination is unavailable."""
        while self._outbox.pending[self.destination] and await self.deliver():
            pass

    async def deliver(self) -> bool:
        """Deliver one batch; return False where the destination was unavailable."""
        records = await self._outbox.next_batch(self.destination, most=MOST, characters=CHARACTERS)
        if not records:
            return True
        try:
            async with asyncio.timeout(DELIVERY_S):
                refused = await self._receive(records)
        except (DestinationUnavailable, TimeoutError) as reason:
            self._metrics.outbox_failures.inc()
            self._note(str(reason) or f"no answer in {DELIVERY_S:g} s")
            self._outbox.due[self.destination].set()
            return False
        for record in records:
            if record.id in refused:
                self._metrics.outbox_failures.inc()
                log.error("record_refused", destination=self.destination.label, id=record.id, reason=refused[record.id])
                await self._outbox.refuse(self.destination, record, refused[record.id])
        taken = [record for record in records if record.id not in refused]
        await self._outbox.delivered(self.destination, taken)
        self._metrics.outbox_delivered.inc(len(taken))
        self._note(None)
        if self._outbox.pending[self.destination]:
            self._outbox.due[self.destination].set()
        return True

    async def _receive(self, records: Sequence[RequestRecord]) -> Refused:
        """Hand over a batch. Find a record that the receiver fails on by halving, and refuse it alone.

        Where it fails on all of them, the receiver is at fault: raise DestinationUnavailable.
        """
        try:
            return await self._receiver.receive(records)
        except (DestinationUnavailable, TimeoutError):
            raise
        except Exception as fault:
            # A record's boundary, and a receiver's: a fault of either must not end the deliveries.
            if type(fault).__name__ != self.unavailable:
                log.error("delivery_failed", destination=self.destination.label, records=len(records), exc_info=fault)
            reason = type(fault).__name__
        refused = dict(await self._receive_halves(records, reason))
        if len(refused) == len(records) and set(refused.values()) == {reason}:
            raise DestinationUnavailable(reason)
        return refused

    async def _receive_halves(self, records: Sequence[RequestRecord], reason: str) -> Refused:
        """Hand over the halves of a failed batch, down to single records, which are refused."""
        if len(records) == 1:
            return {records[0].id: reason}
        refused: dict[str, str] = {}
        half = len(records) // 2
        for part in (records[:half], records[half:]):
            try:
                refused.update(await self._receiver.receive(part))
            except (DestinationUnavailable, TimeoutError):
                raise
            except Exception as fault:  # noqa: BLE001 - as in `_receive`, which has logged the first of them
                refused.update(await self._receive_halves(part, type(fault).__name__))
        return refused

    def _note(self, reason: str | None) -> None:
        """Keep the destination's state; log where it changed."""
        if reason != self.unavailable:
            pending, label = self._outbox.pending[self.destination], self.destination.label
            if reason:
                log.warning("destination_unavailable", destination=label, reason=reason, pending=pending)
            else:
                log.info("destination_available", destination=label, pending=pending)
        self.unavailable = reason
