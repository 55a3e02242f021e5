"""API keys: their secrets, and their rows in the database."""

import hmac
import re
import secrets
import time
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from services.accounts.caller import Caller, Limits, Scope
from services.accounts.database import Database, Row
from shared.errors import KeyNotFound

_FORM = re.compile(r"veena3_[A-Za-z0-9_-]{43}")
_ID = re.compile(r"key_[0-9a-f]{16}")
_SHOWN = len("veena3_") + 6
"""Characters of a secret that lists show."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key without its secret. Times are seconds since 1970."""

    id: str
    name: str
    prefix: str
    scopes: frozenset[Scope]
    limits: Limits
    created_at: float
    expires_at: float | None = None
    revoked_at: float | None = None

    @property
    def caller(self) -> Caller:
        return Caller(self.id, self.name, self.scopes, self.limits)

    @property
    def expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= time.time()

    @property
    def state(self) -> Literal["active", "expired", "revoked"]:
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expired else "active"


def new_secret() -> str:
    """Return a secret of 256 random bits. It cannot be guessed, so its hash needs neither salt nor a slow function."""
    return f"veena3_{secrets.token_urlsafe(32)}"


def digest(secret: str) -> str | None:
    """Return the hash that is stored of a secret; None for text that has not the form of one."""
    return sha256(secret.encode()).hexdigest() if _FORM.fullmatch(secret) else None


_COLUMNS = (
    "id, name, prefix, hash, previous_hash, scopes, requests_per_minute, characters_per_minute, streams,"
    " created_at, expires_at, revoked_at"
)


class KeyStore:
    """Keys in the database. Every method raises StoreUnavailable."""

    FIND = (
        f"SELECT {_COLUMNS} FROM api_keys"
        " WHERE (hash = $1 OR (previous_hash = $1 AND previous_until > $2)) AND revoked_at IS NULL"
    )
    """The statement that requests wait for."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(
        self, name: str, *, scopes: frozenset[Scope], limits: Limits, expires_at: float | None
    ) -> tuple[Key, str]:
        """Create a key; return it and its secret, which is not stored."""
        secret = new_secret()
        key = Key(f"key_{secrets.token_hex(8)}", name, secret[:_SHOWN], scopes, limits, time.time(), expires_at)
        await self._database.execute(
            "INSERT INTO api_keys (id, name, prefix, hash, scopes, requests_per_minute, characters_per_minute, streams,"
            " created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            key.id,
            name,
            key.prefix,
            digest(secret),
            " ".join(sorted(scopes)),
            limits.requests_per_minute,
            limits.characters_per_minute,
            limits.streams,
            key.created_at,
            expires_at,
        )
        return key, secret

    async def find(self, hashed: str) -> Key | None:
        """Return the key of this digest, unless it was revoked; also of a replaced one while that still works."""
        for row in await self._database.fetch(self.FIND, hashed, time.time()):
            # The index compares in a time that depends on the common prefix. Compare once more in constant time.
            # (The timing of a hash would not help an attacker anyway.)
            if any(hmac.compare_digest(row[name] or "", hashed) for name in ("hash", "previous_hash")):
                return _key(row)
        return None

    async def all(self) -> list[Key]:
        """Return every key, revoked ones too, the oldest first."""
        return [
            _key(row) for row in await self._database.fetch(f"SELECT {_COLUMNS} FROM api_keys ORDER BY created_at, id")
        ]

    async def get(self, key_id: str) -> Key:
        """Return the key of this id. Raises KeyNotFound."""
        if _ID.fullmatch(key_id):  # not every database takes other text of a client, such as NUL
            for row in await self._database.fetch(f"SELECT {_COLUMNS} FROM api_keys WHERE id = $1", key_id):
                return _key(row)
        raise KeyNotFound("there is no key of that id; ids begin with key_")

    async def rotate(self, key_id: str, *, overlap_s: float) -> tuple[Key, str]:
        """Give a key a new secret; return the key and the secret. The one before works for `overlap_s` more.

        Id, limits, credits and records stay. Earlier secrets end at once. Raises KeyNotFound, also for a revoked key.
        """
        if (await self.get(key_id)).revoked_at is not None:
            raise KeyNotFound("this key was revoked; create another one")
        secret = new_secret()
        await self._database.execute(
            "UPDATE api_keys SET previous_hash = hash, previous_until = $1, hash = $2, prefix = $3"
            " WHERE id = $4 AND revoked_at IS NULL",
            time.time() + overlap_s,
            digest(secret),
            secret[:_SHOWN],
            key_id,
        )
        return await self.get(key_id), secret

    async def revoke(self, key_id: str) -> Key:
        """Revoke a key for good; a second time changes nothing. Raises KeyNotFound."""
        await self.get(key_id)
        await self._database.execute(
            "UPDATE api_keys SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL", time.time(), key_id
        )
        return await self.get(key_id)


def _key(row: Row) -> Key:
    return Key(
        id=row["id"],
        name=row["name"],
        prefix=row["prefix"],
        scopes=frozenset(map(Scope, row["scopes"].split())),
        limits=Limits(row["requests_per_minute"], row["characters_per_minute"], row["streams"]),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
    )
