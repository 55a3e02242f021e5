"""Authentication of a socket: by header, by `?api_key=`, or by the first message."""

import asyncio
from dataclasses import dataclass

from starlette.websockets import WebSocket, WebSocketDisconnect

from api.websocket.dialect import Dialect
from services.accounts.caller import Caller, Scope
from services.speech import SpeechService
from shared.errors import InvalidApiKey

FIRST_MESSAGE_S = 10.0
"""Seconds that a socket without a key stays open while it waits for the first message."""


@dataclass(frozen=True, slots=True)
class Client:
    """Authenticated client: its caller, its key, and the first message if it was read for its key."""

    caller: Caller
    secret: str | None
    message: str | None


async def authenticate(socket: WebSocket, service: SpeechService, dialect: Dialect) -> Client:
    """Return the client of a socket. Its first message may hold a request, too.

    Raise Unauthorized, Forbidden, Unavailable, WebSocketDisconnect.
    """
    accounts, message = service.accounts(), None
    secret = dialect.secret(socket)
    if not secret and not accounts.bypass and dialect.accepts_strangers:
        message = await _first_message(socket)
        secret = dialect.secret_in(message)
    caller = await accounts.caller(secret, socket.scope["state"]["arrival"].store_deadline)
    caller.require(Scope.GENERATE)
    socket.scope["state"]["admit"]()
    return Client(caller, secret, message)


async def _first_message(socket: WebSocket) -> str:
    try:
        async with asyncio.timeout(FIRST_MESSAGE_S):
            received = await socket.receive()
    except TimeoutError:
        raise InvalidApiKey(f"no API key within {FIRST_MESSAGE_S:g} s") from None
    if received["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(received.get("code", 1005))
    return received.get("text") or ""
