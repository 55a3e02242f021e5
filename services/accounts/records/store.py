"""Storage of the outbox: the interface, and the file of this process behind it."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Protocol, TypeVar

from services.accounts.records.file import RecordsFile
from services.accounts.records.insertion import SetAside, Unwritten
from services.accounts.records.record import Destination, RequestRecord
from services.accounts.records.recovery import Recovery

CLOSE_S = 5.0
"""Seconds that closing waits for a disk that does not answer."""

T = TypeVar("T")


class RecordStore(Protocol):
    """Rows of records. Every method raises sqlite3.Error or OSError while the storage fails; it may be repeated."""

    name: str

    @property
    def pending(self) -> dict[Destination, int]:
        """Return the numbers of undelivered records by destination."""

    @property
    def refused(self) -> int:
        """Return the number of records that a destination refused for good."""

    @property
    def recoveries(self) -> deque[Recovery]:
        """Return the recoveries that the outbox has not reported yet."""

    async def open(self) -> int:
        """Open the storage; mark requests of a dead process interrupted and return their number."""

    async def close(self) -> None:
        """Close the storage, within CLOSE_S."""

    async def check(self) -> None:
        """Check the storage where nothing is written."""

    async def write(self, batch: Sequence[Unwritten]) -> list[SetAside]:
        """Insert or update these records, all or none; return those that cannot be stored as they are."""

    async def next_batch(self, destination: Destination, *, most: int, characters: int) -> list[RequestRecord]:
        """Return the oldest records pending for `destination`: at most `most`, with about `characters` of text."""

    async def delivered(self, destination: Destination, ids: Sequence[str]) -> None:
        """Mark as delivered; delete rows with no destination left."""

    async def refuse(self, destination: Destination, id: str, reason: str) -> None:
        """Mark a record as refused for good, with the reason."""

    async def delete_before(self, before: str) -> int:
        """Delete rows that arrived before this time (ISO 8601, UTC), except unsettled ones; return their number."""


class FileStore:
    """The SQLite file of this process, on a thread of its own, one call at a time. A cancelled call runs to its end."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._file = RecordsFile(path)
        self._thread = ThreadPoolExecutor(1, "records")

    @property
    def pending(self) -> dict[Destination, int]:
        return self._file.pending

    @property
    def refused(self) -> int:
        return self._file.refused

    @property
    def recoveries(self) -> deque[Recovery]:
        return self._file.recoveries

    async def open(self) -> int:
        return await self._in_thread(self._file.open)

    async def close(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                await self._in_thread(self._file.close)
        self._thread.shutdown(wait=False)

    async def check(self) -> None:
        await self._in_thread(self._file.ready)

    async def write(self, batch: Sequence[Unwritten]) -> list[SetAside]:
        return await self._in_thread(lambda: self._file.write(batch))

    async def next_batch(self, destination: Destination, *, most: int, characters: int) -> list[RequestRecord]:
        return await self._in_thread(lambda: self._file.next_batch(destination, most=most, characters=characters))

    async def delivered(self, destination: Destination, ids: Sequence[str]) -> None:
        await self._in_thread(lambda: self._file.delivered(destination, ids))

    async def refuse(self, destination: Destination, id: str, reason: str) -> None:
        await self._in_thread(lambda: self._file.refuse(destination, id, reason))

    async def delete_before(self, before: str) -> int:
        return await self._in_thread(lambda: self._file.delete_before(before))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
