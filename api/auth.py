"""Who sent a request: the caller that routes are handed."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from services.auth.caller import ANONYMOUS, Caller, Scope


async def caller(_connection: HTTPConnection) -> Caller:
    """Whoever sent this request."""
    return ANONYMOUS


def _with(scope: Scope) -> Callable[[Caller], Awaitable[Caller]]:
    async def allowed(known: Annotated[Caller, Depends(caller)]) -> Caller:
        known.require(scope)
        return known

    return allowed


GenerateCaller = Annotated[Caller, Depends(_with(Scope.GENERATE))]
VoicesCaller = Annotated[Caller, Depends(_with(Scope.VOICES))]
DebugCaller = Annotated[Caller, Depends(_with(Scope.DEBUG))]
AdminCaller = Annotated[Caller, Depends(_with(Scope.ADMIN))]
