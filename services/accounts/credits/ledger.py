"""Who has how much speech to spend, in milliseconds. Knows nothing of requests but their ids."""

import time

from services.accounts.database import Database, Statements
from shared.errors import InsufficientCredits


class Ledger:
    """Every change is one transaction; granting, holding and settling twice by the same id is doing it once.

    A transaction takes its entry's row first and its account's last, so two of them never wait for each other. What a
    request did is in its one entry, whose state only moves on: whatever is repeated, late or out of order finds that.
    Everything raises StoreUnavailable.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def grant(self, id: str, key_id: str, *, amount_ms: int) -> int:
        """Add to what a key may spend; gives the balance."""
        async with self._database.transaction() as work:
            if await _enter(work, id, key_id, "granted", charged_ms=-amount_ms):
                await work.execute(
                    "INSERT INTO credit_accounts (key_id, balance_ms) VALUES ($1, $2) "
                    "ON CONFLICT (key_id) DO UPDATE SET balance_ms = credit_accounts.balance_ms + excluded.balance_ms",
                    key_id,
                    amount_ms,
                )
        return await self.balance_ms(key_id)

    async def balance_ms(self, key_id: str) -> int:
        """What is left to hold."""
        rows = await self._database.fetch("SELECT balance_ms FROM credit_accounts WHERE key_id = $1", key_id)
        return int(rows[0]["balance_ms"]) if rows else 0

    async def hold(self, id: str, key_id: str, *, amount_ms: int, for_s: float) -> None:
        """Set aside what a request may come to, for at most so long. Raises InsufficientCredits.

        A request that has an entry already, be it settled, holds nothing more.
        """
        async with self._database.transaction() as work:
            if await _enter(work, id, key_id, "held", held_ms=amount_ms, expires_at=time.time() + for_s):
                await _take(work, key_id, amount_ms)

    async def hold_more(self, id: str, key_id: str, *, amount_ms: int) -> None:
        """Set aside more for a request that holds something; otherwise nothing. Raises InsufficientCredits."""
        async with self._database.transaction() as work:
            more = "UPDATE credit_entries SET held_ms = held_ms + $2 WHERE id = $1 AND state = 'held'"
            if await work.execute(more, id, amount_ms):
                await _take(work, key_id, amount_ms)

    async def settle(self, id: str, key_id: str, *, spent_ms: int) -> None:
        """Charge what a request came to, once, and free what it held; what no balance covers is `unpaid_ms`."""
        async with self._database.transaction() as work:
            await _enter(work, id, key_id, "expired")
            if not (held := await _leave(work, id, "settled", given_up=("held", "expired"))):
                return
            freed = "UPDATE credit_accounts SET balance_ms = balance_ms + $2 WHERE key_id = $1 RETURNING balance_ms"
            accounts = await work.fetch(freed, key_id, held[0])
            charged_ms = min(spent_ms, accounts[0]["balance_ms"] if accounts else 0)
            await _take(work, key_id, charged_ms)
            await work.execute(
                "UPDATE credit_entries SET held_ms = 0, charged_ms = $2, unpaid_ms = $3 WHERE id = $1",
                id,
                charged_ms,
                spent_ms - charged_ms,
            )

    async def expire(self) -> int:
        """Free what was held for too long: its process is gone. Gives how many; they may still be settled."""
        held_too_long = "SELECT id, key_id FROM credit_entries WHERE state = 'held' AND expires_at < $1"
        rows = await self._database.fetch(held_too_long, time.time())
        for row in rows:
            async with self._database.transaction() as work:
                for held_ms in await _leave(work, row["id"], "expired", given_up=("held",)):
                    await work.execute("UPDATE credit_entries SET held_ms = 0 WHERE id = $1", row["id"])
                    await _take(work, row["key_id"], -held_ms)
        return len(rows)


async def _enter(
    work: Statements,
    id: str,
    key_id: str,
    state: str,
    *,
    held_ms: int = 0,
    charged_ms: int = 0,
    expires_at: float | None = None,
) -> int:
    """Make an entry; 0 where there is one."""
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


async def _leave(work: Statements, id: str, state: str, *, given_up: tuple[str, ...]) -> list[int]:
    """Move an entry on to `state`: gives what it held, or nothing where it was in none of the states given up."""
    rows = await work.fetch(
        f"UPDATE credit_entries SET state = $2, changed_at = $3 "
        f"WHERE id = $1 AND state IN ({', '.join(repr(name) for name in given_up)}) RETURNING held_ms",
        id,
        state,
        time.time(),
    )
    return [row["held_ms"] for row in rows]


async def _take(work: Statements, key_id: str, amount_ms: int) -> None:
    """From the balance; a negative amount is given back. Raises InsufficientCredits: it would not be enough."""
    taken = await work.execute(
        "UPDATE credit_accounts SET balance_ms = balance_ms - $2 WHERE key_id = $1 AND balance_ms >= $2",
        key_id,
        amount_ms,
    )
    if amount_ms > 0 and not taken:
        wanted_s = amount_ms / 1000
        raise InsufficientCredits(f"the key's credits do not cover the {wanted_s:.1f} s of speech this may come to")
