"""Session of one socket: a reader, a writer, and a task for each context."""

import asyncio
from contextlib import ExitStack, suppress

import structlog
from starlette.types import Message as ReceivedMessage
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.errors import INTERNAL_ERROR
from api.events import Event, error_event
from api.markup import read_text
from api.websocket.closing import CloseCode, close_code_of, close_reason_of, reason_of
from api.websocket.context import Context
from api.websocket.dialect import Dialect
from api.websocket.ended import EndedContexts
from api.websocket.greeting import accept, authenticate, refuse
from api.websocket.messages import (
    Auth,
    Cancel,
    End,
    Flush,
    Message,
    Pause,
    Ping,
    Resume,
    Speak,
    Text,
    is_longer,
)
from api.websocket.opening import ContextOpener, Opening
from api.websocket.send_queue import Outgoing, SendQueue
from api.websocket.writer import Writer
from core.request_state import CancelReason, RequestState
from services.accounts.caller import Caller
from services.speech import SpeechService
from shared.errors import ClientStalled, RateLimited, ServiceError, ServiceStopping, Unauthorized, ValidationFailed
from shared.logging import get_logger

MAX_REFUSED = 100
"""Wrong messages after which a socket is closed: each of them is answered and logged."""
MAX_CONTEXTS = 16
"""Contexts that may be open on one socket."""
MESSAGES_PER_TURN = 8
"""Messages of one socket that are handled in one turn of the event loop: some take 0.1 ms each (measured)."""

log = get_logger(__name__)


