"""Consent of speakers: recorded statements in the database, and the record that each voice keeps."""

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from services.accounts.database import Database, Row
from services.voices.stored import new_id
from shared.errors import ConsentNotFound, ValidationFailed

MAX_CONSENTS = 1_000
"""Most consent records of a key. Chosen: above its voices."""
_ID = re.compile(r"cons_[0-9a-f]{20}")
_COLUMNS = "id, name, language, recording_sha256, seconds, created_at"


@dataclass(frozen=True, slots=True)
class Consent:
    """A recorded statement: of the recording, its hash and its length. `created_at` is in seconds since 1970."""

    id: str
    name: str
    language: str
    recording_sha256: str
    seconds: float
    created_at: float


class ConsentStore:
    """Consent records by key. Every method raises StoreUnavailable, and ConsentNotFound for those of other keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, key_id: str, name: str, language: str, *, recording_sha256: str, seconds: float) -> Consent:
        """Store a record. Raises ValidationFailed above MAX_CONSENTS."""
        (row,) = await self._database.fetch("SELECT count(*) AS count FROM voice_consents WHERE key_id = $1", key_id)
        if int(row["count"]) >= MAX_CONSENTS:
            raise ValidationFailed(f"a key has at most {MAX_CONSENTS} consent records")
        made = Consent(new_id("cons"), name, language, recording_sha256, seconds, time.time())
        await self._database.execute(
            f"INSERT INTO voice_consents (key_id, {_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            *(key_id, made.id, name, language, recording_sha256, seconds, made.created_at),
        )
        return made

    async def list(self, key_id: str) -> list[Consent]:
        """Return the records of a key, the oldest first."""
        sql = f"SELECT {_COLUMNS} FROM voice_consents WHERE key_id = $1 ORDER BY created_at, id"
        return [_consent(row) for row in await self._database.fetch(sql, key_id)]

    async def read(self, key_id: str, consent_id: str) -> Consent:
        """Return one record."""
        sql = f"SELECT {_COLUMNS} FROM voice_consents WHERE key_id = $1 AND id = $2"
        rows = await self._database.fetch(sql, key_id, consent_id) if _ID.fullmatch(consent_id) else []
        if not rows:
            raise _not_found()
        return _consent(rows[0])

    async def rename(self, key_id: str, consent_id: str, name: str) -> Consent:
        """Replace the name of a record."""
        sql = "UPDATE voice_consents SET name = $1 WHERE key_id = $2 AND id = $3"
        if not _ID.fullmatch(consent_id) or not await self._database.execute(sql, name, key_id, consent_id):
            raise _not_found()
        return await self.read(key_id, consent_id)

    async def delete(self, key_id: str, consent_id: str) -> None:
        """Delete a record; voices keep what they have of it."""
        sql = "DELETE FROM voice_consents WHERE key_id = $1 AND id = $2"
        if not _ID.fullmatch(consent_id) or not await self._database.execute(sql, key_id, consent_id):
            raise _not_found()


async def consent_record(store: ConsentStore, key_id: str, given: str) -> dict[str, object]:
    """Return the record that a voice keeps: which statement, by which key, when.

    `given` is "true", the caller's own statement, or the id of a record. Raises ValidationFailed, ConsentNotFound.
    """
    at = datetime.now(UTC).isoformat(timespec="seconds")
    if given.casefold() == "true":
        return {"kind": "statement", "key_id": key_id, "at": at}
    if not _ID.fullmatch(given):
        raise ValidationFailed(
            "consent: must be `true`, your statement that the speaker consents, or the id of a consent record",
            details={"field": "consent"},
        )
    consent = await store.read(key_id, given)
    recorded = datetime.fromtimestamp(consent.created_at, UTC).isoformat(timespec="seconds")
    return {
        "kind": "recording",
        "key_id": key_id,
        "at": at,
        "consent_id": consent.id,
        "name": consent.name,
        "recorded_at": recorded,
        "recording_sha256": consent.recording_sha256,
    }


def _consent(row: Row) -> Consent:
    return Consent(
        row["id"],
        row["name"],
        row["language"],
        row["recording_sha256"],
        float(row["seconds"]),
        float(row["created_at"]),
    )


def _not_found() -> ConsentNotFound:
    return ConsentNotFound("there is no such consent record of this key")
