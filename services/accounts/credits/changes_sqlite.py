"""Changes of the ledger on SQLite: transactions of several statements, each on the file's thread in one go."""

import time
from collections.abc import Sequence
from functools import partial

from services.accounts.credits.charge import Charge
from services.accounts.credits.entries import INSERT, entry
from services.accounts.database.sqlite import Sqlite
from services.accounts.database.sqlite_connection import OneThread

_DEBIT = "UPDATE credit_accounts SET balance_ms = balance_ms - $2 WHERE key_id = $1 AND balance_ms >= $2"


class TransactionChanges:
    """`Changes` by transactions."""

    def __init__(self, database: Sqlite) -> None:
        self._database = database

    async def hold(self, charge: Charge, *, until: float) -> bool:
        return await self._database.at_once(partial(_hold, charge, until))

    async def hold_more(self, charge: Charge, *, most_ms: int, before_ms: int, until: float) -> int | None:
        return await self._database.at_once(partial(_hold_more, charge, most_ms, before_ms, until))

    async def settle(self, charges: Sequence[Charge]) -> None:
        def settle(work: OneThread) -> None:
            for charge in charges:
                _settle(charge, work)

        await self._database.at_once(settle)

    async def expire(self) -> int:
        return await self._database.at_once(_expire)


def _hold(charge: Charge, until: float, work: OneThread) -> bool:
    if not work.execute(INSERT, *entry(charge.id, charge.key_id, "held", held_ms=charge.amount_ms, expires_at=until)):
        return True
    if work.execute(_DEBIT, charge.key_id, charge.amount_ms):
        return True
    work.execute("DELETE FROM credit_entries WHERE id = $1", charge.id)
    return False


def _hold_more(charge: Charge, most_ms: int, before_ms: int, until: float, work: OneThread) -> int | None:
    if (opened := _open_entry(work, charge.id)) is None:
        return most_ms
    anew_ms = before_ms if opened[0] == "expired" else 0
    more_ms = min(most_ms, _balance_ms(work, charge.key_id) - anew_ms)
    if more_ms < charge.amount_ms:
        return None
    work.execute(_DEBIT, charge.key_id, anew_ms + more_ms)
    work.execute(
        "UPDATE credit_entries SET state = 'held', held_ms = held_ms + $2, changed_at = $3, expires_at = $4 "
        "WHERE id = $1",
        charge.id,
        anew_ms + more_ms,
        time.time(),
        until,
    )
    return more_ms


def _settle(charge: Charge, work: OneThread) -> None:
    work.execute(INSERT, *entry(charge.id, charge.key_id, "expired"))
    if (opened := _open_entry(work, charge.id)) is None:
        return
    held_ms = opened[1]
    charged_ms = min(charge.amount_ms, _balance_ms(work, charge.key_id) + held_ms)
    work.execute(_DEBIT, charge.key_id, charged_ms - held_ms)
    work.execute(
        "UPDATE credit_entries SET state = 'settled', held_ms = 0, charged_ms = $2, unpaid_ms = $3, changed_at = $4 "
        "WHERE id = $1",
        charge.id,
        charged_ms,
        charge.amount_ms - charged_ms,
        time.time(),
    )


def _expire(work: OneThread) -> int:
    rows = work.fetch(
        "SELECT id, key_id, held_ms FROM credit_entries WHERE state = 'held' AND expires_at < $1", time.time()
    )
    for row in rows:
        work.execute(
            "UPDATE credit_entries SET state = 'expired', held_ms = 0, changed_at = $2 WHERE id = $1",
            row["id"],
            time.time(),
        )
        work.execute(_DEBIT, row["key_id"], -row["held_ms"])
    return len(rows)


def _open_entry(work: OneThread, id: str) -> tuple[str, int] | None:
    """Return state and held amount of a request's entry; None where there is none, or it is settled."""
    rows = work.fetch("SELECT state, held_ms FROM credit_entries WHERE id = $1 AND state IN ('held', 'expired')", id)
    return (rows[0]["state"], rows[0]["held_ms"]) if rows else None


def _balance_ms(work: OneThread, key_id: str) -> int:
    rows = work.fetch("SELECT balance_ms FROM credit_accounts WHERE key_id = $1", key_id)
    return int(rows[0]["balance_ms"]) if rows else 0
