"""`/v1/keys`: create, list and revoke keys, with a key that has the `admin` scope."""

import time
from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Body
from pydantic import BaseModel, Field

from api.answers import BODY_ERRORS, SCOPE_ERRORS, error_answers
from api.auth import AdminCaller
from api.dependencies import Service
from api.examples import KEY_CREATE
from api.strings import ClientModel, Name
from services.accounts.caller import Limits, Scope
from services.accounts.keys.store import Key
from shared.errors import KeyNotFound
from shared.logging import get_logger

router = APIRouter(prefix="/v1/keys", tags=["Keys"], responses=error_answers(*SCOPE_ERRORS))

log = get_logger(__name__)


class KeyLimits(BaseModel):
    """Limits of a key. Null stands for the service's own limit."""

    requests_per_minute: int | None = Field(None, ge=1, le=1_000_000)
    characters_per_minute: int | None = Field(None, ge=1, le=1_000_000_000)
    streams: int | None = Field(None, ge=1, le=1_000_000, description="requests at once")


class KeyCreate(KeyLimits, ClientModel):
    """`POST /v1/keys`."""

    name: Name = Field(min_length=1, max_length=100, description="name of the key, such as its holder")
    scopes: list[Scope] = Field([Scope.GENERATE], min_length=1)
    expires_in_s: int | None = Field(
        None, ge=1, le=10**10, description="seconds from now; null: the key does not expire"
    )


class KeyInfo(KeyLimits):
    """A key without its secret. Times are seconds since 1970."""

    id: str
    name: str
    prefix: str = Field(description="first characters of the secret")
    scopes: list[Scope]
    state: Literal["active", "expired", "revoked"]
    created_at: float
    expires_at: float | None
    revoked_at: float | None


class NewKey(KeyInfo):
    """A new key. No other answer holds the secret."""

    key: str


class KeyList(BaseModel):
    """All keys, the oldest first, with those that were revoked or have expired."""

    keys: list[KeyInfo]


@router.post("", status_code=201, responses=error_answers(*BODY_ERRORS))
async def create_key(
    body: Annotated[KeyCreate, Body(openapi_examples=KEY_CREATE)], admin: AdminCaller, service: Service
) -> NewKey:
    """Create a key. Its secret is in this answer alone."""
    key, secret = await service.accounts().keys.create(
        body.name,
        scopes=frozenset(body.scopes),
        limits=Limits(body.requests_per_minute, body.characters_per_minute, body.streams),
        expires_at=body.expires_in_s and time.time() + body.expires_in_s,
    )
    log.info("key_created", key_id=key.id, by=admin.key_id)
    return NewKey.model_validate(_fields(key) | {"key": secret})


@router.get("")
async def list_keys(_: AdminCaller, service: Service) -> KeyList:
    """Return every key, with the revoked ones."""
    return KeyList(keys=[KeyInfo.model_validate(_fields(key)) for key in await service.accounts().keys.all()])


@router.get("/{key_id}", responses=error_answers(KeyNotFound))
async def read_key(key_id: str, _: AdminCaller, service: Service) -> KeyInfo:
    """Return a key by its id."""
    return KeyInfo.model_validate(_fields(await service.accounts().keys.get(key_id)))


@router.delete("/{key_id}", responses=error_answers(KeyNotFound))
async def revoke_key(key_id: str, admin: AdminCaller, service: Service) -> KeyInfo:
    """Revoke a key for good: at once in this process, within `KEY_CACHE_TTL_S` in other processes."""
    revoked = await service.accounts().revoke(key_id)
    log.info("key_revoked", key_id=key_id, by=admin.key_id)
    return KeyInfo.model_validate(_fields(revoked))


def _fields(key: Key) -> dict[str, object]:
    return asdict(key) | asdict(key.limits) | {"state": key.state, "scopes": sorted(key.scopes)}
