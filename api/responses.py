"""The HTTP answers that a synthesis becomes: a stream, a whole file; `sse` has its events."""

import asyncio
from abc import abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from typing import TypeVar

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from services.speech import SpeechService
from services.synthesis import Synthesis
from shared.errors import ClientStalled, GenerationTimeout, ServiceError
from shared.types import Allowance

PIECE_BYTES = 64 * 1024
"""Bytes of a whole file that are sent at once; a client must take each within the stall timeout."""

T = TypeVar("T")
Headers = dict[str, str]
Compose = Callable[[Synthesis, bytearray], tuple[Headers, bytes | bytearray]]
"""Headers and body of a whole file, from its encoded bytes."""


class SpeechResponse(Response):
    """Synthesize, send, and stop synthesizing when the client leaves.

    It differs from Starlette's StreamingResponse: the first audio is awaited before the status line, so that an earlier
    failure keeps its status; `http.disconnect` is watched whatever ASGI version the server claims; a client that takes
    nothing is cut off; and everything is released before the response returns.
    """

    def __init__(self, opened: AbstractAsyncContextManager[Synthesis], service: SpeechService) -> None:
        super().__init__()
        self._opened, self._count_failure = opened, service.failed_with
        self._first_audio_timeout_s = service.settings.first_audio_timeout_s
        self._stall_timeout_s = service.settings.stall_timeout_s
        self._synthesis: Synthesis | None = None
        self._started = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = asyncio.create_task(self._answer_or_fail(send), name="speech")
        gone = asyncio.create_task(_disconnected(receive), name="disconnect-watch")
        try:
            await asyncio.wait({answer, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            finished = answer.done()
            for task in (answer, gone):
                task.cancel()
            await asyncio.wait({answer, gone})
        if finished:
            try:
                answer.result()  # raise what the synthesis raised
            except ClientStalled:
                scope["state"]["abort"]()

    @abstractmethod
    async def _answer(self, send: Send) -> None:
        """Send the whole answer; a ServiceError before the status line gets an answer of its own."""

    async def _fail(self, send: Send, error: ServiceError) -> None:
        """End a body that an error has broken off: by default without its end, so that clients notice."""

    async def _answer_or_fail(self, send: Send) -> None:
        try:
            await self._answer(send)
        except ServiceError as error:
            if not self._started:
                raise
            self._count_failure(error)
            if isinstance(error, ClientStalled):
                raise
            await self._fail(send, error)
        finally:
            if self._synthesis:
                self._synthesis.abandon()

    @asynccontextmanager
    async def _synthesizing(self) -> AsyncIterator[Synthesis]:
        async with self._opened as self._synthesis:
            yield self._synthesis

    async def _first_of(self, stream: AsyncGenerator[T, None], default: T) -> T:
        return await first_of(stream, default, timeout_s=self._first_audio_timeout_s)

    async def _start(self, send: Send, headers: Mapping[str, str]) -> None:
        raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        self._started = True
        await send({"type": "http.response.start", "status": self.status_code, "headers": raw})

    async def _give(self, send: Send, body: bytes) -> None:
        message: Message = {"type": "http.response.body", "body": body, "more_body": True}
        try:
            async with asyncio.timeout(self._stall_timeout_s):
                await send(message)
        except TimeoutError:
            raise ClientStalled(f"the client took nothing for {self._stall_timeout_s:g} s") from None

    async def _end(self, send: Send) -> None:
        await send({"type": "http.response.body", "body": b"", "more_body": False})


class StreamedSound(SpeechResponse):
    """The sound as it is made."""

    def __init__(
        self,
        opened: AbstractAsyncContextManager[Synthesis],
        service: SpeechService,
        headers: Callable[[Synthesis], Headers],
    ) -> None:
        super().__init__(opened, service)
        self._headers_of = headers

    async def _answer(self, send: Send) -> None:
        async with self._synthesizing() as synthesis, aclosing(synthesis.encoded()) as encoded:
            piece: bytes | None = await self._first_of(encoded, b"")
            await self._start(send, self._headers_of(synthesis))
            while piece is not None:
                await self._give(send, piece)
                synthesis.sent(len(piece))
                piece = await anext(encoded, None)
        await self._end(send)
        synthesis.settle()


class WholeFile(SpeechResponse):
    """The sound once all of it is made, with its length."""

    def __init__(
        self, opened: AbstractAsyncContextManager[Synthesis], service: SpeechService, compose: Compose
    ) -> None:
        super().__init__(opened, service)
        self._compose = compose

    async def _answer(self, send: Send) -> None:
        async with self._synthesizing() as synthesis, aclosing(synthesis.encoded()) as encoded:
            file = bytearray(await self._first_of(encoded, b""))  # an hour is 115 MB: it is held once
            async for piece in encoded:
                file += piece
            size = len(file)
            headers, body = self._compose(synthesis, file)
        # The synthesis has ended and is recorded before the client can know that it has everything, and leave.
        await self._start(send, headers | {"Content-Length": str(len(body))})
        for piece in _pieces(body):
            await self._give(send, piece)
        synthesis.sent(size)
        await self._end(send)
        synthesis.settle()


def rate_headers(allowance: Allowance | None) -> Headers:
    """Return the rate limit's headers; `X-RateLimit-Reset` is in seconds since 1970, as GitHub's."""
    if allowance is None:
        return {}
    return {
        "X-RateLimit-Limit": str(allowance.limit),
        "X-RateLimit-Remaining": str(allowance.remaining),
        "X-RateLimit-Reset": str(allowance.reset_at),
    }


async def first_of(stream: AsyncGenerator[T, None], default: T, *, timeout_s: float) -> T:
    """Return the first item of an answer, `default` where it has none. Raises GenerationTimeout."""
    try:
        async with asyncio.timeout(timeout_s):
            return await anext(stream, default)
    except TimeoutError:
        raise GenerationTimeout(f"no sound within {timeout_s:g} s") from None


def _pieces(body: bytes | bytearray) -> Iterator[bytes]:
    return (bytes(body[start : start + PIECE_BYTES]) for start in range(0, len(body), PIECE_BYTES))


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
