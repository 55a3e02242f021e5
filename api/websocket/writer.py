"""Writer of a socket. One task writes, so that messages never interleave."""

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from api.events import Event
from api.websocket.send_queue import Outgoing, SendQueue
from shared.errors import ClientStalled

PROGRESS_EVERY = 50
"""Frames between two `progress` events."""
LINGER_S = 5.0
"""Seconds that a close frame has to reach a client that has stopped reading."""
DONE, GOING_AWAY, REFUSED, TOO_LARGE, FAULT, RESTART, TRY_LATER = 1000, 1001, 1008, 1009, 1011, 1012, 1013


class Writer:
    """Write the items of a queue: number and stamp events, and announce the context of each frame.

    The client must take each message within `stall_timeout_s`.
    """

    def __init__(self, socket: WebSocket, queue: SendQueue, *, stall_timeout_s: float) -> None:
        self._socket, self._queue, self._stall_timeout_s = socket, queue, stall_timeout_s
        self._opened = time.perf_counter()
        self._sent = self._since_progress = 0
        self._announced: str | None = None  # context to which the client assigns the next frame

    async def write(self) -> int | None:
        """Write until all is sent (DONE), the client has left (None), or it takes nothing for too long (REFUSED)."""
        try:
            while True:
                paused_at = self._queue.paused_at
                async with asyncio.timeout_at(None if paused_at is None else paused_at + self._stall_timeout_s):
                    item = await self._queue.take()
                if item.is_last:
                    return DONE
                async with asyncio.timeout(self._stall_timeout_s):
                    await self._deliver(item)
                self._queue.written(item)
        except TimeoutError:
            await self._queue.break_off(ClientStalled(f"the client took nothing for {self._stall_timeout_s:g} s"))
            return REFUSED
        except WebSocketDisconnect:
            return None

    async def _deliver(self, item: Outgoing) -> None:
        if item.audio is None:
            if item.event["type"] == "start":
                self._announced = item.context_id
            return await self.send(item.event, item.context_id)
        if self._announced != item.context_id or self._since_progress >= PROGRESS_EVERY:
            self._announced, self._since_progress = item.context_id, 0
            await self.send({"type": "progress"} | item.event, item.context_id)
        self._since_progress += 1
        with _disconnect_if_closed():
            await self._socket.send_bytes(item.audio)

    async def send(self, event: Event, name: str | None = None) -> None:
        """Send an event. Call it before `write` begins or within it. Raise WebSocketDisconnect."""
        ts_ms = round((time.perf_counter() - self._opened) * 1000, 1)
        stamped = event | {"context_id": name, "seq": self._sent, "ts_ms": ts_ms}
        self._sent += 1
        with _disconnect_if_closed():
            await self._socket.send_text(json.dumps(stamped, ensure_ascii=False))

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
        raise WebSocketDisconnect(GOING_AWAY) from None
