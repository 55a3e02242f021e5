"""Migrations: numbered SQL files, each applied once, in order, under a lock.

`0001_name.sql` is for both dialects; `0001_name.postgres.sql` follows it on PostgreSQL alone: row-level security, and
functions that save round trips. A file that has been released never changes; a change is a new number.
"""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services.accounts.database.protocol import Session, Statements
from shared.errors import StartupError, StoreUnavailable
from shared.logging import get_logger

FOLDER = Path(__file__).parent
LOCK_WAIT_S = 30.0
"""Seconds that a start waits for the migration of another process, and a migration for a table in use. Chosen."""
_LOCK = 0x7665656E61
"""Number of the advisory lock: any number, the same in every process."""
_POLL_S = 0.5
_TABLE = "CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, applied_at double precision NOT NULL);"
_EXISTS = {
    "sqlite": "SELECT 1 FROM sqlite_master WHERE name = 'schema_migrations'",
    "postgres": "SELECT 1 WHERE to_regclass('schema_migrations') IS NOT NULL",
}

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SchemaState:
    """Names of migrations: `applied` to the database, and `missing` there."""

    applied: tuple[str, ...]
    missing: tuple[str, ...]


async def schema_state(database: Session) -> SchemaState:
    """Compare the database with the files. Raises StartupError where a newer version has migrated it."""
    return await _state(database, database.dialect)


async def migrate(database: Session) -> None:
    """Apply the missing files, all or none. Where several processes start at once, one applies them.

    A complete schema takes no lock. Raises StartupError: the schema is newer; StoreUnavailable: another process
    migrates, or holds a table, for longer than LOCK_WAIT_S.
    """
    if not (await schema_state(database)).missing:
        return
    async with database.transaction() as work:
        if database.dialect == "postgres":  # SQLite's transactions are the lock
            await work.script(f"SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = {LOCK_WAIT_S * 1000:.0f}")
            await _lock(work)
        await work.script(_TABLE)
        for name in (await _state(work, database.dialect)).missing:
            await work.script((FOLDER / f"{name}.sql").read_text("utf-8"))
            await work.execute("INSERT INTO schema_migrations VALUES ($1, $2)", name, time.time())
            log.info("migrated", migration=name)


async def _state(work: Statements, dialect: str) -> SchemaState:
    exists = await work.fetch(_EXISTS[dialect])
    rows = await work.fetch("SELECT name FROM schema_migrations ORDER BY name") if exists else []
    applied, known = tuple(row["name"] for row in rows), tuple(_names(dialect))
    if newer := sorted(set(applied) - set(known)):
        raise StartupError(
            f"the database was migrated by a newer version ({newer[-1]}), which this one does not know:"
            " run that version, or restore the backup from before the migration"
        )
    return SchemaState(applied, tuple(name for name in known if name not in applied))


def _names(dialect: str) -> Iterator[str]:
    """Yield the names of the files for a dialect, in order."""
    for name in sorted(file.stem for file in FOLDER.glob("[0-9]*.sql")):
        if name.partition(".")[2] in ("", dialect):
            yield name


async def _lock(work: Statements) -> None:
    """Wait until no other process migrates. Raises StoreUnavailable after LOCK_WAIT_S."""
    deadline, told = time.monotonic() + LOCK_WAIT_S, False
    while not (await work.fetch("SELECT pg_try_advisory_xact_lock($1) AS got", _LOCK))[0]["got"]:
        if time.monotonic() > deadline:
            raise StoreUnavailable("another process is migrating the database; try again once it has ended")
        if not told:
            log.warning("migration_waits", reason="another process is migrating the database")
        told = True
        await asyncio.sleep(_POLL_S)
