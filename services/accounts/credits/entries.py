"""Entries of the ledger, as both dialects insert them."""

import time

from services.accounts.database import Statements


async def insert_entry(
    work: Statements,
    id: str,
    key_id: str,
    state: str,
    *,
    held_ms: int = 0,
    charged_ms: int = 0,
    expires_at: float | None = None,
) -> int:
    """Insert an entry; return 0 where one exists, else 1."""
    return await work.execute(
        "INSERT INTO credit_entries (id, key_id, state, held_ms, charged_ms, unpaid_ms, changed_at, expires_at) "
        "VALUES ($1, $2, $3, $4, $5, 0, $6, $7) ON CONFLICT (id) DO NOTHING",
        id,
        key_id,
        state,
        held_ms,
        charged_ms,
        time.time(),
        expires_at,
    )