class SocketSession:
    """State of one connection. When `serve` returns, its engine requests have ended and the socket is closed."""

    def __init__(self, socket: WebSocket, service: SpeechService, dialect: Dialect, *, trace: bool = False) -> None:
        self._socket, self._service, self._dialect, self._trace = socket, service, dialect, trace
        self._request_id: str = socket.scope["state"]["request_id"]
        self._queue = SendQueue(service.settings.frame_queue)
        self._writer = Writer(socket, self._queue, dialect, stall_timeout_s=service.settings.stall_timeout_s)
        self._received = 0  # messages
        self._contexts: dict[str, tuple[Context, asyncio.Task[None]]] = {}
        self._ended = EndedContexts()
        self._idle_s = service.settings.socket_idle_s
        self._opened = 0
        self._ending = False
        self._close_code, self._close_reason = CloseCode.DONE, ""

    async def serve(self) -> None:
        """Accept the socket and serve it until it is closed."""
        if self._dialect.accepts_strangers:
            await accept(self._socket, self._dialect)
        with ExitStack() as place:
            try:
                self._service.runtime()
                self._client = await authenticate(self._socket, self._service, self._dialect)
                self._opener = ContextOpener(self._service, self._client.caller)
                place.enter_context(self._service.accounts().open_socket(self._client.caller))
            except WebSocketDisconnect:
                return
            except ServiceError as error:
                self._service.failed_with(error)
                return await refuse(self._socket, self._writer, error, self._request_id)
            await accept(self._socket, self._dialect)
            await self._serve_client()

    async def _serve_client(self) -> None:
        work = {"reader": self._read(self._client.message), "writer": self._writer.write()}
        work |= {"lost": self._runtime_lost(), "stop": self._service_stops()}
        io = {asyncio.create_task(one, name=f"websocket-{name}") for name, one in work.items()}
        try:
            await asyncio.wait(io, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ended = {task for task in io if task.done()}
            await self._stop(*io)
            self._queue.abandon()
        code = min((task.result() for task in ended), key=lambda code: code is not None)
        if code == CloseCode.RESTART:
            await self._break_off()
        self._contexts.clear()  # a cancelled task keeps its frames, which keep this session, which kept the task
        if code is not None:
            await self._close(code if self._close_code == CloseCode.DONE else self._close_code)

    async def _close(self, code: int) -> None:
        reason = self._close_reason or reason_of(code, idle_s=self._idle_s, keep_alive=self._dialect.keep_alive)
        await self._writer.close(code, reason)

    async def _stop(self, *io: asyncio.Task[int | None]) -> None:
        tasks = {task for _, task in self._contexts.values()}
        if self._service.lost.is_set():
            self._close_code = CloseCode.FAULT
            for context, _ in self._contexts.values():
                context.mark_cancelled(CancelReason.STOPPED)
        for task in (*io, *tasks):
            task.cancel()
        await asyncio.wait({*io, *tasks})

    async def _break_off(self) -> None:
        """Send the error of each context that the end of the service broke off."""
        error = ServiceStopping("the service stopped before the speech ended; try again")
        with suppress(WebSocketDisconnect):
            for name in self._contexts:
                self._service.failed_with(error)
                await self._writer.send(error_event(error, self._request_id), name)

    async def _runtime_lost(self) -> int | None:
        """Wait until the engine fails for good. An open socket would delay the replacement of the process."""
        await self._service.lost.wait()
        return CloseCode.FAULT

    async def _service_stops(self) -> int | None:
        """Announce a stop of the service, and let the contexts end what was sent to them, until the time is over.

        The socket closes once no context is open, or where the dialect awaits it, once the client has heard all. New
        contexts are refused. A lost engine leaves no time.
        """
        stop = self._service.stopping
        await stop.begun.wait()
        if self._service.lost.is_set():
            return CloseCode.FAULT
        await self._reply({"type": "stopping", "seconds": round(stop.left_s, 1)}, None)
        if not self._ending:
            self._close_code = CloseCode.RESTART
            self._ending = not (self._dialect.awaits_playback and self._opened)
        for context, _ in self._contexts.values():
            context.feed.close_between_runs()
        if self._ending and not self._contexts:
            await self._queue.finish()
        await stop.over.wait()
        return CloseCode.RESTART

    async def _read(self, first_message: str | None) -> int | None:
        """Handle messages until the client leaves (None), or the socket must close (its code); the first is read."""
        limit, first, pending, refused = self._service.settings.max_body_bytes, True, first_message, 0
        while refused < MAX_REFUSED:
            received = {"type": "websocket.receive", "text": pending} if pending else await self._receive()
            pending = None
            if received is None:
                return CloseCode.GOING_AWAY
            if received["type"] == "websocket.disconnect":
                return None
            data = received.get("text")
            if len(received.get("bytes") or b"") > limit or (data and is_longer(data, limit)):
                return CloseCode.TOO_LARGE
            try:
                if data is None:
                    raise ValidationFailed("messages must be JSON text, not binary")
                for message in self._dialect.read(data, first=first):
                    await self._handle(message)
            except ServiceError as error:
                refused += 1
                self._service.failed_with(error)
                await self._reply(error_event(error, self._request_id), self._dialect.context_of(data or ""))
                if self._dialect.ends_on_error:
                    self._close_with(error)
                    await self._queue.finish()
            first = False
        return CloseCode.REFUSED

    async def _receive(self) -> ReceivedMessage | None:
        """Return the next message; None when the client sends nothing for the idle time and no context is open.

        Of messages that have arrived together, MESSAGES_PER_TURN are handled in one turn of the event loop.
        """
        self._received += 1
        if self._received % MESSAGES_PER_TURN == 0:
            await asyncio.sleep(0)
        while True:
            try:
                async with asyncio.timeout(self._idle_s):
                    return await self._socket.receive()
            except TimeoutError:
                if not self._contexts:
                    return None

    async def _handle(self, message: Message) -> None:
        match message:
            case Speak():
                await self._open_spoken(message)
            case Text():
                await self._add_text(message)
            case Flush():
                self._context(message.context_id).feed.flush()
            case End():
                await self._end(message.context_id)
            case Cancel():
                await self._cancel(message.context_id, message.played_s)
            case Pause() | Resume():
                await self._set_paused(message)
            case Auth():
                pass  # `authenticate` has read the key
            case Ping():
                await self._reply({"type": "pong"}, None)

    async def _open_spoken(self, message: Speak) -> None:
        name = message.context_id or f"context-{self._opened}"
        opening = await self._opener.open(message, message.text or "")
        if message.text is None:
            self._open(name, opening)
        else:
            text, report = await read_text(message.input_type, message.text, opening.voices, sourced=message.timestamps)
            self._open(name, opening).add_whole(text, report)

    async def _add_text(self, message: Text) -> None:
        if message.context_id in self._contexts:
            return await self._context(message.context_id).add(message.text)
        opening = await self._opener.open(message)
        await self._open(message.context_id, opening).add(message.text)

    def _open(self, name: str, opening: Opening) -> Context:
        if name in self._contexts:
            raise ValidationFailed("context_id: this context is still open; wait for its `end`, or cancel it")
        if len(self._contexts) >= MAX_CONTEXTS:
            raise ValidationFailed(f"at most {MAX_CONTEXTS} contexts may be open on one socket")
        request_id = f"{self._request_id}-{self._opened}"
        parent, caller_of, queue = self._socket.scope["state"]["arrival"].traceparent, self._authenticated, self._queue
        context = Context(
            name, request_id, opening, self._service, caller_of, queue, trace=self._trace, traceparent=parent
        )
        task = asyncio.create_task(self._run(context, request_id), name="websocket-context")
        self._contexts[name] = (context, task)
        self._opener.latest, self._opened = opening, self._opened + 1
        return context

    async def _authenticated(self, request: RequestState) -> Caller:
        """Return the caller of a request; the key may have been revoked since the socket was opened."""
        return await self._service.accounts().caller(self._client.secret, request.arrival.store_deadline)

    def _context(self, name: str) -> Context:
        if name not in self._contexts:
            raise ValidationFailed("context_id: this context is not open")
        return self._contexts[name][0]

    async def _run(self, context: Context, request_id: str) -> None:
        try:
            with structlog.contextvars.bound_contextvars(request_id=request_id):
                await context.speak()
        except ClientStalled as stalled:
            return self._service.failed_with(stalled)
        except (RateLimited, Unauthorized):
            self._close_code, self._ending = CloseCode.REFUSED, True  # contexts that speak already may end
        except Exception as fault:
            # A task's boundary: a fault of the service closes this socket, and the server goes on.
            log.error("unexpected_error", exc_info=fault)
            self._close_code, self._ending = CloseCode.FAULT, True
            error = ServiceError(INTERNAL_ERROR)
            self._service.failed_with(error)
            await self._reply(error_event(error, request_id), context.name)
        if context.error and self._dialect.ends_on_error:
            self._close_with(context.error)
        del self._contexts[context.name]
        self._ended.keep(context)
        if self._ending and not self._contexts:
            await self._queue.finish()

    async def _end(self, name: str | None) -> None:
        if name is not None:
            return self._context(name).feed.end()
        self._ending = True
        self._close_code = CloseCode.DONE if self._close_code == CloseCode.RESTART else self._close_code
        for context, _ in self._contexts.values():
            context.feed.end()
        if not self._contexts:
            await self._queue.finish()

    async def _cancel(self, name: str | None, played_s: float | None) -> None:
        """Cancel contexts, and acknowledge it once their engine requests have ended; no frame follows."""
        ended = {key: found for key, found in self._contexts.items() if name in (None, key)}
        answers = self._ended.answers([context for context, _ in ended.values()], name, played_s)
        for key, (context, task) in ended.items():
            del self._contexts[key]
            context.mark_cancelled()
            task.cancel()
            await self._queue.drop(key)
        if ended:
            await asyncio.wait([task for _, task in ended.values()])
        for acknowledged, event in answers:
            await self._reply(event, acknowledged)

    async def _set_paused(self, message: Pause | Resume) -> None:
        await (self._queue.pause() if isinstance(message, Pause) else self._queue.resume())
        await self._reply({"type": f"{message.type}d"}, message.context_id)

    def _close_with(self, error: ServiceError) -> None:
        self._close_code, self._close_reason, self._ending = close_code_of(error), close_reason_of(error), True

    async def _reply(self, event: Event, name: str | None) -> None:
        await self._queue.reply(Outgoing(name, event))
