"""Changes of the ledger on SQLite: transactions of several statements, which cost no round trips."""

import time
from collections.abc import Sequence

from services.accounts.credits.charge import Charge
from services.accounts.credits.entries import insert_entry
from services.accounts.database import Database, Statements

_DEBIT = "UPDATE credit_accounts SET balance_ms = balance_ms - $2 WHERE key_id = $1 AND balance_ms >= $2"


class TransactionChanges:
    """`Changes` by transactions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def hold(self, charge: Charge, *, until: float) -> bool:
        async with self._database.transaction() as work:
            if not await insert_entry(
                work, charge.id, charge.key_id, "held", held_ms=charge.amount_ms, expires_at=until
            ):
                return True
            if await work.execute(_DEBIT, charge.key_id, charge.amount_ms):
                return True
            await work.execute("DELETE FROM credit_entries WHERE id = $1", charge.id)
            return False

    async def hold_more(self, charge: Charge, *, most_ms: int, before_ms: int, until: float) -> int | None:
        async with self._database.transaction() as work:
            if (entry := await _open_entry(work, charge.id)) is None:
                return most_ms
            anew_ms = before_ms if entry[0] == "expired" else 0
            more_ms = min(most_ms, await _balance_ms(work, charge.key_id) - anew_ms)
            if more_ms < charge.amount_ms:
                return None
            await work.execute(_DEBIT, charge.key_id, anew_ms + more_ms)
            await work.execute(
                "UPDATE credit_entries SET state = 'held', held_ms = held_ms + $2, changed_at = $3, expires_at = $4 "
                "WHERE id = $1",
                charge.id,
                anew_ms + more_ms,
                time.time(),
                until,
            )
            return more_ms

    async def settle(self, charges: Sequence[Charge]) -> None:
        async with self._database.transaction() as work:
            for charge in charges:
                await _settle(work, charge)

    async def expire(self) -> int:
        async with self._database.transaction() as work:
            rows = await work.fetch(
                "SELECT id, key_id, held_ms FROM credit_entries WHERE state = 'held' AND expires_at < $1", time.time()
            )
            for row in rows:
                await work.execute(
                    "UPDATE credit_entries SET state = 'expired', held_ms = 0, changed_at = $2 WHERE id = $1",
                    row["id"],
                    time.time(),
                )
                await work.execute(_DEBIT, row["key_id"], -row["held_ms"])
            return len(rows)


async def _settle(work: Statements, charge: Charge) -> None:
    await insert_entry(work, charge.id, charge.key_id, "expired")
    if (entry := await _open_entry(work, charge.id)) is None:
        return
    held_ms = entry[1]
    charged_ms = min(charge.amount_ms, await _balance_ms(work, charge.key_id) + held_ms)
    await work.execute(_DEBIT, charge.key_id, charged_ms - held_ms)
    await work.execute(
        "UPDATE credit_entries SET state = 'settled', held_ms = 0, charged_ms = $2, unpaid_ms = $3, changed_at = $4 "
        "WHERE id = $1",
        charge.id,
        charged_ms,
        charge.amount_ms - charged_ms,
        time.time(),
    )


async def _open_entry(work: Statements, id: str) -> tuple[str, int] | None:
    """Return state and held amount of a request's entry; None where there is none, or it is settled."""
    rows = await work.fetch(
        "SELECT state, held_ms FROM credit_entries WHERE id = $1 AND state IN ('held', 'expired')", id
    )
    return (rows[0]["state"], rows[0]["held_ms"]) if rows else None


async def _balance_ms(work: Statements, key_id: str) -> int:
    rows = await work.fetch("SELECT balance_ms FROM credit_accounts WHERE key_id = $1", key_id)
    return int(rows[0]["balance_ms"]) if rows else 0
