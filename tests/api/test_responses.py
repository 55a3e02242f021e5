"""Streamed and whole answers, driven over ASGI by hand: order of messages, failures, stalls and clients that leave."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest

from api.responses import SpeechResponse, StreamedAudio, WholeFile, first_of, rate_headers
from services.stopping import Stopping
from services.whole_file import PIECE_BYTES
from shared.errors import GenerationError, GenerationTimeout, ServiceError, ServiceStopping
from shared.types import Allowance

PIECES = (b"first", b"second", b"third")


class FakeSynthesis:
    """Encoded pieces, then an error if there is one; counts what is reported to it."""

    def __init__(self, *pieces: bytes, error: Exception | None = None, held: asyncio.Event | None = None) -> None:
        self.pieces, self.error, self.held = pieces, error, held
        self.bytes_sent = 0
        self.request = SimpleNamespace(cancel_reason=None)
        self.complete = self.abandoned = self.closed = False

    async def encoded(self):
        for piece in self.pieces:
            yield piece
        if self.held:
            await self.held.wait()
        if self.error:
            raise self.error

    def sent(self, size: int) -> None:
        self.bytes_sent += size

    def delivered(self) -> None:
        self.complete = True

    def abandon(self) -> None:
        self.abandoned = not self.complete

    @asynccontextmanager
    async def entered(self) -> AsyncIterator["FakeSynthesis"]:
        try:
            yield self
        finally:
            self.closed = True


class Exchange:
    """One request over ASGI: the messages that the response sends, and a client that may leave or stop reading."""

    def __init__(self, *, stalls_after: int | None = None) -> None:
        self.messages: list[dict] = []
        self.failures: list[ServiceError] = []
        self.left, self.sent_body, self.aborted = asyncio.Event(), asyncio.Event(), False
        self._stalls_after = stalls_after
        settings = SimpleNamespace(first_audio_timeout_s=0.05, stall_timeout_s=0.05)
        self.stopping = Stopping()
        self.service = SimpleNamespace(settings=settings, failed_with=self.failures.append, stopping=self.stopping)

    async def receive(self) -> dict:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict) -> None:
        if self._stalls_after is not None and len(self.messages) >= self._stalls_after:
            await asyncio.Event().wait()
        self.messages.append(message)
        if message["type"] == "http.response.body":
            self.sent_body.set()

    async def run(self, response: SpeechResponse) -> None:
        def abort() -> None:
            self.aborted = True

        await response({"type": "http", "state": {"abort": abort}}, self.receive, self.send)

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.messages[0]["headers"])

    @property
    def body(self) -> bytes:
        return b"".join(message["body"] for message in self.messages[1:])

    @property
    def is_complete(self) -> bool:
        return bool(self.messages) and self.messages[-1].get("more_body") is False


def streamed(synthesis: FakeSynthesis, exchange: Exchange) -> SpeechResponse:
    return StreamedAudio(synthesis.entered(), exchange.service, lambda _: {"Content-Type": "audio/wav"})


def whole(synthesis: FakeSynthesis, exchange: Exchange) -> SpeechResponse:
    return WholeFile(
        synthesis.entered(), exchange.service, lambda _, file: ({"Content-Type": "audio/wav"}, file.body())
    )


RESPONSES = pytest.mark.parametrize("response_of", [streamed, whole])
ResponseOf = Callable[[FakeSynthesis, Exchange], SpeechResponse]


@RESPONSES
async def test_response_sends_everything_and_settles(response_of: ResponseOf):
    synthesis, exchange = FakeSynthesis(*PIECES), Exchange()
    await exchange.run(response_of(synthesis, exchange))
    assert exchange.messages[0] | {"headers": []} == {"type": "http.response.start", "status": 200, "headers": []}
    assert exchange.body == b"".join(PIECES) and exchange.is_complete
    assert synthesis.bytes_sent == len(exchange.body)
    assert synthesis.complete and synthesis.closed and not synthesis.abandoned and not exchange.failures


async def test_stream_sends_each_piece_by_itself_without_a_length():
    exchange = Exchange()
    await exchange.run(streamed(FakeSynthesis(*PIECES), exchange))
    assert tuple(message["body"] for message in exchange.messages[1:-1]) == PIECES
    assert exchange.headers == {b"content-type": b"audio/wav"}


async def test_file_has_a_length_and_is_cut_into_pieces():
    exchange = Exchange()
    await exchange.run(whole(FakeSynthesis(b"a" * PIECE_BYTES, b"b"), exchange))
    assert exchange.headers[b"content-length"] == str(PIECE_BYTES + 1).encode()
    assert [len(message["body"]) for message in exchange.messages[1:]] == [PIECE_BYTES, 1, 0]


async def test_file_is_sent_after_its_synthesis_has_ended():
    class Watching(Exchange):
        async def send(self, message: dict) -> None:
            assert synthesis.closed
            await super().send(message)

    synthesis, exchange = FakeSynthesis(*PIECES), Watching()
    await exchange.run(whole(synthesis, exchange))
    assert exchange.is_complete


@RESPONSES
async def test_failure_before_the_first_audio_is_left_to_the_error_handlers(response_of: ResponseOf):
    synthesis, exchange = FakeSynthesis(error=GenerationError("no tokens")), Exchange()
    with pytest.raises(GenerationError):
        await exchange.run(response_of(synthesis, exchange))
    assert not exchange.messages and not exchange.failures and synthesis.abandoned and synthesis.closed


async def test_failure_within_a_stream_leaves_its_body_without_an_end_and_is_counted():
    error = GenerationError("the engine failed")
    synthesis, exchange = FakeSynthesis(*PIECES, error=error), Exchange()
    await exchange.run(streamed(synthesis, exchange))
    assert exchange.body == b"".join(PIECES) and not exchange.is_complete
    assert exchange.failures == [error] and synthesis.abandoned and synthesis.closed


async def test_failure_within_a_file_is_left_to_the_error_handlers():
    synthesis, exchange = FakeSynthesis(*PIECES, error=GenerationError("the engine failed")), Exchange()
    with pytest.raises(GenerationError):
        await exchange.run(whole(synthesis, exchange))
    assert not exchange.messages


@RESPONSES
async def test_audio_that_is_late_raises_a_timeout(response_of: ResponseOf):
    synthesis, exchange = FakeSynthesis(held=asyncio.Event()), Exchange()
    with pytest.raises(GenerationTimeout):
        await exchange.run(response_of(synthesis, exchange))
    assert not exchange.messages and synthesis.closed


@RESPONSES
async def test_client_that_takes_nothing_is_disconnected_and_counted(response_of: ResponseOf):
    synthesis, exchange = FakeSynthesis(*PIECES), Exchange(stalls_after=1)
    await exchange.run(response_of(synthesis, exchange))
    assert exchange.aborted and synthesis.abandoned and synthesis.closed
    assert [error.code for error in exchange.failures] == ["STREAMING_ERROR"]


@RESPONSES
async def test_client_that_leaves_ends_the_synthesis(response_of: ResponseOf):
    synthesis, exchange = FakeSynthesis(b"first", held=asyncio.Event()), Exchange()
    running = asyncio.create_task(exchange.run(response_of(synthesis, exchange)))
    exchange.left.set()
    await asyncio.wait_for(running, 1)
    assert synthesis.closed and not exchange.is_complete and not exchange.failures


async def test_response_that_is_cancelled_releases_everything():
    synthesis, exchange = FakeSynthesis(b"first", held=asyncio.Event()), Exchange()
    running = asyncio.create_task(exchange.run(streamed(synthesis, exchange)))
    await exchange.sent_body.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert synthesis.closed and synthesis.abandoned
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_stop_of_the_service_leaves_a_body_without_an_end_and_is_counted():
    synthesis, exchange = FakeSynthesis(b"first", held=asyncio.Event()), Exchange()
    running = asyncio.create_task(exchange.run(streamed(synthesis, exchange)))
    await exchange.sent_body.wait()
    exchange.stopping.over.set()
    await asyncio.wait_for(running, 1)
    assert exchange.body == b"first" and not exchange.is_complete and synthesis.closed and synthesis.abandoned
    assert [error.code for error in exchange.failures] == ["SERVICE_UNAVAILABLE"]


async def test_stop_of_the_service_before_the_first_audio_is_left_to_the_error_handlers():
    synthesis, exchange = FakeSynthesis(b"first", held=asyncio.Event()), Exchange()
    exchange.stopping.over.set()
    with pytest.raises(ServiceStopping):
        await exchange.run(whole(synthesis, exchange))
    assert not exchange.messages and not exchange.failures and synthesis.closed


async def test_first_of_an_empty_stream_is_the_default():
    assert await first_of(FakeSynthesis().encoded(), b"", timeout_s=1) == b""
    assert await first_of(FakeSynthesis(*PIECES).encoded(), b"", timeout_s=1) == b"first"


def test_rate_headers_are_those_of_the_allowance():
    assert rate_headers(None) == {}
    headers = rate_headers(Allowance(limit=60, remaining=59, reset_at=1_700_000_000))
    assert headers == {
        "X-RateLimit-Limit": "60",
        "X-RateLimit-Remaining": "59",
        "X-RateLimit-Reset": "1700000000",
    }
