"""Designed voices in the database until their caller keeps one, so that every process can keep it."""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

from services.accounts.database import Database
from services.voices.stored import VoiceTokens
from shared.errors import VoiceNotFound

KEPT_S = 3600.0
"""Seconds after which a candidate is deleted. Chosen."""
MAX_CANDIDATES = 40
"""Most candidates of a key; older ones are deleted. Chosen: ten designs of four voices."""
_ID = re.compile(r"cand_[0-9a-f]{20}")
_COLUMNS = "id, labels, codec, model, tokens"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A designed voice without a name. `codec` and `model` as of a stored voice."""

    id: str
    labels: Mapping[str, str]
    codec: str
    model: str
    tokens: VoiceTokens


class CandidateStore:
    """Candidates by key. Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, key_id: str, candidate: Candidate) -> None:
        """Store a candidate, and delete old ones."""
        now, labels = time.time(), json.dumps(dict(candidate.labels))
        async with self._database.transaction() as work:
            await work.execute("DELETE FROM voice_candidates WHERE created_at < $1", now - KEPT_S)
            await work.execute(
                "DELETE FROM voice_candidates WHERE key_id = $1 AND id NOT IN (SELECT id FROM voice_candidates "
                "WHERE key_id = $1 ORDER BY created_at DESC LIMIT $2)",
                *(key_id, MAX_CANDIDATES - 1),
            )
            await work.execute(
                f"INSERT INTO voice_candidates (key_id, created_at, {_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                *(key_id, now, candidate.id, labels, candidate.codec, candidate.model, candidate.tokens.in_json()),
            )

    async def read(self, key_id: str, candidate_id: str) -> Candidate:
        """Return a candidate of this key. Raises VoiceNotFound."""
        sql = f"SELECT {_COLUMNS} FROM voice_candidates WHERE key_id = $1 AND id = $2 AND created_at >= $3"
        found = _ID.fullmatch(candidate_id)
        rows = await self._database.fetch(sql, key_id, candidate_id, time.time() - KEPT_S) if found else []
        if not rows:
            raise VoiceNotFound(f"there is no candidate of this id; each is kept for {KEPT_S / 60:g} minutes")
        (row,) = rows
        labels, tokens = json.loads(row["labels"]), VoiceTokens.from_json(row["tokens"])
        return Candidate(row["id"], labels, row["codec"], row["model"], tokens)

    async def delete(self, key_id: str, candidate_id: str) -> None:
        """Delete a candidate that was kept."""
        await self._database.execute("DELETE FROM voice_candidates WHERE key_id = $1 AND id = $2", key_id, candidate_id)
