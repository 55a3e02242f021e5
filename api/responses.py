"""HTTP answers with the audio of a synthesis: a stream or a whole file. Events are in `sse`."""

import asyncio
import errno
from abc import abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, contextmanager
from typing import TypeVar

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from services.speech import SpeechService
from services.synthesis import Synthesis
from services.whole_file import EncodedFile, FileBody
from shared.errors import ClientStalled, GenerationTimeout, ServiceError, ServiceStopping, Unavailable
from shared.types import Allowance

T = TypeVar("T")
Headers = dict[str, str]
Compose = Callable[[Synthesis, EncodedFile], tuple[Headers, FileBody]]
"""Function that builds headers and body of a whole file from its encoded bytes."""


class SpeechResponse(Response):
    """Synthesize, send, and stop synthesizing when the client leaves.

    Differences from Starlette's StreamingResponse: the status line is sent after the first audio, so that an earlier
    failure has its own status; `http.disconnect` is watched for every ASGI version that a server may claim; a client
    that takes nothing is disconnected; a service that stops breaks the answer off when its time is over; everything is
    released before the response returns.
    """

    def __init__(self, synthesis_context: AbstractAsyncContextManager[Synthesis], service: SpeechService) -> None:
        super().__init__()
        self._synthesis_context, self._count_failure = synthesis_context, service.failed_with
        self._first_audio_timeout_s = service.settings.first_audio_timeout_s
        self._stall_timeout_s = service.settings.stall_timeout_s
        self._time_is_over = service.stopping.over.wait
        self._synthesis: Synthesis | None = None
        self._started = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = asyncio.create_task(self._answer_or_fail(send), name="speech")
        gone = asyncio.create_task(_disconnected(receive), name="disconnect-watch")
        over = asyncio.create_task(self._time_is_over(), name="stop-watch")
        try:
            await asyncio.wait({answer, gone, over}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            finished, left = answer.done(), gone.done()
            for task in (answer, gone, over):
                task.cancel()
            await asyncio.wait({answer, gone, over})
        if finished:
            try:
                answer.result()  # raise what the synthesis raised
            except ClientStalled:
                scope["state"]["abort"]()
        elif not left:
            await self._break_off(send)

    @abstractmethod
    async def _answer(self, send: Send) -> None:
        """Send the whole answer. A ServiceError before the status line is left to the error handlers."""

    async def _fail(self, send: Send, error: ServiceError) -> None:
        """End a body after an error. By default its end is missing, so that clients detect the failure."""

    async def _break_off(self, send: Send) -> None:
        """End the answer where the service stops. Raise ServiceStopping where nothing was sent yet."""
        error = ServiceStopping("the service stopped before the speech ended; try again")
        if not self._started:
            raise error
        self._count_failure(error)
        await self._fail(send, error)

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
    async def _enter_synthesis(self) -> AsyncIterator[Synthesis]:
        async with self._synthesis_context as self._synthesis:
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


class StreamedAudio(SpeechResponse):
    """Audio streamed while it is generated."""

    def __init__(
        self,
        synthesis_context: AbstractAsyncContextManager[Synthesis],
        service: SpeechService,
        headers: Callable[[Synthesis], Headers],
    ) -> None:
        super().__init__(synthesis_context, service)
        self._headers_of = headers

    async def _answer(self, send: Send) -> None:
        async with self._enter_synthesis() as synthesis, aclosing(synthesis.encoded()) as encoded:
            packet: bytes | None = await self._first_of(encoded, b"")
            await self._start(send, self._headers_of(synthesis))
            while packet is not None:
                await self._give(send, packet)
                synthesis.sent(len(packet))
                packet = await anext(encoded, None)
        await self._end(send)
        synthesis.delivered()


class WholeFile(SpeechResponse):
    """Audio as a whole file, with its length."""

    def __init__(
        self, synthesis_context: AbstractAsyncContextManager[Synthesis], service: SpeechService, compose: Compose
    ) -> None:
        super().__init__(synthesis_context, service)
        self._compose = compose

    async def _answer(self, send: Send) -> None:
        with EncodedFile() as file, _room_for_files():
            async with self._enter_synthesis() as synthesis, aclosing(synthesis.encoded()) as encoded:
                file.append(await self._first_of(encoded, b""))
                async for piece in encoded:
                    file.append(piece)
                size = file.size
                headers, body = self._compose(synthesis, file)
            # Sending starts after the synthesis has ended and is recorded: a client may leave with the last byte.
            await self._start(send, headers | {"Content-Length": str(body.size)})
            for piece in body.pieces:
                await self._give(send, piece)
            synthesis.sent(size)
            await self._end(send)
            synthesis.delivered()


def rate_headers(allowance: Allowance | None) -> Headers:
    """Return the headers of the rate limit. `X-RateLimit-Reset` is in seconds since 1970, as in GitHub's API.

    `X-RateLimit-Scope: process` tells that this process counted alone, because Redis did not answer in time.
    """
    if allowance is None:
        return {}
    return {
        "X-RateLimit-Limit": str(allowance.limit),
        "X-RateLimit-Remaining": str(allowance.remaining),
        "X-RateLimit-Reset": str(allowance.reset_at),
    } | ({} if allowance.shared else {"X-RateLimit-Scope": "process"})


def warning_headers(warnings: Iterable[str]) -> Headers:
    """Return the header with what a request asked for and did not get; warnings are ASCII without quotation marks."""
    values = [f'199 veena3 "{warning}"' for warning in warnings]
    return {"Warning": ", ".join(values)} if values else {}


def ignored(fields: Sequence[str]) -> list[str]:
    """Return the warning about fields without effect, if there are any."""
    return [f"without effect: {', '.join(fields)}"] if fields else []


@contextmanager
def _room_for_files() -> Iterator[None]:
    """Raise Unavailable where the temporary folder has no room for a file."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise Unavailable("no room for the whole file; stream it, or try again later", retry_after_s=60) from None


async def first_of(stream: AsyncGenerator[T, None], default: T, *, timeout_s: float) -> T:
    """Return the first item of a stream, or `default` if it is empty. Raise GenerationTimeout."""
    try:
        async with asyncio.timeout(timeout_s):
            return await anext(stream, default)
    except TimeoutError:
        raise GenerationTimeout(f"no audio within {timeout_s:g} s") from None


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
