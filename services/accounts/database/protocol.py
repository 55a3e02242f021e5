"""What can be asked of a database, whichever it is."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Literal, Protocol

Value = str | int | float | bytes | None
Row = Mapping[str, Any]


class Statements(Protocol):
    """SQL with `$1`, `$2` … for its values. Everything raises StoreUnavailable when the database cannot answer now."""

    async def execute(self, sql: str, *values: Value) -> int:
        """One statement; gives how many rows it changed."""

    async def fetch(self, sql: str, *values: Value) -> list[Row]:
        """The rows of a query, or of a statement with RETURNING."""

    async def script(self, sql: str) -> None:
        """Several statements, without values."""


class Session(Statements, Protocol):
    """Each statement by itself is a transaction."""

    dialect: Literal["sqlite", "postgres"]

    def transaction(self) -> AbstractAsyncContextManager[Statements]:
        """Several statements as one: kept when the context ends well, undone otherwise. Transactions do not nest."""


class Database(Session, Protocol):
    """A session that many may use at once."""

    @property
    def problem(self) -> str | None:
        """What is known to be wrong with it, without asking it."""
