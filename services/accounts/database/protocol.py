"""Protocols of a database, the same for SQLite and PostgreSQL."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Literal, Protocol

Value = str | int | float | bytes | None
Row = Mapping[str, Any]


class Statements(Protocol):
    """SQL statements with `$1`, `$2` … as values. Every method raises StoreUnavailable where there is no answer now."""

    async def execute(self, sql: str, *values: Value) -> int:
        """Execute one statement; return the number of rows that it changed."""

    async def fetch(self, sql: str, *values: Value) -> list[Row]:
        """Return the rows of a query, or of a statement with RETURNING."""

    async def script(self, sql: str) -> None:
        """Execute several statements without values."""


class Session(Statements, Protocol):
    """A connection on which each statement is a transaction of its own."""

    dialect: Literal["sqlite", "postgres"]

    def transaction(self) -> AbstractAsyncContextManager[Statements]:
        """Open a transaction: committed at a clean end of the context, else rolled back. Transactions do not nest."""


class Database(Session, Protocol):
    """A session for concurrent use."""

    @property
    def problem(self) -> str | None:
        """Return the known fault of the database, without asking it; None where there is none."""

    async def round_trip_s(self) -> float | None:
        """Measure a round trip to the database, in seconds; None where there is no network between.

        Raises StoreUnavailable.
        """

    async def keep_alive(self) -> None:
        """Use idle connections, which balancers close, and replace lost ones."""


Prepare = Callable[[Session], Awaitable[None]]
"""Preparation of the tables, awaited at each opening of a file, and once for a server."""
