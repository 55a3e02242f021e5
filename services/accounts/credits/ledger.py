"""Ledger of credits: each key's speech to spend, in milliseconds. Of requests it knows only their ids."""

import time
from collections.abc import Sequence
from typing import Protocol

from services.accounts.credits.changes_postgres import FunctionChanges
from services.accounts.credits.changes_sqlite import TransactionChanges
from services.accounts.credits.charge import Charge
from services.accounts.credits.entries import INSERT, entry
from services.accounts.database import Database
from services.accounts.database.sqlite import Sqlite
from shared.errors import InsufficientCredits

_SUMMED_AT_ONCE = 10_000
"""Settlements of one transaction, which locks no account."""
_ADD_SUM = (
    "INSERT INTO credit_entries (id, key_id, state, held_ms, charged_ms, unpaid_ms, changed_at)"
    " VALUES ($1, $2, 'granted', 0, $3, $4, $5) ON CONFLICT (id) DO UPDATE SET"
    " charged_ms = credit_entries.charged_ms + excluded.charged_ms,"
    " unpaid_ms = credit_entries.unpaid_ms + excluded.unpaid_ms, changed_at = excluded.changed_at"
)


class Changes(Protocol):
    """Changes of accounts and entries, each all or nothing. Every method raises StoreUnavailable."""

    async def hold(self, charge: Charge, *, until: float) -> bool:
        """Hold an amount; return whether the balance covers it. A request that has an entry holds nothing more."""

    async def hold_more(self, charge: Charge, *, most_ms: int, before_ms: int, until: float) -> int | None:
        """Hold the amount, up to `most_ms` where the balance covers it; return what is held more, None for less.

        An expired hold, of `before_ms`, is held anew. A request that is settled or has no entry holds nothing.
        """

    async def settle(self, charges: Sequence[Charge]) -> None:
        """Charge requests once and release their holds. What the balance does not cover is `unpaid_ms`."""

    async def expire(self) -> int:
        """Release holds that expired; return their number."""


class Ledger:
    """Accounts and entries in the database. A grant, hold or settlement that is repeated by its id has no effect.

    Every change locks its entry's row first and its account's last, so that two never deadlock. A request has one
    entry, which `settled` ends for good, so a repeated, late or reordered change finds it there. On PostgreSQL each of
    hold, hold_more, settle and expire is one round trip. Every method raises StoreUnavailable.
    """

    STATEMENTS = FunctionChanges.STATEMENTS
    """Statements that requests wait for, on PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._changes: Changes = (
            TransactionChanges(database) if isinstance(database, Sqlite) else FunctionChanges(database)
        )

    async def grant(self, id: str, key_id: str, *, amount_ms: int) -> int:
        """Add to the balance of a key; return the balance."""
        async with self._database.transaction() as work:
            if await work.execute(INSERT, *entry(id, key_id, "granted", charged_ms=-amount_ms)):
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

    async def hold(self, charge: Charge, *, for_s: float) -> None:
        """Hold the amount for a request, for at most `for_s` seconds. Raises InsufficientCredits.

        A request that has an entry already, also a settled one, holds nothing more.
        """
        if not await self._changes.hold(charge, until=time.time() + for_s):
            raise _insufficient(charge.amount_ms)

    async def hold_more(self, charge: Charge, *, most_ms: int, before_ms: int, for_s: float) -> int:
        """Hold the amount more, or up to `most_ms` as the balance covers it; return what is held more.

        The whole is held for `for_s` seconds from now. An expired hold, of `before_ms`, released its credits, so it is
        held anew. A request that is settled or has no entry holds nothing. Raises InsufficientCredits.
        """
        until = time.time() + for_s
        more_ms = await self._changes.hold_more(charge, most_ms=most_ms, before_ms=before_ms, until=until)
        if more_ms is None:
            raise _insufficient(charge.amount_ms)
        return more_ms

    async def settle(self, *charges: Charge) -> None:
        """Charge requests once and release their holds. An amount that the balance does not cover is `unpaid_ms`."""
        await self._changes.settle(charges)

    async def sum_up(self, *, before: float) -> int:
        """Replace settlements older than this (seconds since 1970) by one entry a key; return their number.

        The balance stays the negative sum of a key's entries. A settlement that comes a second time after so long
        would charge again.
        """
        oldest = f"SELECT id FROM credit_entries WHERE state = 'settled' AND changed_at < $1 LIMIT {_SUMMED_AT_ONCE}"
        async with self._database.transaction() as work:
            removed = await work.fetch(
                f"DELETE FROM credit_entries WHERE id IN ({oldest}) RETURNING key_id, charged_ms, unpaid_ms", before
            )
            sums: dict[str, tuple[int, int]] = {}
            for row in removed:
                charged_ms, unpaid_ms = sums.get(row["key_id"], (0, 0))
                sums[row["key_id"]] = charged_ms + row["charged_ms"], unpaid_ms + row["unpaid_ms"]
            for key_id, (charged_ms, unpaid_ms) in sums.items():
                await work.execute(_ADD_SUM, f"sum-{key_id}", key_id, charged_ms, unpaid_ms, time.time())
        return len(removed)

    async def expire(self) -> int:
        """Release holds that expired, mostly of processes that ended; return their number.

        They may still be settled, and `hold_more` holds them anew.
        """
        return await self._changes.expire()


def _insufficient(wanted_ms: int) -> InsufficientCredits:
    return InsufficientCredits(
        f"the key's credits do not cover the {wanted_ms / 1000:.1f} s of speech this may come to"
    )
