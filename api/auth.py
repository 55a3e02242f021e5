"""Who sent a request: the caller that routes are handed."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader, HTTPBearer
from starlette.requests import HTTPConnection

from api.dependencies import Service
from api.schemas import ErrorAnswer
from services.accounts.caller import Caller, Scope


def secret_of(connection: HTTPConnection) -> str | None:
    """The API key in the headers, `Authorization: Bearer` before `X-API-Key`."""
    scheme, _, secret = connection.headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else connection.headers.get("x-api-key")


async def known_caller(
    request: Request,
    service: Service,
    _bearer: Annotated[object, Security(HTTPBearer(auto_error=False, description="an API key"))],
    _header: Annotated[object, Security(APIKeyHeader(name="X-API-Key", auto_error=False))],
) -> Caller:
    """Whoever holds the key that came along. Raises Unauthorized, Unavailable.

    The two schemes are named for the OpenAPI description; `secret_of` reads them, here as on a WebSocket.
    """
    return await service.accounts().caller(secret_of(request), request.scope["state"]["arrival"].deadline)


KEY_ANSWERS: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorAnswer, "description": "INVALID_API_KEY, EXPIRED_API_KEY"},
    403: {"model": ErrorAnswer, "description": "FORBIDDEN, INSUFFICIENT_CREDITS"},
}
KnownCaller = Annotated[Caller, Depends(known_caller)]


def _with(scope: Scope) -> Callable[[Caller], Awaitable[Caller]]:
    async def allowed(caller: KnownCaller) -> Caller:
        caller.require(scope)
        return caller

    return allowed


GenerateCaller = Annotated[Caller, Depends(_with(Scope.GENERATE))]
DebugCaller = Annotated[Caller, Depends(_with(Scope.DEBUG))]
AdminCaller = Annotated[Caller, Depends(_with(Scope.ADMIN))]
