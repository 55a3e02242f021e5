"""Who is at the other end of a socket: by header, by `?api_key=`, or by the first message."""

import asyncio
from contextlib import suppress

from pydantic_core import from_json
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.auth import secret_of
from services.accounts.caller import Caller, Scope
from services.speech import SpeechService
from shared.errors import InvalidApiKey

FIRST_WORD_S = 10.0  # a stranger may hold a socket open for so long


async def greet(socket: WebSocket, service: SpeechService) -> tuple[Caller, str | None]:
    """The caller, and the message that had to be read to know them, which may ask for more than to be let in.

    Raises Unauthorized, Forbidden, Unavailable, WebSocketDisconnect.
    """
    accounts, said = service.accounts(), None
    secret = secret_of(socket) or socket.query_params.get("api_key")
    if not secret and not accounts.bypass:
        said = await _first_message(socket)
        secret = _key_in(said)
    caller = await accounts.caller(secret, socket.scope["state"]["arrival"].deadline)
    caller.require(Scope.GENERATE)
    return caller, said


async def _first_message(socket: WebSocket) -> str:
    try:
        async with asyncio.timeout(FIRST_WORD_S):
            received = await socket.receive()
    except TimeoutError:
        raise InvalidApiKey(f"no API key within {FIRST_WORD_S:g} s") from None
    if received["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(received.get("code", 1005))
    return received.get("text") or ""


def _key_in(data: str) -> str | None:
    with suppress(ValueError, AttributeError):
        secret = from_json(data).get("api_key")
        return secret if isinstance(secret, str) else None
    return None
