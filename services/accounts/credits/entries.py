"""Entries of the ledger, as both dialects insert them."""

import time

from services.accounts.database import Value

INSERT = (
    "INSERT INTO credit_entries (id, key_id, state, held_ms, charged_ms, unpaid_ms, changed_at, expires_at) "
    "VALUES ($1, $2, $3, $4, $5, 0, $6, $7) ON CONFLICT (id) DO NOTHING"
)
"""Statement that inserts an entry, and changes nothing where one of its id exists."""


def entry(
    id: str, key_id: str, state: str, *, held_ms: int = 0, charged_ms: int = 0, expires_at: float | None = None
) -> tuple[Value, ...]:
    """Return the values of INSERT for an entry that changes now."""
    return id, key_id, state, held_ms, charged_ms, time.time(), expires_at
