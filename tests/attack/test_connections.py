"""Strangers hold connections open, or flood them, in a process of its own, beside a client that is being served."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from api import connections
from tests.attack.process import Server, server
from tests.attack.target import UPGRADE
from tests.line import address_of

FILES = 700
"""Open files that the server may have: some 300 connections."""


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that waits 1 s for a head."""
    with server(tmp_path_factory.mktemp("quick"), files=FILES, HEAD_S=1.0) as one:
        yield one


def closes_within(held: socket.socket, seconds: float) -> bool:
    """Report whether the server closes the connection; read what it sends until then."""
    held.settimeout(seconds)
    try:
        while held.recv(4096):
            pass
    except TimeoutError:
        return False
    except ConnectionResetError:
        pass
    return True


@pytest.mark.parametrize(
    "sent", [b"", b"G", b"GET /live HTTP/1.1\r\nHost: localhost\r\nX-A: "], ids=["nothing", "letter", "half"]
)
def test_connection_without_a_whole_head_is_closed(quick: Server, sent: bytes) -> None:
    with quick.connection() as held:
        held.sendall(sent)
        begun = time.perf_counter()
        assert closes_within(held, 3)
        assert 0.5 < time.perf_counter() - begun < 2


def test_head_that_drips_is_closed(quick: Server) -> None:
    """Each byte arrives in time; the head does not."""
    with quick.connection() as held:
        held.sendall(b"GET /live HTTP/1.1\r\n")
        begun = time.perf_counter()
        with suppress(ConnectionError):
            while time.perf_counter() - begun < 5:
                held.sendall(b"X: y\r\n")
                time.sleep(0.1)
        assert time.perf_counter() - begun < 2.5


