"""Copies of undelivered records in bounded memory, to be written again where a damaged file lost them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from services.accounts.records.record import Destination, RequestRecord
from services.accounts.records.rows import size_of

MAX_BYTES = 8 * 2**20
"""Bytes of memory. A second's records take some kilobytes."""


@dataclass(frozen=True, slots=True)
class _Pending:
    record: RequestRecord
    destinations: set[Destination]
    size: int


class PendingRecords:
    """Undelivered records of this process, as many as fit; the rest are on the disk alone."""

    def __init__(self) -> None:
        self._by_id: dict[str, _Pending] = {}
        self._bytes = 0

    def add(self, record: RequestRecord, destinations: Collection[Destination]) -> None:
        size = size_of(record)
        if destinations and record.id not in self._by_id and self._bytes + size <= MAX_BYTES:
            self._by_id[record.id] = _Pending(record, set(destinations), size)
            self._bytes += size

    def delivered(self, destination: Destination, ids: Iterable[str]) -> None:
        """Remove a destination from these records, and records that have none left."""
        for id in ids:
            if one := self._by_id.get(id):
                one.destinations.discard(destination)
                if not one.destinations:
                    self._bytes -= self._by_id.pop(id).size

    def all(self) -> list[tuple[RequestRecord, Collection[Destination]]]:
        """Return each record with its remaining destinations."""
        return [(one.record, one.destinations) for one in self._by_id.values()]
