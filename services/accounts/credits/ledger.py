"""Ledger of credits: each key's speech to spend, in milliseconds. Of requests it knows only their ids."""

import time

from services.accounts.database import Database, Statements
from shared.errors import InsufficientCredits


class Ledger:
    """Accounts and entries in the database. A grant, hold or settlement that is repeated by its id has no effect.

    Every change is one transaction. It locks its entry's row first and its account's last, so that two never deadlock.
    A request has one entry, which `settled` ends for good, so a repeated, late or reordered change finds it there.
    Every method raises StoreUnavailable.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def grant(self, id: str, key_id: str, *, amount_ms: int) -> int:
        """Add to the balance of a key; return the balance."""
        async with self._database.transaction() as work:
            if await _insert_entry(work, id, key_id, "granted", charged_ms=-amount_ms):
                await work.execute(
                    "INSERT INTO credit_accounts (key_id, balance_ms) VALUES ($1, $2) "
                    "ON CONFLICT (key_id) DO UPDATE SET balance_ms = credit_accounts.balance_ms + excluded.balance_ms",
                    key_id,
                    amount_ms,
                )
        return await self.balance_ms(key_id)

    async def balance_ms(self, key_id: str) -> int:
        """Return the balance that is left to hold."""
        rows = await self._database.fetch("SELECT balance_ms FROM credit_accounts WHERE key_id = $1", key_id)
        return int(rows[0]["balance_ms"]) if rows else 0

    async def hold(self, id: str, key_id: str, *, amount_ms: int, for_s: float) -> None:
        """Hold `amount_ms` for a request, for at most `for_s` seconds. Raises InsufficientCredits.

        A request that has an entry already, also a settled one, holds nothing more.
        """
        async with self._database.transaction() as work:
            if await _insert_entry(work, id, key_id, "held", held_ms=amount_ms, expires_at=time.time() + for_s):
                await _debit(work, key_id, amount_ms)

    async def hold_more(self, id: str, key_id: str, *, amount_ms: int, total_ms: int, for_s: float) -> None:
        """Hold `amount_ms` more for a request, and the whole for `for_s` seconds from now. Raises InsufficientCredits.

        An expired hold released its credits, so `total_ms`, which includes `amount_ms`, is held anew. A request that
        is settled or has no entry holds nothing.
        """
        changed_at = time.time()
        more = "held_ms = held_ms + $2, changed_at = $3, expires_at = $4 WHERE id = $1 AND state = 'held'"
        anew = "state = 'held', held_ms = $2, changed_at = $3, expires_at = $4 WHERE id = $1 AND state = 'expired'"
        async with self._database.transaction() as work:
            for change, held_ms in ((more, amount_ms), (anew, total_ms)):
                if await work.execute(
                    f"UPDATE credit_entries SET {change}", id, held_ms, changed_at, changed_at + for_s
                ):
                    await _debit(work, key_id, held_ms)
                    return

    async def settle(self, id: str, key_id: str, *, spent_ms: int) -> None:
        """Charge a request once and release its hold. An amount that the balance does not cover is `unpaid_ms`."""
        async with self._database.transaction() as work:
            await _insert_entry(work, id, key_id, "expired")
            if not (held := await _move_entry(work, id, "settled", states=("held", "expired"))):
                return
            freed = "UPDATE credit_accounts SET balance_ms = balance_ms + $2 WHERE key_id = $1 RETURNING balance_ms"
            accounts = await work.fetch(freed, key_id, held[0])
            charged_ms = min(spent_ms, accounts[0]["balance_ms"] if accounts else 0)
            await _debit(work, key_id, charged_ms)
            await work.execute(
                "UPDATE credit_entries SET held_ms = 0, charged_ms = $2, unpaid_ms = $3 WHERE id = $1",
                id,
                charged_ms,
                spent_ms - charged_ms,
            )

    async def expire(self) -> int:
        """Release holds that expired, mostly of processes that ended; return their number.

        They may still be settled, and `hold_more` holds them anew.
        """
        held_too_long = "SELECT id, key_id FROM credit_entries WHERE state = 'held' AND expires_at < $1"
        rows = await self._database.fetch(held_too_long, time.time())
        for row in rows:
            async with self._database.transaction() as work:
                for held_ms in await _move_entry(work, row["id"], "expired", states=("held",)):
                    await work.execute("UPDATE credit_entries SET held_ms = 0 WHERE id = $1", row["id"])
                    await _debit(work, row["key_id"], -held_ms)
        return len(rows)


async def _insert_entry(
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


async def _move_entry(work: Statements, id: str, state: str, *, states: tuple[str, ...]) -> list[int]:
    """Move an entry in one of `states` on to `state`; return the amount it held, or nothing where it is in none."""
    rows = await work.fetch(
        f"UPDATE credit_entries SET state = $2, changed_at = $3 "
        f"WHERE id = $1 AND state IN ({', '.join(repr(name) for name in states)}) RETURNING held_ms",
        id,
        state,
        time.time(),
    )
    return [row["held_ms"] for row in rows]


async def _debit(work: Statements, key_id: str, amount_ms: int) -> None:
    """Take an amount from the balance; return a negative one to it. Raises InsufficientCredits."""
    taken = await work.execute(
        "UPDATE credit_accounts SET balance_ms = balance_ms - $2 WHERE key_id = $1 AND balance_ms >= $2",
        key_id,
        amount_ms,
    )
    if amount_ms > 0 and not taken:
        wanted_s = amount_ms / 1000
        raise InsufficientCredits(f"the key's credits do not cover the {wanted_s:.1f} s of speech this may come to")
