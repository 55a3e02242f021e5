"""Clients that leave, stall or never read: their engine request ends and their slot is free."""

import asyncio
import json
import socket

import pytest

from api.app import create_app
from core.checkpoint.reading import Checkpoint
from shared.config import Settings
from tests.api.conftest import open_fake_runtime, open_sockets, serving
from tests.fakes import FakeEngine

WITHIN_S = 0.1


def connect(served, *, stream: bool, window: int | None = None, path: str = "/v1/tts/generate") -> socket.socket:
    """Send a request without reading the answer."""
    body = json.dumps({"text": "On and on.", "speaker": "lipakshi", "stream": stream}).encode()
    client = socket.socket()
    if window:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
    client.connect(("127.0.0.1", served.port))
    head = [
        f"POST {path} HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    client.sendall("\r\n".join([*head, "", ""]).encode() + body)
    return client


def freed(served) -> bool:
    return served.engine.unfinished == 0 and served.app.state.service.queue == {"running": 0, "waiting": 0}


def aborted(served, reason: str) -> float:
    return served.metric("requests_aborted_total", reason=reason)


@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize("stream", [False, True])
def test_client_that_closes_frees_the_engine(served, stream, reset):
    served.engine.forever, served.engine.delay_s = True, 0.002
    client = connect(served, stream=stream)
    if stream:
        assert client.recv(400).startswith(b"HTTP/1.1 200")
    served.until(lambda: served.engine.unfinished)
    if reset:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    client.close()
    assert served.until(lambda: freed(served)) < WITHIN_S
    served.until(lambda: aborted(served, "client_left") == 1)
    assert served.engine.abandoned == 1


def test_client_that_leaves_before_the_first_audio_frees_the_engine(served):
    served.engine.forever, served.engine.delay_s = True, 10
    client = connect(served, stream=True)
    served.until(lambda: served.engine.unfinished)
    client.close()
    assert served.until(lambda: freed(served)) < WITHIN_S


def test_client_that_stalls_and_then_leaves_frees_the_engine(served):
    """The client reads nothing until all buffers are full and the server waits in `send`; then it closes."""
    served.engine.forever, served.engine.batch = True, 64
    client = connect(served, stream=True, window=4096)
    assert client.recv(400).startswith(b"HTTP/1.1 200")
    served.stand_still()
    client.close()
    assert served.until(lambda: freed(served)) < WITHIN_S


def test_client_that_never_reads_is_disconnected(tiny: Checkpoint):
    engine = FakeEngine(tiny.vocabulary, forever=True, batch=64)
    with serving(tiny, engine, Settings(stall_timeout_s=0.5)) as served:
        client = connect(served, stream=True, window=4096)
        served.until(lambda: engine.unfinished)
        served.stand_still()
        served.until(lambda: freed(served), within_s=2)
        served.until(lambda: aborted(served, "stalled") == 1)
        assert served.metric("client_stalls_total") == 1
        client.close()


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("path", ["/v1/tts/generate", "/v1/tts/sse"])
def test_connection_of_a_client_that_never_reads_is_cut(tiny: Checkpoint, path, stream):
    """The server does not wait for TCP to deliver the unsent bytes."""
    engine = FakeEngine(tiny.vocabulary, length=20_000, batch=500)  # 13 MB, more than all buffers hold
    with serving(tiny, engine, Settings(stall_timeout_s=0.3)) as served:
        before = open_sockets()
        client = connect(served, path=path, stream=stream, window=4096)
        served.until(lambda: open_sockets() == before + 2)  # the client's end and the server's
        served.until(lambda: open_sockets() == before + 1, within_s=10)
        assert freed(served)
        client.close()


def test_client_that_leaves_the_queue_is_counted(tiny: Checkpoint):
    engine = FakeEngine(tiny.vocabulary, forever=True, delay_s=0.005)
    with serving(tiny, engine, Settings(max_running=1)) as served:
        first = connect(served, stream=True)
        served.until(lambda: engine.unfinished == 1)
        second = connect(served, stream=True)
        served.until(lambda: served.app.state.service.queue["waiting"] == 1)
        second.close()
        assert served.until(lambda: served.app.state.service.queue["waiting"] == 0) < WITHIN_S
        first.close()
        served.until(lambda: freed(served))
        assert engine.started == 1 and aborted(served, "client_left") == 2


@pytest.mark.parametrize("spec", ["2.0", "2.3", "2.4"])
async def test_disconnect_is_seen_for_every_claimed_asgi_version(tiny: Checkpoint, spec):
    """Drive ASGI by hand: a server of any claimed version reports `http.disconnect` while `send` waits."""
    engine, gone = FakeEngine(tiny.vocabulary, forever=True), asyncio.Event()
    app = create_app(Settings(), open_fake_runtime(tiny, engine))
    body = [
        {"type": "http.request", "body": b'{"text": "Hi", "speaker": "lipakshi", "stream": true}', "more_body": False}
    ]

    async def receive():
        if body:
            return body.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        if message["type"] == "http.response.body":
            gone.set()
            await asyncio.sleep(3600)

    scope = {
        **{"type": "http", "method": "POST", "path": "/v1/tts/generate", "raw_path": b"", "query_string": b""},
        **{"asgi": {"version": "3.0", "spec_version": spec}, "headers": [(b"content-type", b"application/json")]},
    }
    service = app.state.service
    async with service.running(failed=lambda: None), asyncio.timeout(2):
        await service.ready.wait()
        await app(scope, receive, send)
    assert engine.unfinished == 0 and engine.abandoned == 1
