"""uvicorn's connections with limits on what a stranger may hold: connections, time, memory.

HTTP: a head is complete within HEAD_S and has at most HEAD_BYTES, however it arrives; a body has at most MAX_CHUNKS.
WebSocket: a message has at most MAX_FRAGMENTS, a client sends at most MAX_PINGS control frames in PINGS_S and reads the
answers. When every place is taken, the connections that have been strangers for the longest time make room.
`api/middleware.py` limits bodies.
"""

import asyncio
import contextlib
import heapq
import math
from typing import Any, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame

HEAD_S = 10.0
"""Seconds for a request's head, from the connection or from its first byte after an answer."""
HEAD_BYTES = 16 * 1024
"""Longest head of a request. Common proxies send 8 KiB at most."""
MAX_CONNECTIONS = 4_000
"""Open connections of a process: 32 KB each (measured), so that strangers hold 128 MB at most."""
CUT_AT_ONCE = 64
"""Connections cut when every place is taken: finding them among 4,000 takes 1 ms."""
ACCEPTED_AT_ONCE = 4
"""Connections accepted in one turn of the event loop. Each may ask at once, which takes 1 ms (a WebSocket's start)."""
MAX_UNACCEPTED = 1_024
"""Connections that the kernel keeps until they are accepted."""
SPARE_DESCRIPTORS = 256 + ACCEPTED_AT_ONCE
"""Descriptors kept free for files, stores and one turn of accepting: above the limit asyncio's accept loop spins."""
READ_BYTES = 2 * 1024
"""Bytes of one read from a connection (asyncio: 256 KiB). 2 KiB in chunks of one byte take 8 ms (measured)."""
MAX_CHUNKS = 1_024
"""Chunks of one body. Each takes 10 us of the event loop (measured), also one of a single byte."""
MAX_FRAGMENTS = 1_024
"""Fragments of one WebSocket message; an empty fragment takes memory, and no byte of the message's limit."""
MAX_PINGS, PINGS_S = 100, 10.0
"""Control frames that a client may send in so many seconds. Clients send one in 20 s."""
LINGER_S, QUIET_S = 5.0, 0.5
"""Seconds in which a refused WebSocket is read on, and without data until it is closed. Chosen: 2 MB at 3.2 Mbit/s."""
DROPPED_AT_ONCE = 64 * 1024
"""Bytes of one read from a refused WebSocket: nothing parses them."""
LINGER_BYTES = 32 * 1024 * 1024
"""Bytes of a refused WebSocket that are dropped before it is cut. Chosen: a flood sends as much in 0.3 s."""

try:
    import resource
except ImportError:  # Windows has no such limit
    resource = None  # type: ignore[assignment]


def raise_descriptor_limit() -> None:
    """Raise the soft limit of open files to the hard one, where the system allows that."""
    if resource:
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def connection_limit() -> int:
    """Return the most connections that may be open at once, by MAX_CONNECTIONS and the limit of open files."""
    if not resource:
        return MAX_CONNECTIONS
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MAX_CONNECTIONS if soft < 0 else max(1, min(MAX_CONNECTIONS, soft - SPARE_DESCRIPTORS))


class _BoundedParser(h11.Connection):
    """h11 limits only a head that arrives in parts; this one limits every head, and the chunks of a body."""

    def __init__(self) -> None:
        super().__init__(h11.SERVER, HEAD_BYTES)
        self._chunks = 0

    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        event = super().next_event()
        if isinstance(event, h11.Data):
            self._chunks += event.chunk_start
            if self._chunks > MAX_CHUNKS:
                raise h11.RemoteProtocolError(f"a body has at most {MAX_CHUNKS} chunks")
        elif isinstance(event, h11.Request):
            self._chunks = 0
            size = len(event.target) + sum(len(name) + len(value) + 4 for name, value in event.headers)
            if size > HEAD_BYTES:
                raise h11.RemoteProtocolError("the head is too long", error_status_hint=431)
        return event


