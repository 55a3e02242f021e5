"""`/v1/keys`: keys made, listed and revoked by whoever holds one with the `admin` scope."""

import time
from dataclasses import asdict
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.auth import KEY_ANSWERS, AdminCaller
from api.dependencies import Service
from api.schemas import ErrorAnswer
from api.strings import Name
from services.accounts.caller import Limits, Scope
from services.accounts.keys.store import Key
from shared.logging import get_logger

router = APIRouter(prefix="/v1/keys", responses=KEY_ANSWERS | {503: {"model": ErrorAnswer}})

log = get_logger(__name__)


class KeyLimits(BaseModel):
    """What a key may use; null takes the service's own limit."""

    requests_per_minute: int | None = Field(None, ge=1, le=1_000_000)
    characters_per_minute: int | None = Field(None, ge=1, le=1_000_000_000)
    streams: int | None = Field(None, ge=1, le=1_000_000, description="requests at once")


class KeyCreate(KeyLimits):
    """`POST /v1/keys`."""

    model_config = ConfigDict(extra="forbid")

    name: Name = Field(min_length=1, max_length=100, description="whose it is")
    scopes: list[Scope] = Field([Scope.GENERATE], min_length=1)
    expires_in_s: int | None = Field(None, ge=1, le=10**10, description="from now; null: never")


class KeyInfo(KeyLimits):
    """A key without its secret. Times are seconds since 1970."""

    id: str
    name: str
    prefix: str = Field(description="how the secret begins")
    scopes: list[Scope]
    state: Literal["active", "expired", "revoked"]
    created_at: float
    expires_at: float | None
    revoked_at: float | None


class NewKey(KeyInfo):
    """The only answer that ever holds the secret."""

    key: str


class KeyList(BaseModel):
    """Every key there ever was, the oldest first."""

    keys: list[KeyInfo]


@router.post("", status_code=201, responses={400: {"model": ErrorAnswer}})
async def create(body: KeyCreate, admin: AdminCaller, service: Service) -> NewKey:
    """Make a key. Its secret is in this answer and nowhere else."""
    key, secret = await service.accounts().keys.create(
        body.name,
        scopes=frozenset(body.scopes),
        limits=Limits(body.requests_per_minute, body.characters_per_minute, body.streams),
        expires_at=body.expires_in_s and time.time() + body.expires_in_s,
    )
    log.info("key_created", key_id=key.id, by=admin.key_id)
    return NewKey.model_validate(_fields(key) | {"key": secret})


@router.get("")
async def keys(_: AdminCaller, service: Service) -> KeyList:
    """Every key, revoked ones too."""
    return KeyList(keys=[KeyInfo.model_validate(_fields(key)) for key in await service.accounts().keys.all()])


@router.get("/{key_id}", responses={404: {"model": ErrorAnswer}})
async def key(key_id: str, _: AdminCaller, service: Service) -> KeyInfo:
    """One of them, by its id."""
    return KeyInfo.model_validate(_fields(await service.accounts().keys.get(key_id)))


@router.delete("/{key_id}", responses={404: {"model": ErrorAnswer}})
async def revoke(key_id: str, admin: AdminCaller, service: Service) -> KeyInfo:
    """Revoke a key for good: at once in this process, within KEY_CACHE_TTL_S in others."""
    revoked = await service.accounts().revoke(key_id)
    log.info("key_revoked", key_id=key_id, by=admin.key_id)
    return KeyInfo.model_validate(_fields(revoked))


def _fields(key: Key) -> dict[str, object]:
    return asdict(key) | asdict(key.limits) | {"state": key.state, "scopes": sorted(key.scopes)}
