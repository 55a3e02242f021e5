"""Authentication of HTTP requests: the dependencies that give a route its caller."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader, HTTPBearer
from starlette.requests import HTTPConnection

from api.dependencies import Service
from services.accounts.caller import Caller, Scope

SCHEMES = ("bearer", "token", "api-key")
"""Schemes of `Authorization` that hold an API key; `Token` is Deepgram's, `Api-Key` Baseten's."""
KEY_HEADERS = ("x-api-key", "xi-api-key", "x-vapi-secret")
"""Headers that hold an API key alone: this service's and Cartesia's, ElevenLabs', Vapi's."""


def secret_of(connection: HTTPConnection) -> str | None:
    """Return the API key of the headers. `Authorization` takes precedence over the headers of the key alone."""
    scheme, _, secret = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() in SCHEMES:
        return secret.strip()
    return next((key for name in KEY_HEADERS if (key := connection.headers.get(name)) is not None), None)


async def known_caller(
    request: Request,
    service: Service,
    _bearer: Annotated[object, Security(HTTPBearer(auto_error=False, description="an API key"))],
    _header: Annotated[object, Security(APIKeyHeader(name="X-API-Key", auto_error=False))],
) -> Caller:
    """Return the caller of a request by its key. Raise Unauthorized, Unavailable.

    The parameters put the two schemes into the OpenAPI description; `secret_of` reads them, as for a WebSocket.
    """
    return await service.accounts().caller(secret_of(request), request.scope["state"]["arrival"].store_deadline)


KnownCaller = Annotated[Caller, Depends(known_caller)]


def _require(scope: Scope) -> Callable[[Caller], Awaitable[Caller]]:
    async def allowed(caller: KnownCaller) -> Caller:
        caller.require(scope)
        return caller

    return allowed


GenerateCaller = Annotated[Caller, Depends(_require(Scope.GENERATE))]
VoicesCaller = Annotated[Caller, Depends(_require(Scope.VOICES))]
DebugCaller = Annotated[Caller, Depends(_require(Scope.DEBUG))]
AdminCaller = Annotated[Caller, Depends(_require(Scope.ADMIN))]
