"""A database, SQLite or PostgreSQL by its URL. Leaves the tables to other modules.

Both take the same SQL: `$1`, `$2` … are the values, times are seconds since 1970 in `double precision`, lists are text.
`ON CONFLICT … DO NOTHING` and `RETURNING` work in both.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.accounts.database.migrations import migrate
from services.accounts.database.protocol import Database, Row, Statements, Value
from services.accounts.database.sqlite import open_sqlite
from shared.errors import StartupError, StoreUnavailable

__all__ = ["Database", "Row", "Statements", "Value", "open_database"]


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[Database]:
    """Connect and migrate. `sqlite://` lives in memory, `sqlite:///file` in a file, `postgresql://…` on a server.

    Raises StartupError: the database is unavailable, or the URL is of another kind.
    """
    kind, _, path = url.partition("://")
    if kind == "sqlite":
        async with open_sqlite(path.removeprefix("/"), migrate) as database:
            yield database
    elif kind in {"postgresql", "postgres"}:
        from services.accounts.database.postgres import open_postgres  # a laptop's start does not pay for its import

        async with open_postgres(url) as postgres:
            try:
                await migrate(postgres)
            except StoreUnavailable as fault:
                raise StartupError(f"setting DATABASE_URL: {fault}") from fault
            yield postgres
    else:
        raise StartupError("setting DATABASE_URL: must begin with sqlite:// or postgresql://")
