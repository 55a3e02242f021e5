"""Changes of the ledger on PostgreSQL: one function, and one round trip, each (0003_credit_functions.postgres.sql).

Holds that come at once share statements, so that they do not wait for one another's round trips.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict

from services.accounts.batches import Batches
from services.accounts.credits.charge import Charge
from services.accounts.database import Database

_CHARGES = (  # in the order of the accounts, so that two batches do not deadlock
    "(SELECT * FROM jsonb_to_recordset($1::text::jsonb)"
    " AS charge (id text, key_id text, amount_ms bigint, until double precision) ORDER BY key_id, id) AS charge"
)
_HOLD = f"SELECT id, credit_hold(id, key_id, amount_ms, $2, until) AS covered FROM {_CHARGES}"
_HOLD_MORE = "SELECT credit_hold_more($1, $2, $3, $4, $5, $6, $7) AS more"
_SETTLE = f"SELECT count(credit_settle(id, key_id, amount_ms, $2)) FROM {_CHARGES}"
_Hold = tuple[Charge, float]
_EXPIRE = "SELECT credit_expire($1) AS released"


_AT_ONCE, _MOST = 4, 100
"""Statements under way, and holds in one of them. Fewer than DATABASE_CONNECTIONS: look-ups of keys need some, too."""


class FunctionChanges:
    """`Changes` by the functions of the database."""

    STATEMENTS = (_HOLD, _HOLD_MORE, _SETTLE)

    def __init__(self, database: Database) -> None:
        self._database = database
        self._holds: Batches[_Hold, bool] = Batches(self._hold, at_once=_AT_ONCE, most=_MOST)

    async def hold(self, charge: Charge, *, until: float) -> bool:
        return await self._holds.ask((charge, until))

    async def _hold(self, holds: Sequence[_Hold]) -> list[bool | Exception]:
        wanted = json.dumps([asdict(charge) | {"until": until} for charge, until in holds])
        rows = await self._database.fetch(_HOLD, wanted, time.time())
        covered = {row["id"]: row["covered"] for row in rows}
        return [covered[charge.id] for charge, _ in holds]

    async def hold_more(self, charge: Charge, *, most_ms: int, before_ms: int, until: float) -> int | None:
        rows = await self._database.fetch(
            _HOLD_MORE, charge.id, charge.key_id, charge.amount_ms, most_ms, before_ms, time.time(), until
        )
        more: int | None = rows[0]["more"]
        return more

    async def settle(self, charges: Sequence[Charge]) -> None:
        await self._database.fetch(_SETTLE, json.dumps([asdict(charge) for charge in charges]), time.time())

    async def expire(self) -> int:
        return int((await self._database.fetch(_EXPIRE, time.time()))[0]["released"])
