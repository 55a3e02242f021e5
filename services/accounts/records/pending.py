"""Records that are on the disk and wait to be delivered, as far as a bounded memory holds them.

A file that is damaged may not give them back: then they are written again from here.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from services.accounts.records.record import Debt, RequestRecord
from services.accounts.records.rows import size_of

MOST_BYTES = 8 * 2**20  # of memory; a second's worth of records is some kilobytes


@dataclass(frozen=True, slots=True)
class _Owed:
    record: RequestRecord
    to: set[Debt]
    size: int


class OwedRecords:
    """Those that this process wrote; the ones that find no room are on the disk alone."""

    def __init__(self) -> None:
        self._by_id: dict[str, _Owed] = {}
        self._bytes = 0

    def add(self, record: RequestRecord, to: Collection[Debt]) -> None:
        size = size_of(record)
        if to and record.id not in self._by_id and self._bytes + size <= MOST_BYTES:
            self._by_id[record.id] = _Owed(record, set(to), size)
            self._bytes += size

    def settle(self, debt: Debt, ids: Iterable[str]) -> None:
        """Drop a debt, and records without any."""
        for id in ids:
            if one := self._by_id.get(id):
                one.to.discard(debt)
                if not one.to:
                    self._bytes -= self._by_id.pop(id).size

    def all(self) -> list[tuple[RequestRecord, Collection[Debt]]]:
        """Return each with those who still wait for it."""
        return [(one.record, one.to) for one in self._by_id.values()]
