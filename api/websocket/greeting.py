"""Authentication of a socket: by header, by `?api_key=`, or by the first message."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from api.errors import error_response
from api.events import error_event
from api.websocket.closing import close_code_of, close_reason_of
from api.websocket.dialect import Dialect
from api.websocket.writer import Writer
from services.accounts.caller import Caller, Scope
from services.speech import SpeechService
from shared.errors import InvalidApiKey, ServiceError

FIRST_MESSAGE_S = 10.0
"""Seconds that a socket without a key stays open while it waits for the first message."""
FEW_STRANGERS = 8
"""Sockets that may wait so long at once; later ones wait STRANGER_S. Chosen: real clients send their key at once."""
STRANGER_S = 1.5
"""Seconds for the first message beside FEW_STRANGERS others. Each socket holds an input of the platform's container."""


@dataclass(frozen=True, slots=True)
class Client:
    """Authenticated client: its caller, its key, and the first message if it was read for its key."""

    caller: Caller
    secret: str | None
    message: str | None


class Strangers:
    """Sockets of one app whose key is awaited."""

    def __init__(self) -> None:
        self._waiting = 0

    @contextmanager
    def waiting(self) -> Iterator[float]:
        """Count a socket while this context is open; yield the seconds that it may wait."""
        self._waiting += 1
        try:
            yield FIRST_MESSAGE_S if self._waiting <= FEW_STRANGERS else STRANGER_S
        finally:
            self._waiting -= 1


async def accept(socket: WebSocket, dialect: Dialect) -> None:
    """Accept a socket, unless it is accepted already."""
    if socket.application_state is WebSocketState.CONNECTING:
        offered = socket.scope.get("subprotocols", ())
        await socket.accept(next((name for name in offered if name in dialect.subprotocols), None))


async def refuse(socket: WebSocket, writer: Writer, error: ServiceError, request_id: str) -> None:
    """Answer the handshake with an error, or an accepted socket with an event."""
    if socket.application_state is WebSocketState.CONNECTING:
        return await socket.send_denial_response(error_response(socket, error))
    await writer.send(error_event(error, request_id))
    await writer.close(close_code_of(error), close_reason_of(error))


async def authenticate(socket: WebSocket, service: SpeechService, dialect: Dialect) -> Client:
    """Return the client of a socket. Its first message may hold a request, too.

    Raise Unauthorized, Forbidden, Unavailable, WebSocketDisconnect.
    """
    accounts, message = service.accounts(), None
    secret = dialect.secret(socket)
    if not secret and not accounts.bypass and dialect.accepts_strangers:
        message = await _first_message(socket)
        if dialect.is_greeting(message):
            message = await _first_message(socket)
        secret = dialect.secret_in(message)
    caller = await accounts.caller(secret, socket.scope["state"]["arrival"].store_deadline)
    caller.require(Scope.GENERATE)
    socket.scope["state"]["admit"]()
    return Client(caller, secret, message)


async def _first_message(socket: WebSocket) -> str:
    strangers: Strangers = socket.app.state.strangers
    with strangers.waiting() as patience_s:
        try:
            async with asyncio.timeout(patience_s):
                received = await socket.receive()
        except TimeoutError:
            raise InvalidApiKey(f"no API key within {patience_s:g} s") from None
    if received["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(received.get("code", 1005))
    return received.get("text") or ""
