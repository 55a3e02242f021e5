"""Middleware for every request, as plain ASGI: nothing here may buffer an answer or hide a disconnect."""

import asyncio
import re
import socket
import time
import uuid
from asyncio import WriteTransport
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from functools import partial

import structlog
from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.connections import SocketConnection
from api.errors import answer
from api.uploads import UploadGate
from core.request_state import Arrival
from services.stopping import Stopping
from shared.errors import Overloaded, PayloadTooLarge, RequestError, RequestTimeout, ServiceError, Unavailable

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_FIRST_MESSAGES = {"http.response.start", "websocket.accept", "websocket.http.response.start"}
UNSENT_BYTES = 64 * 1024
"""Bytes that the kernel holds beyond the client's receive window: 2 s of 16 kHz PCM."""
MOST_LARGE = 8
"""Bodies above the ordinary limit that are read at a time. Chosen: with those of jobs, 64 MiB."""
SPEECH_LINKS = "/v1/tts/stream/"
"""Beginning of the paths whose GET answers with speech."""
BODY_S = 30.0
"""Seconds in which a request's body must have arrived."""
SEND_S = 10.0
"""Seconds in which a client must take each message of an answer to GET. Speech has its own limit."""
_VALID_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")


class RequestIdMiddleware:
    """Give each request and each WebSocket its id, which its log lines carry. A valid id of the caller is kept.

    The scope's `state` gets `arrival`, `request_id`, and two functions: `abort` cuts the connection, `admit` records
    that its client is a known caller.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        offered = Headers(scope=scope).get("x-request-id", "")
        request_id = offered if _VALID_ID.fullmatch(offered) else uuid.uuid4().hex
        state = {"request_id": request_id, "arrival": Arrival(request_id, time.perf_counter())}
        scope.setdefault("state", {}).update(
            state,
            abort=partial(_abort, receive),
            admit=partial(_admit, receive),
        )
        _limit_unsent(receive)

        async def send_with_id(message: Message) -> None:
            if message["type"] in _FIRST_MESSAGES:
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        async def send_in_time(message: Message) -> None:
            try:
                async with asyncio.timeout(SEND_S):
                    await send_with_id(message)
            except TimeoutError:
                _abort(receive)

        answers_get = scope["type"] == "http" and scope["method"] in SAFE_METHODS and not is_speech(scope["path"])
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self._app(scope, receive, send_in_time if answers_get else send_with_id)


def is_speech(path: str) -> bool:
    """Return whether GET of this path answers with speech, which has limits of its own."""
    return path.startswith(SPEECH_LINKS)


def _abort(receive: Receive) -> None:
    """Cut the connection of uvicorn's transport. ASGI has no message for it, and a close would wait for a flush."""
    if (transport := _transport(receive)) is not None:
        transport.abort()


def _admit(receive: Receive) -> None:
    """Tell the server's connection that its client is a known caller; servers other than uvicorn have no places."""
    if connection := _socket_connection(receive):
        connection.admit()


def _socket_connection(receive: Receive) -> SocketConnection | None:
    """Return uvicorn's connection of a WebSocket; None for HTTP and other servers."""
    protocol = getattr(receive, "__self__", None)
    return protocol if isinstance(protocol, SocketConnection) else None


def _limit_unsent(receive: Receive) -> None:
    """Cap unsent kernel data so that backpressure arrives promptly.

    By default Linux buffers megabytes for each connection and accepts more only after a third of them is sent. Until
    then a client that reads slowly cannot be told from a client that reads nothing.
    """
    transport = _transport(receive)
    connection = transport.get_extra_info("socket") if transport is not None else None
    option = getattr(socket, "TCP_NOTSENT_LOWAT", None)  # not on Windows
    if connection is not None and option and connection.family in (socket.AF_INET, socket.AF_INET6):
        connection.setsockopt(socket.IPPROTO_TCP, option, UNSENT_BYTES)


def _transport(receive: Receive) -> WriteTransport | None:
    """Return uvicorn's transport; None for other servers."""
    found: WriteTransport | None = getattr(getattr(receive, "__self__", None), "transport", None)
    return found


class HeadMiddleware:
    """Answer HEAD as GET without its body, for the routes that do not answer HEAD themselves."""

    def __init__(self, app: ASGIApp, *, routes: Sequence[BaseRoute]) -> None:
        self._app, self._routes = app, routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD" or self._is_answered(scope):
            return await self._app(scope, receive, send)

        async def send_without_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self._app({**scope, "method": "GET"}, receive, send_without_body)

    def _is_answered(self, scope: Scope) -> bool:
        return any(route.matches(scope)[0] is Match.FULL for route in self._routes)


class BodyLimitMiddleware:
    """Read the body of a request before the app does. Refuse one of more than `limit` bytes, and all during a stop.

    Paths in `larger` have limits of their own, as those that take files in `uploads`, whose callers are checked first.
    MOST_LARGE bodies above `limit` are read at a time.
    """

    def __init__(
        self, app: ASGIApp, *, limit: int, larger: Mapping[str, int], stopping: Stopping, uploads: UploadGate
    ) -> None:
        self._app, self._limit, self._larger, self._stopping = app, limit, larger, stopping
        self._uploads = uploads
        self._reading_large = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS:
            return await self._app(scope, receive, send)
        announced = Headers(scope=scope).get("content-length", "")
        limit = max(self._limit, self._larger.get(scope["path"], 0), self._uploads.limit_of(scope))
        try:
            self._stopping.refuse_new()
            if announced.isdecimal() and int(announced) > limit:
                raise _too_large(limit)
            await self._uploads.check(scope)
            body = await self._read(receive, limit)
        except (RequestError, Unavailable) as error:
            return await self._refuse(error, scope, receive, send)
        if body is None:
            return None
        whole: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

        async def replay() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, replay, send)

    async def _read(self, receive: Receive, limit: int) -> bytearray | None:
        """Return the whole body; None where the client left. Raises PayloadTooLarge, RequestTimeout, Overloaded."""
        body, more = bytearray(), True
        try:
            async with AsyncExitStack() as held, asyncio.timeout(BODY_S):
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return None
                    before = len(body)
                    body += message.get("body", b"")
                    if len(body) > limit:
                        raise _too_large(limit)
                    if before <= self._limit < len(body):
                        held.enter_context(self._large())
                    more = message.get("more_body", False)
        except TimeoutError:
            raise RequestTimeout(f"the body did not arrive within {BODY_S:g} s") from None
        return body

    @contextmanager
    def _large(self) -> Iterator[None]:
        """Count a large body while it is read, because its client may be a stranger. Raises Overloaded."""
        if self._reading_large >= MOST_LARGE:
            raise Overloaded("too many large bodies at once; try again", retry_after_s=5)
        self._reading_large += 1
        try:
            yield
        finally:
            self._reading_large -= 1

    async def _refuse(self, error: ServiceError, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and close the connection: the rest of the body is not read."""
        refusal = answer(Request(scope), error)
        refusal.headers["Connection"] = "close"
        await refusal(scope, receive, send)


def _too_large(limit: int) -> PayloadTooLarge:
    return PayloadTooLarge(f"the body is larger than {limit} bytes")