class HttpConnection(H11Protocol):
    """One connection that speaks HTTP/1.1, until it upgrades to a WebSocket."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conn = _BoundedParser()
        self._head_due: asyncio.TimerHandle | None = None
        self._waits_since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        _bound_read(transport, READ_BYTES)
        self._await_head()
        if len(self.connections) > connection_limit():
            _make_room(self)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        waits = self.conn.their_state is h11.IDLE or (self.cycle is not None and self.cycle.response_complete)
        if not waits or self not in self.connections:
            self._stop_waiting()
        elif self._head_due is None:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        self._waits_since = self.loop.time()
        super().on_response_complete()

    def drain(self) -> None:
        """Let a running answer end, as the connection's last one. A request whose body is incomplete is cut."""
        if self.conn.their_state is h11.SEND_BODY and not self.cycle.response_started:
            self.transport.abort()
        elif self.cycle is not None and not self.cycle.response_complete:
            self.cycle.keep_alive = False

    @property
    def stranger_since(self) -> float | None:
        """Time of the loop since which a request, or its body, is awaited; None while one runs."""
        runs = self.cycle is not None and not self.cycle.response_complete
        return None if runs and self.conn.their_state is not h11.SEND_BODY else self._waits_since

    def _await_head(self) -> None:
        self._waits_since = self.loop.time()
        self._head_due = self.loop.call_later(HEAD_S, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._head_due is not None:
            self._head_due.cancel()
            self._head_due = None


def _bound_read(transport: asyncio.BaseTransport, most: int) -> None:
    """Bound one read. The transports of asyncio's selector loops have this attribute; others keep their own bound."""
    if hasattr(transport, "max_size"):
        transport.max_size = most


def _make_room(newest: HttpConnection) -> None:
    """Cut the connections that have been strangers for the longest time; where there are none, the newest one."""
    strangers = [
        (since, number, other)
        for number, other in enumerate(newest.connections)
        if isinstance(other, HttpConnection | SocketConnection)
        and other is not newest
        and (since := other.stranger_since) is not None
    ]
    oldest = [other for _, _, other in heapq.nsmallest(CUT_AT_ONCE, strangers)]
    for connection in oldest or [newest]:
        connection.transport.abort()


class SocketConnection(WebSocketsSansIOProtocol):
    """One WebSocket connection. A flood of fragments or control frames closes it.

    `stranger_since` is the time of the loop since which no key is known for it; None once `admit` was called.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pings, self._pings_since = 0, 0.0
        self._lingers_until, self._dropped = math.inf, 0
        self.stranger_since: float | None = self.loop.time()

    def drain(self) -> None:
        """Close the socket of a stranger with 1012. The session of a known caller closes its own."""
        if self.stranger_since is not None:
            self.shutdown()

    def admit(self) -> None:
        """Record that the client is a known caller, whose connection is not cut for others."""
        self.stranger_since = None

    async def send(self, message: Any) -> None:
        """Send a message of the app. uvicorn logs a handshake that was answered with an error as one without answer."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True

    async def run_asgi(self) -> None:
        """Run the app for this connection. What it kept in the scope refers to the connection, and that to the scope.

        Only a garbage collection would free them, for 0.1 s after some hundred connections, while every stream waits.
        """
        await super().run_asgi()
        cast("dict[str, object]", self.scope).clear()
        if self.disconnected:
            self.conn.parser.close()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.conn.parser.close()  # its frame refers to the library's connection, and that to the parser

    def data_received(self, data: bytes) -> None:
        if self._lingers_until < math.inf:
            self._dropped += len(data)
            return self._linger()
        super().data_received(data)
        # A handshake that the library rejects makes no event: uvicorn neither answers nor closes.
        if self.conn.handshake_exc is not None and not self.handshake_initiated:
            self.transport.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            self.transport.close()

    def handle_cont(self, event: Frame) -> None:
        if len(self.frames) >= MAX_FRAGMENTS:
            self._refuse(CloseCode.MESSAGE_TOO_BIG, f"a message has at most {MAX_FRAGMENTS} fragments")
        else:
            super().handle_cont(event)

    def handle_ping(self) -> None:
        now = self.loop.time()
        if now - self._pings_since > PINGS_S:
            self._pings, self._pings_since = 0, now
        self._pings += 1
        if self._pings > MAX_PINGS or not self.writable.is_set():
            self._refuse(CloseCode.POLICY_VIOLATION, f"at most {MAX_PINGS} pings in {PINGS_S:g} s")
        else:
            super().handle_ping()

    def handle_parser_exception(self) -> None:
        """Send the close frame with the error's code, then drop what the client still sends before closing.

        uvicorn closes the connection at once. Bytes that nobody read make the kernel reset it, and with the reset a
        client may lose the close frame.
        """
        closed = self.conn.close_sent
        assert closed is not None  # the parser has failed the connection
        self.queue.put_nowait({"type": "websocket.disconnect", "code": closed.code, "reason": closed.reason})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.transport.resume_reading()
        self._lingers_until = self.loop.time() + LINGER_S
        _bound_read(self.transport, DROPPED_AT_ONCE)
        self._linger()

    def _linger(self) -> None:
        """Close when QUIET_S have passed without data, at the end of LINGER_S, or after LINGER_BYTES."""
        if self.close_timer is not None:
            self.close_timer.cancel()
        if self._dropped > LINGER_BYTES:
            return self.transport.abort()
        left_s = self._lingers_until - self.loop.time()
        self.close_timer = self.loop.call_later(min(QUIET_S, left_s), self.transport.close)

    def _refuse(self, code: CloseCode, reason: str) -> None:
        if not self.close_sent:
            self.frames = []
            self.conn.fail(code, reason)
            self.handle_parser_exception()