def test_second_head_of_a_connection_is_due_too(quick: Server) -> None:
    with quick.connection() as held:
        held.sendall(b"GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b" 200 " in held.recv(4096)
        held.sendall(b"GET /live HTT")
        assert closes_within(held, 3)


@pytest.mark.parametrize("parts", [1, 7])
def test_head_above_the_limit_is_refused_however_it_arrives(quick: Server, parts: int) -> None:
    head = b"GET /live HTTP/1.1\r\nHost: localhost\r\nX-A: " + b"a" * connections.HEAD_BYTES + b"\r\n\r\n"
    step = len(head) // parts + 1
    with quick.connection() as held:
        with suppress(ConnectionError):
            for at in range(0, len(head), step):
                held.sendall(head[at : at + step])
                time.sleep(0.02)
        assert b" 400 " in held.recv(4096)


def test_body_of_many_chunks_is_refused(quick: Server) -> None:
    head = (
        b"POST /v1/tts/generate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n"
    )
    with quick.connection() as held:
        body = b'{"text": "Hello.", "speaker": "lipakshi"}'
        spaces = b"1\r\n \r\n" * (connections.MAX_CHUNKS - 1)
        held.sendall(head + f"{len(body):x}\r\n".encode() + body + b"\r\n" + spaces + b"0\r\n\r\n")
        assert b" 200 " in held.recv(65536)
    with quick.connection() as held:
        with suppress(ConnectionError):
            held.sendall(head + b"1\r\n \r\n" * 100_000)
        assert b" 400 " in held.recv(4096)


def test_body_that_stays_away_is_answered_408(tmp_path: Path) -> None:
    with server(tmp_path, BODY_S=0.5) as slow, slow.connection() as held:
        held.sendall(b"POST /v1/tts/generate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        answer = b"".join(iter(lambda: held.recv(4096), b""))  # until the server closes
        assert b" 408 " in answer and b"REQUEST_TIMEOUT" in answer


def test_sigterm_does_not_wait_for_half_a_body(tmp_path: Path) -> None:
    with server(tmp_path) as one, ExitStack() as stack:
        for sent in (
            b"POST /v1/tts/generate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{",
            b"GET /l",
            b"",
        ):
            stack.enter_context(one.connection()).sendall(sent)
        time.sleep(0.2)
        begun = time.perf_counter()
        one.process.send_signal(signal.SIGTERM)
        one.process.wait(timeout=20)
        assert time.perf_counter() - begun < 3


def test_idle_connections_beyond_the_descriptors_make_room(quick: Server) -> None:
    """The oldest idle connections make room; the accept loop neither spins nor logs."""
    written = quick.log.stat().st_size
    with ExitStack() as stack:
        for _ in range(FILES + 200):
            stack.enter_context(quick.connection())
        took = [quick.live_s() for _ in range(20)]
        with httpx.Client(timeout=10) as client:
            quick.speak(client)
        assert max(took) < 0.5
        assert len(list(Path(f"/proc/{quick.process.pid}/fd").iterdir())) < FILES - connections.ACCEPTED_AT_ONCE
    assert quick.log.stat().st_size - written < 20_000


def test_deflate_is_not_offered(quick: Server) -> None:
    with connect(f"ws://127.0.0.1:{quick.port}/v1/tts/ws") as client:
        assert "Sec-WebSocket-Extensions" not in client.response.headers  # type: ignore[union-attr]


def flood(quick: Server, first: bytes, frame: bytes) -> tuple[bytes, float]:
    """Send `frame` after `first` on a socket until the server closes it; return what came, and the slowest /live."""

    async def run() -> tuple[bytes, float]:
        reader, writer = await asyncio.open_connection("127.0.0.1", quick.port)
        writer.write(UPGRADE)
        await reader.readuntil(b"\r\n\r\n")

        async def send() -> None:
            with suppress(ConnectionError):
                writer.write(first)
                while True:
                    writer.write(frame * 20_000)
                    await writer.drain()

        sending = asyncio.create_task(send())
        received, slowest = b"", 0.0
        async with asyncio.timeout(20):
            with suppress(ConnectionError):  # the close frame is lost where the kernel still held unread frames
                while data := await reader.read(65536):
                    received += data
                    slowest = max(slowest, await asyncio.to_thread(quick.live_s))
        sending.cancel()
        writer.close()
        return received, slowest

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("first", "frame"),
    [(b"", b"\x89\x80\0\0\0\0"), (b"\x01\x80\0\0\0\0", b"\x00\x80\0\0\0\0")],
    ids=["pings", "fragments"],
)
def test_flood_of_empty_frames_is_closed(quick: Server, first: bytes, frame: bytes) -> None:
    before = quick.memory_mb()
    received, slowest = flood(quick, first, frame)
    assert received.count(b"\x8a\x00") <= connections.MAX_PINGS + connections.READ_BYTES // len(frame)  # one read more
    assert max(slowest, quick.live_s()) < 0.2
    assert quick.memory_mb() - before < 20


def upgrade(held: socket.socket) -> None:
    """Ask for a WebSocket in a way that the library rejects."""
    held.sendall(
        b"POST /v1/tts/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Content-Length: 0\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )


def unread(held: socket.socket) -> None:
    """Ask for more than the kernel holds, and read nothing."""
    held.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 30)


def half_a_body(held: socket.socket) -> None:
    held.sendall(b"POST /nope HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")


def answered(held: socket.socket) -> None:
    """Keep a connection open after an answer, as a load balancer does."""
    held.sendall(b"GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n")
    held.recv(4096)


@pytest.mark.parametrize("hold", [upgrade, unread, half_a_body, answered], ids=lambda hold: hold.__name__)
def test_strangers_at_every_place_keep_no_client_out(tmp_path: Path, hold: Callable[[socket.socket], None]) -> None:
    """Twice as many strangers as places, each in the middle of something that it never ends."""
    with server(tmp_path, files=FILES, SEND_S=1.0) as one, ExitStack() as stack:
        for _ in range(2 * (FILES - connections.SPARE_DESCRIPTORS)):
            held = stack.enter_context(one.connection())
            with suppress(ConnectionError):
                hold(held)
        time.sleep(1.5)  # an answer that is not read is given up after SEND_S
        assert max(one.live_s() for _ in range(20)) < 0.5
        with httpx.Client(timeout=10) as client:
            one.speak(client)


def test_hangup_lets_a_stream_end(tmp_path: Path) -> None:
    """A terminal that is closed stops the service as SIGTERM does."""
    log = tmp_path / "log"
    command = [sys.executable, "-c", "from api.cli.main import main; main()", "serve", "--port", "0"]
    environment = os.environ | {"ENGINE": "transformers", "AUTH_BYPASS_MODE": "true"}
    with (
        log.open("w") as errors,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        try:
            url = address_of(process, log)
            body = {"text": "Hello there, this is a sentence.", "speaker": "lipakshi", "stream": True}
            with httpx.stream("POST", f"{url}/v1/tts/generate", json=body, timeout=60) as answer:
                pieces = answer.iter_raw()
                next(pieces)
                process.send_signal(signal.SIGHUP)
                assert len(b"".join(pieces)) > 20_000  # the stream has its end, else httpx raises
            assert process.wait(30) in (0, -signal.SIGHUP)
        finally:
            process.kill()


def test_rejected_handshake_is_answered_and_closed(quick: Server) -> None:
    with quick.connection() as held:
        upgrade(held)
        assert held.recv(4096).startswith(b"HTTP/1.1 400 ")
        assert closes_within(held, 2)
