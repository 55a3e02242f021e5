"""One socket from its first message to its close: a reader, a writer, a task for each context."""

import asyncio
from contextlib import suppress

import structlog
from pydantic_core import from_json
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.events import Event, error_event
from api.websocket.context import Context
from api.websocket.greeting import greet
from api.websocket.messages import (
    Auth,
    Cancel,
    ContextOptions,
    End,
    Flush,
    Message,
    Pause,
    Ping,
    Resume,
    Speak,
    Text,
    read,
)
from api.websocket.send_queue import Outgoing, SendQueue
from api.websocket.writer import DONE, FAULT, REFUSED, TOO_LARGE, TRY_LATER, Writer
from services.speech import SpeechService
from shared.errors import ClientStalled, RateLimited, RuntimeDead, ServiceError, Unavailable, ValidationFailed
from shared.logging import get_logger

MOST_CONTEXTS = 16

log = get_logger(__name__)


class Session:
    """Everything of one connection; when `serve` returns, its engine requests have ended and the socket is closed."""

    def __init__(self, socket: WebSocket, service: SpeechService, *, trace: bool) -> None:
        self._socket, self._service, self._trace = socket, service, trace
        self._request_id: str = socket.scope["state"]["request_id"]
        self._queue = SendQueue(service.settings.frame_queue)
        self._writer = Writer(socket, self._queue, stall_timeout_s=service.settings.stall_timeout_s)
        self._contexts: dict[str, tuple[Context, asyncio.Task[None]]] = {}
        self._options: ContextOptions | None = None  # of the newest context
        self._named = 0
        self._leaving = False
        self._ends_with = DONE

    async def serve(self) -> None:
        try:
            self._service.runtime()
            self._caller, first = await greet(self._socket, self._service)
        except WebSocketDisconnect:
            return
        except ServiceError as error:
            self._service.failed_with(error)
            await self._writer.send(error_event(error, self._request_id))
            return await self._writer.close(_code(error))
        reader = asyncio.create_task(self._read(first), name="websocket-reader")
        writer = asyncio.create_task(self._writer.write(), name="websocket-writer")
        lost = asyncio.create_task(self._lost(), name="websocket-lost")
        try:
            await asyncio.wait({reader, writer, lost}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ended = {task for task in (reader, writer, lost) if task.done()}
            await self._let_go(reader, writer, lost)
            self._queue.abandon()
        code = min((task.result() for task in ended), key=lambda code: code is not None)
        if code is not None:
            await self._writer.close(code if self._ends_with == DONE else self._ends_with)

    async def _let_go(self, *io: asyncio.Task[int | None]) -> None:
        tasks = {task for _, task in self._contexts.values()}
        for task in (*io, *tasks):
            task.cancel()
        await asyncio.wait({*io, *tasks})

    async def _lost(self) -> int | None:
        """A socket that stays open would keep a process whose engine is gone from being replaced."""
        await self._service.lost.wait()
        return FAULT

    async def _read(self, said: str | None) -> int | None:
        """From what was `said` before, until the client is gone (None), or the socket must be closed with a code."""
        limit, first = self._service.settings.max_body_bytes, True
        while True:
            received = {"type": "websocket.receive", "text": said} if said else await self._socket.receive()
            said = None
            if received["type"] == "websocket.disconnect":
                return None
            data = received.get("text")
            if len(received.get("bytes") or b"") > limit or (data and _is_longer(data, limit)):
                return TOO_LARGE
            try:
                if data is None:
                    raise ValidationFailed("messages are JSON text; binary ones are not understood")
                await self._hear(read(data, first=first))
            except ServiceError as error:
                self._service.failed_with(error)
                await self._reply(error_event(error, self._request_id), _context_of(data))
            first = False

    async def _hear(self, message: Message) -> None:
        match message:
            case Speak():
                self._speak(message)
            case Text():
                await self._add(message)
            case Flush():
                self._context(message.context_id).feed.flush()
            case End():
                await self._end(message.context_id)
            case Cancel():
                await self._cancel(message.context_id)
            case Pause() | Resume():
                await self._hold(message)
            case Auth():
                pass  # `greet` has read it
            case Ping():
                await self._reply({"type": "pong"}, None)

    def _speak(self, message: Speak) -> None:
        context = self._open(message.context_id or f"context-{self._named}", message)
        if message.text is not None:
            context.feed.say(message.text)

    async def _add(self, message: Text) -> None:
        if message.context_id in self._contexts:
            return await self._context(message.context_id).feed.add(message.text)
        options = message if message.speaker else self._options
        if options is None:
            raise ValidationFailed(
                "speaker: the first message of a new context names one", details={"field": "speaker"}
            )
        await self._open(message.context_id, options).feed.add(message.text)

    def _open(self, name: str, options: ContextOptions) -> Context:
        if name in self._contexts:
            raise ValidationFailed("context_id: this context is still speaking; wait for its `end`, or cancel it")
        if len(self._contexts) >= MOST_CONTEXTS:
            raise ValidationFailed(f"at most {MOST_CONTEXTS} contexts speak on one socket")
        request_id = f"{self._request_id}-{self._named}"
        context = Context(name, request_id, options, self._service, self._caller, self._queue, trace=self._trace)
        task = asyncio.create_task(self._perform(context, request_id), name="websocket-context")
        self._contexts[name] = (context, task)
        self._options, self._named = options, self._named + 1
        return context

    def _context(self, name: str) -> Context:
        if name not in self._contexts:
            raise ValidationFailed("context_id: there is no such context")
        return self._contexts[name][0]

    async def _perform(self, context: Context, request_id: str) -> None:
        try:
            with structlog.contextvars.bound_contextvars(request_id=request_id):
                await context.speak()
        except ClientStalled as stalled:
            return self._service.failed_with(stalled)
        except RateLimited:
            self._ends_with, self._leaving = REFUSED, True  # what speaks already may end
        except Exception as fault:
            # A task's boundary: a fault of ours closes the socket, not the server.
            log.error("unforeseen", exc_info=fault)
            self._ends_with, self._leaving = FAULT, True
            unforeseen = ServiceError("an internal error; the request id finds it in the log")
            self._service.failed_with(unforeseen)
            await self._reply(error_event(unforeseen, request_id), context.name)
        del self._contexts[context.name]
        if self._leaving and not self._contexts:
            await self._queue.finish()

    async def _end(self, name: str | None) -> None:
        if name is not None:
            return self._context(name).feed.end()
        self._leaving = True
        for context, _ in self._contexts.values():
            context.feed.end()
        if not self._contexts:
            await self._queue.finish()

    async def _cancel(self, name: str | None) -> None:
        """Acknowledged when the engine requests have ended; not a frame follows."""
        ended = {key: task for key, (_, task) in self._contexts.items() if name in (None, key)}
        for key, task in ended.items():
            self._contexts.pop(key)[0].silenced()
            task.cancel()
            await self._queue.drop(key)
        if ended:
            await asyncio.wait(ended.values())
        for acknowledged in ended or [name]:
            await self._reply({"type": "cancelled"}, acknowledged)

    async def _hold(self, message: Pause | Resume) -> None:
        if isinstance(message, Pause):
            await self._queue.pause()
        else:
            await self._queue.resume()
        await self._reply({"type": f"{message.type}d"}, message.context_id)

    async def _reply(self, event: Event, name: str | None) -> None:
        await self._queue.reply(Outgoing(name, event))


def _code(error: ServiceError) -> int:
    """What a socket is closed with that was never served."""
    if isinstance(error, Unavailable):
        return FAULT if isinstance(error, RuntimeDead) else TRY_LATER
    return REFUSED


def _is_longer(data: str, limit: int) -> bool:
    return len(data) > limit or (len(data) * 4 > limit and len(data.encode("utf-8", "replace")) > limit)


def _context_of(data: str | None) -> str | None:
    """Whom an error is about, where the message that caused it says so."""
    with suppress(ValueError, AttributeError):
        name = from_json(data or "").get("context_id")
        return name[:128] if isinstance(name, str) else None
    return None
