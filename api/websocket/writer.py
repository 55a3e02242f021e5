"""Writer of a socket. One task writes, so that messages never interleave."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from api.events import Event
from api.websocket.closing import CloseCode
from api.websocket.dialect import Dialect
from api.websocket.send_queue import Outgoing, SendQueue
from shared.errors import ClientStalled

LINGER_S = 5.0
"""Seconds that a close frame has to reach a client that has stopped reading."""


class Writer:
    """Write the items of a queue in the words of a dialect.

    The client must take each message within `stall_timeout_s`.
    """

    def __init__(self, socket: WebSocket, queue: SendQueue, dialect: Dialect, *, stall_timeout_s: float) -> None:
        self._socket, self._queue, self._dialect = socket, queue, dialect
        self._stall_timeout_s = stall_timeout_s

    async def write(self) -> int | None:
        """Write until all is sent (DONE), the client has left (None), or it takes nothing for too long (REFUSED)."""
        try:
            while True:
                paused_at = self._queue.paused_at
                async with asyncio.timeout_at(None if paused_at is None else paused_at + self._stall_timeout_s):
                    item = await self._queue.take()
                if item.is_last:
                    return CloseCode.DONE
                async with asyncio.timeout(self._stall_timeout_s):
                    await self._deliver(item)
                self._queue.written(item)
        except TimeoutError:
            await self._queue.break_off(ClientStalled(f"the client took nothing for {self._stall_timeout_s:g} s"))
            return CloseCode.REFUSED
        except WebSocketDisconnect:
            return None

    async def _deliver(self, item: Outgoing) -> None:
        if item.audio is None:
            await self.send(item.event, item.context_id)
        else:
            await self._send_all(self._dialect.audio(item))

    async def send(self, event: Event, name: str | None = None) -> None:
        """Send an event. Call it before `write` begins or within it. Raise WebSocketDisconnect."""
        await self._send_all(self._dialect.event(event, name))

    async def _send_all(self, messages: Iterable[str | bytes]) -> None:
        with _disconnect_if_closed():
            for message in messages:
                if isinstance(message, str):
                    await self._socket.send_text(message)
                else:
                    await self._socket.send_bytes(message)

    async def close(self, code: int, reason: str = "") -> None:
        """Close the socket. If the client does not take the close frame within LINGER_S, cut the connection."""
        try:
            async with asyncio.timeout(LINGER_S):
                with suppress(WebSocketDisconnect, RuntimeError):
                    if self._socket.application_state is WebSocketState.CONNECTED:
                        await self._socket.close(code, reason)
        except TimeoutError:
            self._socket.scope["state"]["abort"]()


@contextmanager
def _disconnect_if_closed() -> Iterator[None]:
    """Raise WebSocketDisconnect for a socket that the server closed at its shutdown."""
    try:
        yield
    except RuntimeError:
        raise WebSocketDisconnect(CloseCode.GOING_AWAY) from None
