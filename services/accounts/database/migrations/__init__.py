"""Migrations: numbered SQL files, each applied once, in order, under a lock.

`0001_name.sql` is for both dialects; `0001_name.postgres.sql`, where there is one, follows it on PostgreSQL: row-level
security, mostly. A file that has been released never changes; a change is a new number.
"""

import time
from pathlib import Path

from services.accounts.database.protocol import Session
from shared.logging import get_logger

FOLDER = Path(__file__).parent
_LOCK = 0x7665656E61
"""Number of the advisory lock: any number, the same in every process."""
_TABLE = "CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, applied_at double precision NOT NULL);"

log = get_logger(__name__)


async def migrate(database: Session) -> None:
    """Apply the missing files, all or none. Where several processes start at once, one applies them."""
    async with database.transaction() as work:
        if database.dialect == "postgres":  # SQLite's transactions are the lock
            await work.fetch("SELECT pg_advisory_xact_lock($1)", _LOCK)
        await work.script(_TABLE)
        applied = {row["name"] for row in await work.fetch("SELECT name FROM schema_migrations")}
        for file in sorted(FOLDER.glob("[0-9]*.sql"), key=lambda file: file.stem):
            dialect = file.stem.partition(".")[2]
            if file.stem in applied or dialect not in ("", database.dialect):
                continue
            await work.script(file.read_text("utf-8"))
            await work.execute("INSERT INTO schema_migrations VALUES ($1, $2)", file.stem, time.time())
            log.info("migrated", migration=file.stem)
