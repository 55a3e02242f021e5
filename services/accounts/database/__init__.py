"""A database, SQLite or PostgreSQL by its URL. Leaves the tables to other modules.

Both take the same SQL: `$1`, `$2` … are the values, times are seconds since 1970 in `double precision`, lists are text.
`ON CONFLICT … DO NOTHING` and `RETURNING` work in both.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from services.accounts.database.migrations import SchemaState, migrate, schema_state
from services.accounts.database.protocol import Database, Row, Statements, Value
from services.accounts.database.sqlite import look_at_file, open_sqlite
from shared.errors import StartupError

__all__ = ["Database", "Row", "SchemaState", "Statements", "Value", "database_state", "open_database"]


@asynccontextmanager
async def open_database(
    url: str, *, connections: int = 1, statements: Sequence[str] = (), may_be_away: bool = False
) -> AsyncIterator[Database]:
    """Connect and migrate. `sqlite://` lives in memory, `sqlite:///file` in a file, `postgresql://…` on a server.

    A server takes each of `statements` in one round trip, and any other in two when it is first used on one of the
    `connections`. Raises StartupError: the database refuses, is away and may not be, or `url` is of another kind.
    """
    kind, _, path = url.partition("://")
    if kind == "sqlite":
        async with open_sqlite(path.removeprefix("/"), migrate) as database:
            yield database
    elif kind in {"postgresql", "postgres"}:
        from services.accounts.database.postgres import open_postgres  # a laptop's start does not pay for its import

        async with open_postgres(
            url, migrate, connections=connections, statements=statements, may_be_away=may_be_away
        ) as postgres:
            yield postgres
    else:
        raise StartupError("setting DATABASE_URL: must begin with sqlite:// or postgresql://")


async def database_state(url: str, *, trips: int = 0) -> tuple[SchemaState, float | None]:
    """Return the state of the schema without changing it, and the least of `trips` round trips in seconds.

    Raises StartupError: the database refuses, is away, or was migrated by a newer version.
    """
    kind, _, path = url.partition("://")
    if kind == "sqlite":
        return await look_at_file(path.removeprefix("/"), schema_state), None
    if kind not in {"postgresql", "postgres"}:
        raise StartupError("setting DATABASE_URL: must begin with sqlite:// or postgresql://")
    from services.accounts.database.postgres import look_at  # a laptop's start does not pay for its import

    return await look_at(url, schema_state, trips=trips)
