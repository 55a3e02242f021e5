"""Pronunciation dictionaries in the database: each belongs to a key, and each change is a new version."""

import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from services.accounts.database import Database, Row
from shared.errors import DictionaryNotFound, ValidationFailed

MAX_DICTIONARIES = 100
"""Most dictionaries of a key. Chosen: each may have megabytes in its versions."""
MAX_VERSIONS = 20
"""Versions of a dictionary that are kept, the newest ones. Chosen: requests name a version for a while only."""
_ID = re.compile(r"dict_[0-9a-f]{16}")
_COLUMNS = "d.id, d.name, d.language, v.version, v.size, v.created_at"
_JOINED = "pronunciation_dictionaries d JOIN pronunciation_versions v ON v.dictionary_id = d.id"


@dataclass(frozen=True, slots=True)
class Dictionary:
    """One version of a dictionary. `created_at` is in seconds since 1970; lists leave `entries` out."""

    id: str
    name: str
    language: str
    version: int
    size: int
    created_at: float
    entries: Mapping[str, str] = field(default_factory=dict)


class DictionaryStore:
    """Dictionaries by key. Every method raises StoreUnavailable, and DictionaryNotFound for those of other keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, key_id: str, name: str, language: str, entries: Mapping[str, str]) -> Dictionary:
        """Store a new dictionary. Raises ValidationFailed above MAX_DICTIONARIES."""
        now, made = time.time(), f"dict_{secrets.token_hex(8)}"
        async with self._database.transaction() as work:
            (row,) = await work.fetch(
                "SELECT count(*) AS count FROM pronunciation_dictionaries WHERE key_id = $1", key_id
            )
            if int(str(row["count"])) >= MAX_DICTIONARIES:
                raise ValidationFailed(f"a key has at most {MAX_DICTIONARIES} pronunciation dictionaries")
            await work.execute(
                "INSERT INTO pronunciation_dictionaries (id, key_id, name, language, version, created_at) "
                "VALUES ($1, $2, $3, $4, 1, $5)",
                *(made, key_id, name, language, now),
            )
            await work.execute(
                "INSERT INTO pronunciation_versions (dictionary_id, version, entries, size, created_at) "
                "VALUES ($1, 1, $2, $3, $4)",
                *(made, json.dumps(dict(entries), ensure_ascii=False), len(entries), now),
            )
        return Dictionary(made, name, language, 1, len(entries), now, entries)

    async def update(self, key_id: str, dictionary_id: str, entries: Mapping[str, str]) -> Dictionary:
        """Store a new version of a dictionary, and delete those before the newest MAX_VERSIONS."""
        now = time.time()
        async with self._database.transaction() as work:
            rows = await work.fetch(
                "UPDATE pronunciation_dictionaries SET version = version + 1 WHERE id = $1 AND key_id = $2 "
                "RETURNING name, language, version",
                *(_checked(dictionary_id), key_id),
            )
            if not rows:
                raise _not_found()
            version = int(str(rows[0]["version"]))
            await work.execute(
                "INSERT INTO pronunciation_versions (dictionary_id, version, entries, size, created_at) "
                "VALUES ($1, $2, $3, $4, $5)",
                *(dictionary_id, version, json.dumps(dict(entries), ensure_ascii=False), len(entries), now),
            )
            await work.execute(
                "DELETE FROM pronunciation_versions WHERE dictionary_id = $1 AND version <= $2",
                *(dictionary_id, version - MAX_VERSIONS),
            )
        name, language = str(rows[0]["name"]), str(rows[0]["language"])
        return Dictionary(dictionary_id, name, language, version, len(entries), now, entries)

    async def list(self, key_id: str) -> list[Dictionary]:
        """Return the newest version of each dictionary of a key, without entries, the oldest dictionary first."""
        rows = await self._database.fetch(
            f"SELECT {_COLUMNS} FROM {_JOINED} AND v.version = d.version WHERE d.key_id = $1 ORDER BY d.created_at",
            key_id,
        )
        return [_dictionary(row) for row in rows]

    async def read(self, key_id: str, dictionary_id: str, version: int | None = None) -> Dictionary:
        """Return a version of a dictionary with its entries, by default the newest."""
        rows = await self._database.fetch(
            f"SELECT {_COLUMNS}, v.entries FROM {_JOINED} WHERE d.id = $1 AND d.key_id = $2 "
            f"AND v.version = {'d.version' if version is None else '$3'}",
            *((_checked(dictionary_id), key_id) if version is None else (_checked(dictionary_id), key_id, version)),
        )
        if not rows:
            raise _not_found()
        return _dictionary(rows[0])

    async def delete(self, key_id: str, dictionary_id: str) -> None:
        """Delete a dictionary with all of its versions."""
        async with self._database.transaction() as work:
            owned = await work.fetch(
                "SELECT id FROM pronunciation_dictionaries WHERE id = $1 AND key_id = $2",
                *(_checked(dictionary_id), key_id),
            )
            if not owned:
                raise _not_found()
            await work.execute("DELETE FROM pronunciation_versions WHERE dictionary_id = $1", dictionary_id)
            await work.execute("DELETE FROM pronunciation_dictionaries WHERE id = $1", dictionary_id)


def _checked(dictionary_id: str) -> str:
    if not _ID.fullmatch(dictionary_id):
        raise _not_found()
    return dictionary_id


def _not_found() -> DictionaryNotFound:
    return DictionaryNotFound("there is no such pronunciation dictionary or version of this key")


def _dictionary(row: Row) -> Dictionary:
    return Dictionary(
        str(row["id"]),
        str(row["name"]),
        str(row["language"]),
        int(str(row["version"])),
        int(str(row["size"])),
        float(str(row["created_at"])),
        json.loads(str(row["entries"])) if "entries" in row else {},
    )
