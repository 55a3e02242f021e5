"""Voices of callers in the database: each belongs to a key, and public ones may be used with every key."""

import re
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.accounts.database import Database, Statements
from services.voices.stored import COLUMNS, StoredVoice, folded, stored_voice
from shared.errors import VoiceExists, VoiceLimitReached, VoiceNotFound

_ID = re.compile(r"voice_[0-9a-f]{20}")
_LIST = ", ".join(COLUMNS)
_INSERTED = ", ".join((*COLUMNS, "folded_name", "tokens"))
_PLACES = ", ".join(f"${n}" for n in range(1, len(COLUMNS) + 3))
_VISIBLE = "(key_id = $1 OR public = 1)"


class VoiceStore:
    """Voices by key. Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, voice: StoredVoice, *, most: int) -> StoredVoice:
        """Store a new voice. Raises VoiceExists for a name taken, VoiceLimitReached above `most` voices of the key."""
        async with self._database.transaction() as work:
            (row,) = await work.fetch("SELECT count(*) AS count FROM voices WHERE key_id = $1", voice.key_id)
            if int(row["count"]) >= most:
                raise VoiceLimitReached(f"this key has {row['count']} voices, and may have {most}; delete one first")
            await _check_name(work, voice)
            if not await work.execute(
                f"INSERT INTO voices ({_INSERTED}) VALUES ({_PLACES}) ON CONFLICT DO NOTHING", *voice.values()
            ):
                raise _taken()
        return voice

    async def check_new(self, voice_name: str, key_id: str, *, public: bool, most: int) -> None:
        """Raise as `create` would, before the work on a recording."""
        (row,) = await self._database.fetch("SELECT count(*) AS count FROM voices WHERE key_id = $1", key_id)
        if int(row["count"]) >= most:
            raise VoiceLimitReached(f"this key has {row['count']} voices, and may have {most}; delete one first")
        await _check_free(self._database, voice_name, key_id, public=public, own_id="")

    async def find(self, key_id: str, name: str) -> StoredVoice | None:
        """Return the voice of this id or name that the key may use, with its tokens; its own before public ones."""
        where = "id = $2" if _ID.fullmatch(name) else "folded_name = $2"
        rows = await self._database.fetch(
            f"SELECT {_LIST}, tokens FROM voices WHERE {_VISIBLE} AND {where} "
            "ORDER BY CASE WHEN key_id = $1 THEN 0 ELSE 1 END LIMIT 1",
            *(key_id, folded(name)),
        )
        return stored_voice(rows[0]) if rows else None

    async def list(self, key_id: str) -> list[StoredVoice]:
        """Return the voices that the key may use, without tokens, the oldest first."""
        rows = await self._database.fetch(
            f"SELECT {_LIST} FROM voices WHERE {_VISIBLE} ORDER BY created_at, id", key_id
        )
        return [stored_voice(row) for row in rows]

    async def read(self, key_id: str, voice_id: str) -> StoredVoice:
        """Return a voice of this key, with its tokens. Raises VoiceNotFound."""
        return await _owned(self._database, key_id, voice_id)

    async def change(self, key_id: str, voice_id: str, changes: Mapping[str, Any]) -> StoredVoice:
        """Replace fields of a voice of this key. Raises VoiceNotFound, VoiceExists."""
        async with self._database.transaction() as work:
            voice = await _owned(work, key_id, voice_id)
            changed = replace(voice, **changes, changed_at=time.time())
            await _check_name(work, changed)
            names = (*COLUMNS, "folded_name")
            sets = ", ".join(f"{name} = ${n}" for n, name in enumerate(names, 1))
            await work.execute(
                f"UPDATE voices SET {sets} WHERE id = ${len(names) + 1}", *changed.values()[: len(names)], voice_id
            )
        return changed

    async def delete(self, key_id: str, voice_id: str) -> None:
        """Delete a voice of this key, of which the database's file keeps no byte. Raises VoiceNotFound."""
        async with self._database.transaction() as work:
            await _owned(work, key_id, voice_id)
            await work.execute("DELETE FROM voices WHERE id = $1", voice_id)
        if self._database.dialect == "sqlite":
            await self._database.fetch("PRAGMA wal_checkpoint(TRUNCATE)")  # the log may hold the row


async def _owned(work: Statements, key_id: str, voice_id: str) -> StoredVoice:
    rows = (
        await work.fetch(f"SELECT {_LIST}, tokens FROM voices WHERE id = $1 AND key_id = $2", voice_id, key_id)
        if _ID.fullmatch(voice_id)
        else []
    )
    if not rows:
        raise VoiceNotFound("there is no voice of this id that belongs to this key")
    return stored_voice(rows[0])


async def _check_name(work: Statements, voice: StoredVoice) -> None:
    await _check_free(work, voice.name, voice.key_id, public=voice.public, own_id=voice.id)


async def _check_free(work: Statements, name: str, key_id: str, *, public: bool, own_id: str) -> None:
    rows = await work.fetch(
        "SELECT 1 AS taken FROM voices WHERE folded_name = $1 AND id <> $2 "
        "AND (key_id = $3 OR (public = 1 AND $4 = 1)) LIMIT 1",
        *(folded(name), own_id, key_id, int(public)),
    )
    if rows:
        raise _taken()


def _taken() -> VoiceExists:
    return VoiceExists("name: there is a voice of this name", details={"field": "name"})
