"""HTTP answers that a performance becomes: its sound here, its events in `sse`."""

import asyncio
from abc import abstractmethod
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, aclosing
from typing import TypeVar

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from services.performance import Performance
from services.speech import SpeechService
from shared.errors import ClientStalled, GenerationTimeout, ServiceError
from shared.types import Allowance

PIECE_BYTES = 64 * 1024  # of a whole file; each must be taken within the stall timeout

T = TypeVar("T")
Compose = Callable[[Performance, bytearray | None], tuple[dict[str, str], bytes | bytearray]]
"""Headers and body of an answer: before its first bytes (None stands for a stream), or from the joined stream."""


class SpeechResponse(Response):
    """Perform, send, and stop performing the moment the client is gone.

    What Starlette's StreamingResponse does not do: the first audio is awaited before the status line, so an earlier
    failure keeps its status; `http.disconnect` is watched whatever ASGI version the server claims; a client that takes
    nothing is cut off; and everything is released before the response returns.
    """

    def __init__(self, opened: AbstractAsyncContextManager[Performance], service: SpeechService) -> None:
        self.status_code, self.background = 200, None
        self._opened, self._broken = opened, service.failed_with
        self._first_audio_timeout_s = service.settings.first_audio_timeout_s
        self._stall_timeout_s = service.settings.stall_timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        talk = asyncio.create_task(self._talk(send), name="speech")
        gone = asyncio.create_task(_disconnected(receive), name="disconnect-watch")
        try:
            await asyncio.wait({talk, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            finished = talk.done()
            for task in (talk, gone):
                task.cancel()
            await asyncio.wait({talk, gone})
        if finished:
            try:
                talk.result()  # raise what the performance raised
            except ClientStalled:
                scope["state"]["abort"]()

    @abstractmethod
    async def _talk(self, send: Send) -> None:
        """Perform and send; a ServiceError that is raised here has an answer of its own, or has cut the body off."""

    async def _start(self, send: Send, headers: Mapping[str, str]) -> None:
        raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": self.status_code, "headers": raw})

    async def _give(self, send: Send, body: bytes) -> None:
        message: Message = {"type": "http.response.body", "body": body, "more_body": True}
        try:
            async with asyncio.timeout(self._stall_timeout_s):
                await send(message)
        except TimeoutError:
            raise ClientStalled(f"the client took nothing for {self._stall_timeout_s:g} s") from None


class SoundResponse(SpeechResponse):
    """The sound, streamed or whole. A failure after the status line leaves the body without its end."""

    def __init__(
        self,
        opened: AbstractAsyncContextManager[Performance],
        service: SpeechService,
        compose: Compose,
        *,
        stream: bool,
    ) -> None:
        super().__init__(opened, service)
        self._compose, self._stream = compose, stream

    async def _talk(self, send: Send) -> None:
        begun, trail = False, None
        body: bytes | bytearray = b""
        try:
            async with self._opened as performance, aclosing(performance.encoded()) as encoded:
                trail = performance.trail
                first = await first_of(encoded, b"", timeout_s=self._first_audio_timeout_s)
                if self._stream:
                    headers, _ = self._compose(performance, None)
                    begun = True
                    await self._start(send, headers)
                    await self._give(send, first)
                    trail.sent(len(first))
                    async for piece in encoded:
                        await self._give(send, piece)
                        trail.sent(len(piece))
                else:
                    joined = bytearray(first)  # an hour of sound is 115 MB: it is held once
                    async for piece in encoded:
                        joined += piece
                    size = len(joined)
                    headers, body = self._compose(performance, joined)
            # The performance is over, and counted, before the client can know that it has everything, and leave.
            if not self._stream:
                begun = True
                await self._start(send, headers | {"Content-Length": str(len(body))})
                for piece in _pieces(body):
                    await self._give(send, piece)
                trail.sent(size)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            trail.settle()
        except ServiceError as error:
            if not begun:
                raise
            self._broken(error)
            if isinstance(error, ClientStalled):
                raise
        finally:
            if trail:
                trail.abandon()


def rate_headers(allowance: Allowance | None) -> dict[str, str]:
    """`X-RateLimit-Reset` is in seconds since 1970, as GitHub's."""
    if allowance is None:
        return {}
    return {
        "X-RateLimit-Limit": str(allowance.limit),
        "X-RateLimit-Remaining": str(allowance.remaining),
        "X-RateLimit-Reset": str(allowance.reset_at),
    }


async def first_of(stream: AsyncGenerator[T, None], default: T, *, timeout_s: float) -> T:
    """The first item of an answer, `default` if it has none. Raises GenerationTimeout."""
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
