"""Connections to PostgreSQL that stay open, so that no request waits until one is made.

A connection costs several round trips to open. All are opened in advance, and lost ones are replaced in the background.
While none is open, each user starts one attempt, or waits for the one that runs.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from services.accounts.database.prepared import PreparedConnection
from shared.errors import StoreUnavailable
from shared.logging import get_logger

TIMEOUT_S = 5.0
"""Seconds that the opening of a connection, the wait for a free one, and each statement may take."""

Connect = Callable[[], Awaitable[PreparedConnection]]

log = get_logger(__name__)


class Connections:
    """At most `size` open connections. Each serves one user at a time, the longest idle one first."""

    def __init__(self, connect: Connect, size: int) -> None:
        self._connect, self._size = connect, size
        self._open: set[PreparedConnection] = set()
        self._free: asyncio.Queue[PreparedConnection] = asyncio.Queue()
        self._attempts: set[asyncio.Task[None]] = set()
        self._closed = False

    @property
    def none_open(self) -> bool:
        return not self._open

    @asynccontextmanager
    async def one(self) -> AsyncIterator[PreparedConnection]:
        """Hold a connection. Raises StoreUnavailable where none can be had.

        After a cancellation or StoreUnavailable it is closed and not given back: an answer may still be under way.
        """
        connection = await self._free_one()
        try:
            yield connection
        except (asyncio.CancelledError, StoreUnavailable):
            connection.terminate()
            raise
        finally:
            if connection.closed:
                self._open.discard(connection)
                self._fill()
            else:
                self._free.put_nowait(connection)

    async def for_idle(self, work: Callable[[PreparedConnection], Awaitable[None]]) -> None:
        """Do `work` on each idle connection, one after the other; close those on which it fails."""
        for _ in range(self._free.qsize()):
            with suppress(StoreUnavailable):
                async with self.one() as connection:
                    await work(connection)

    async def close(self) -> None:
        """Close every connection, within TIMEOUT_S."""
        self._closed = True
        for attempt in self._attempts:
            attempt.cancel()
        await asyncio.gather(*self._attempts, return_exceptions=True)
        await asyncio.gather(*(connection.close(TIMEOUT_S) for connection in self._open))
        self._open.clear()

    async def _free_one(self) -> PreparedConnection:
        while True:
            if not self._open:
                await self._first()
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    connection = await self._free.get()
            except TimeoutError:
                raise StoreUnavailable("every connection to the database is in use (DATABASE_CONNECTIONS)") from None
            if not connection.closed:
                return connection
            self._open.discard(connection)

    async def _first(self) -> None:
        """Wait until a first connection is open. Raises StoreUnavailable."""
        attempt = next(iter(self._attempts), None) or self._begin()
        await asyncio.wait({attempt})
        if attempt.cancelled():
            raise StoreUnavailable("the database is closed")
        if error := attempt.exception():
            raise error

    def _begin(self) -> asyncio.Task[None]:
        attempt = asyncio.create_task(self._add(), name="database-connection")
        self._attempts.add(attempt)
        attempt.add_done_callback(self._ended)
        return attempt

    async def _add(self) -> None:
        connection = await self._connect()
        self._open.add(connection)
        self._free.put_nowait(connection)

    def _ended(self, attempt: asyncio.Task[None]) -> None:
        self._attempts.discard(attempt)
        if attempt.cancelled():
            return
        if error := attempt.exception():
            log.debug("database_connection_failed", reason=str(error))
        else:
            self._fill()

    def _fill(self) -> None:
        """Open the missing connections in the background. One that fails is tried again with the next loss or use."""
        while self._open and not self._closed and len(self._open) + len(self._attempts) < self._size:
            self._begin()
