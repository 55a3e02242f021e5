"""Close codes of a WebSocket."""

import asyncio
import gc
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing, suppress

import pytest
import websockets.sync.client as blocking
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from api.app import create_app
from api.connections import SocketConnection
from core.checkpoint.reading import Checkpoint
from shared.config import Settings
from shared.errors import StartupError
from tests.api.client import SPEAK, WITHIN_S, Client, connected, freed
from tests.api.conftest import running, serving
from tests.crowd import socket_request
from tests.fakes import FakeEngine


async def test_socket_closes_with_1000_when_all_contexts_have_ended(common):
    async with connected(common) as client:
        await client.send(type="text", context_id="a", text="No end yet", speaker="lipakshi")
        await client.send(type="end")
        assert await client.closed_with() == 1000 and client.kinds()[-1] == "end"
    async with connected(common) as client:
        await client.send(type="end")
        assert await client.closed_with() == 1000


@pytest.mark.parametrize("kind", [str, bytes])
async def test_socket_closes_with_1009_for_a_message_over_the_limit(common, kind):
    async with connected(common) as client:
        await client.socket.send("a" * 1_100_000 if kind is str else b"a" * 1_100_000)
        assert await client.closed_with() == 1009


def test_client_that_still_sends_gets_the_close_code_of_a_message_over_the_limit(common):
    """Of 60 such messages 25 got a reset instead while the connection was closed with bytes unread."""
    for _ in range(20):
        with blocking.connect(f"ws://127.0.0.1:{common.port}/v1/tts/ws") as socket:
            with suppress(ConnectionClosed):
                socket.send(b"a" * 20_000_000)
                socket.recv(20)
            assert socket.close_code == 1009


@pytest.mark.parametrize("says", [None, SPEAK | {"type": "text", "context_id": "a", "text": "No end yet"}])
def test_ended_socket_is_freed_without_the_garbage_collector(common, says):
    """A collection of some hundred ended sockets had held every stream for 0.1 s."""

    def kept() -> int:
        return sum(type(one) is SocketConnection for one in gc.get_objects())

    with blocking.connect(f"ws://127.0.0.1:{common.port}/v1/tts/ws"):
        pass  # the first socket makes what is kept for all
    gc.collect()
    gc.disable()
    try:
        before = kept()
        for _ in range(10):
            with blocking.connect(f"ws://127.0.0.1:{common.port}/v1/tts/ws") as socket:
                if says:
                    socket.send(json.dumps(says))
        until = time.monotonic() + 5
        while kept() > before and time.monotonic() < until:
            time.sleep(0.05)
        assert kept() <= before
    finally:
        gc.enable()


async def test_client_that_never_stops_sending_is_cut(common, monkeypatch):
    monkeypatch.setattr("api.connections.LINGER_S", 0.3)
    reader, writer = await asyncio.open_connection("127.0.0.1", common.port)
    writer.write(socket_request())
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"\x82\xff" + (2**40).to_bytes(8) + bytes(4))
    with closing(writer), pytest.raises(ConnectionError):
        async with asyncio.timeout(5):
            while True:
                writer.write(bytes(10_000))
                await writer.drain()
                await asyncio.sleep(0.01)


async def test_socket_closes_with_1011_for_an_internal_error_and_for_a_dead_engine(served, monkeypatch):
    async with connected(served) as client:
        monkeypatch.setattr(served.engine, "stream", None)
        await client.send(**SPEAK, context_id="a")
        event = await client.until("error")
        assert event["error"]["code"] == "INTERNAL_ERROR" and "NoneType" not in json.dumps(event)
        assert await client.closed_with() == 1011
    served.engine.dead = True
    async with connected(served) as client:
        assert (await client.until("error"))["error"]["code"] == "GPU_FAULT"
        assert await client.closed_with() == 1011


async def test_idle_socket_is_closed_when_the_engine_is_dead(served):
    async with connected(served) as client:
        await client.send(type="ping")
        await client.until("pong")
        served.engine.dead = True
        assert await client.closed_with() == 1011


async def test_socket_closes_with_1013_before_the_model_is_loaded():
    closed = threading.Event()

    @asynccontextmanager
    async def loading(_settings):
        await asyncio.to_thread(closed.wait, 60)
        raise StartupError("no model here")
        yield

    with running(create_app(Settings(), loading)) as port:
        try:
            async with connect(f"ws://127.0.0.1:{port}/v1/tts/ws") as socket:
                client = Client(socket)
                assert (await client.until("error"))["error"]["code"] == "MODEL_NOT_LOADED"
                assert await client.closed_with() == 1013
        finally:
            closed.set()


async def test_socket_closes_with_1008_when_a_client_stays_paused(tiny: Checkpoint):
    settings = Settings(stall_timeout_s=0.3)
    with serving(tiny, FakeEngine(tiny.vocabulary, forever=True, delay_s=0.001), settings) as served:
        async with connected(served) as client:
            await client.send(**SPEAK, context_id="a")
            await client.until_audio()
            await client.send(type="pause")
            assert await client.closed_with() == 1008
            assert await freed(served) < WITHIN_S
        assert served.metric("client_stalls_total") == 1


def test_shutdown_during_speech_logs_no_error(tiny: Checkpoint, caplog):
    engine, received = FakeEngine(tiny.vocabulary, forever=True, delay_s=0.001), threading.Event()

    def listen(port):
        with blocking.connect(f"ws://127.0.0.1:{port}/v1/tts/ws") as socket:
            for name in "abcd":
                socket.send(json.dumps(SPEAK | {"context_id": name}))
            with suppress(ConnectionClosed):
                while socket.recv():
                    received.set()

    with ThreadPoolExecutor(1) as pool:
        with serving(tiny, engine, Settings()) as served:
            listening = pool.submit(listen, served.port)
            assert received.wait(5)
        listening.result(5)
    assert engine.unfinished == 0
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_silent_socket_is_closed_with_a_reason(tiny):
    settings = Settings(socket_idle_s=0.2)
    with serving(tiny, FakeEngine(tiny.vocabulary), settings) as served:
        async with connect(f"ws://127.0.0.1:{served.port}/v1/tts/ws") as socket:
            for _ in range(3):
                await asyncio.sleep(0.15)
                await socket.send('{"type": "ping"}')
                assert "pong" in await socket.recv()
            await socket.wait_closed()
        assert (socket.close_code, socket.close_reason) == (1001, "no message for 0.2 s; `ping` keeps a socket open")


async def test_socket_of_wrong_messages_is_closed(tiny):
    with serving(tiny, FakeEngine(tiny.vocabulary), Settings()) as served:
        async with connect(f"ws://127.0.0.1:{served.port}/v1/tts/ws") as socket:
            with suppress(ConnectionClosed):
                for _ in range(200):
                    await socket.send("no JSON")
                    await socket.recv()
            await socket.wait_closed()
        assert socket.close_code == 1008
