"""WebSocket clients that never read: memory is bounded, other clients are unharmed, the stall timeout closes them."""

import os
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from pathlib import Path

import httpx
import pytest

from core.checkpoint.reading import Checkpoint
from shared.config import Settings
from tests.api.conftest import open_sockets, serving
from tests.crowd import socket_message, socket_request
from tests.fakes import FakeEngine

MIB = 1024 * 1024
STALL_S = 0.5
SEND_BUFFER = 64 * 1024
SPOKEN = {"text": "On.", "speaker": "lipakshi"}
LINGER_S = 2.0


def never_reading(served):
    """Open a WebSocket by hand, request speech, and read nothing more."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(("127.0.0.1", served.port))
    client.sendall(socket_request())
    assert client.recv(2000).startswith(b"HTTP/1.1 101")
    client.sendall(socket_message(SPOKEN | {"type": "speak", "format": "pcm", "frame_ms": 100}))
    return client


def memory():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize("count", [20, pytest.param(200, marks=pytest.mark.slow)])
def test_sockets_that_never_read_are_closed_in_bounded_memory(tiny: Checkpoint, count, monkeypatch):
    monkeypatch.setattr("api.websocket.writer.LINGER_S", LINGER_S)
    engine = FakeEngine(tiny.vocabulary, forever=True, batch=64, delay_s=0.005)
    settings = Settings(stall_timeout_s=STALL_S, max_running=count + 4, min_headroom_s=0, log_level="ERROR")
    with serving(tiny, engine, settings, send_buffer=SEND_BUFFER) as served, ThreadPoolExecutor(20) as pool:
        service = served.app.state.service
        idle = open_sockets()
        clients = list(pool.map(lambda _: never_reading(served), range(count)))
        served.until(lambda: engine.unfinished, within_s=5)
        before = memory()
        with httpx.stream(
            "POST", f"{served.url}/v1/tts/generate", json=SPOKEN | {"stream": True}, timeout=60
        ) as answer:
            heard = islice(answer.iter_raw(640), 500)
            assert sum(map(len, heard)) == 320_000  # ten seconds for a client that reads
        served.until(lambda: engine.unfinished == 0 and service.queue["running"] == 0, within_s=60)
        if count > 20:  # what 20 could hold is less than what the rest of a test session lets go or takes
            assert memory() - before < 0.75 * MIB * count  # the sound that is made ahead of a listener, and his socket
        assert served.metric("client_stalls_total") == count

        engine.forever = False
        assert served.generate().status_code == 200  # other clients are unharmed
        if count == 20:
            assert closing_code(clients[0]) == 1008  # a client that reads late gets the close code
        served.until(lambda: open_sockets() <= idle + count + 2, within_s=LINGER_S + 20)  # the clients' own ends
        for client in clients:
            client.close()


def closing_code(client):
    """Read to the close frame and return its code."""
    client.settimeout(1)
    last = b""
    with suppress(TimeoutError):
        while data := client.recv(65536):
            last = (last + data)[-4:]
    assert last[:2] == b"\x88\x02"
    return int.from_bytes(last[2:], "big")
