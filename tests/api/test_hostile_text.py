"""A stream beside clients that send expensive text, and clients that leave while their text is processed."""

import asyncio
import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import psutil
import pytest
from websockets.asyncio.client import connect

from tests.crowd import http_request
from tests.fake_server import FakeServer, fake_server
from tests.hostile import UNITS, text_of
from tests.listener import listening

MOST = 50_000
ASK = {"text": "On and on it goes, and it is heard.", "speaker": "lipakshi", "format": "pcm"}
UNLIMITED = {"key_requests_per_minute": 10**9, "key_characters_per_minute": 10**12, "key_streams": 10**6}
FREE_S = 10.0
HELD_S = 0.04  # CPU time that may pass between two rounds of the event loop
NOTICED_S = 0.25  # silence in a stream that has .1 s in hand; what keeps this process from the CPU counts, too


@pytest.fixture(scope="module")
def server(tiny_path) -> Iterator[FakeServer]:
    """Start a server whose engine gives 80 ms of audio every 10 ms."""
    with fake_server(tiny_path, delay_s=0.01, max_running=64, **UNLIMITED) as one:
        yield one


async def until(server: FakeServer, requests: int) -> None:
    """Wait until this many requests run or wait for a slot."""
    async with httpx.AsyncClient() as client, asyncio.timeout(FREE_S):
        queue = None
        while queue is None or sum(queue.values()) != requests:
            queue = (await client.get(f"{server.url}/health")).json()["queue"]


async def held(server: FakeServer) -> float:
    """Return the longest CPU time between two turns of the server's event loop since the last call, in seconds."""
    async with httpx.AsyncClient() as client:
        return float((await client.get(f"{server.url}/held")).json())


async def send(server: FakeServer, *pieces: str) -> None:
    """Send each piece in a message over a WebSocket, and leave after the server has read them all."""
    async with connect(f"ws://127.0.0.1:{server.port}/v1/tts/ws", max_queue=None) as client:
        for number, piece in enumerate(pieces):
            voice = {"speaker": "lipakshi", "format": "pcm"} if number == 0 else {}
            await client.send(json.dumps({"type": "text", "context_id": "a", "text": piece} | voice))
        await client.send('{"type": "ping"}')
        async for message in client:
            if isinstance(message, str) and json.loads(message)["type"] in ("pong", "error"):
                return


@contextmanager
def asking(server: FakeServer, texts: list[str], **options: bool) -> Iterator[None]:
    """Request a stream of each text; the clients leave when the context exits."""
    with ExitStack() as clients:
        for text in texts:
            client = clients.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            client.sendall(http_request("/v1/tts/generate", ASK | {"text": text, "stream": True} | options))
        yield


@pytest.mark.parametrize("name", ["exclamations", "brackets", "tags on lines", "sentences"])
async def test_stream_has_no_gap_while_hostile_text_arrives(server: FakeServer, name: str):
    text = text_of(UNITS[name], 45_000) + "So it goes on. " * 300
    with listening(server.url, ASK) as heard:
        await held(server)
        await send(server, text)
        await send(server, *text[:2_000])
        with asking(server, [text] * 4):
            await until(server, 4)
        await until(server, 0)
        held_s = await held(server)
    assert held_s < HELD_S
    assert heard.streams and heard.silent_s < NOTICED_S


TEN = ("/ ", "~", "^ ", "> ", "√a ", "OTP 1234 ", "[a](b", "<a b='", "$x ", "| a ")


@pytest.mark.parametrize("chunking", [pytest.param(True, marks=pytest.mark.slow), False])
async def test_stream_has_no_gap_while_ten_hostile_texts_are_posted(server: FakeServer, chunking: bool):
    texts = [f"Hello. {text_of(unit, MOST - 20)} Good." for unit in TEN]
    with listening(server.url, ASK) as heard:
        await held(server)
        with asking(server, texts, chunking=chunking):
            await until(server, len(texts))
            await asyncio.sleep(1)  # the texts are worked on
        await until(server, 0)
        held_s = await held(server)
    assert held_s < HELD_S
    assert heard.streams and heard.silent_s < NOTICED_S


async def test_clients_that_leave_during_text_work_cost_little(server: FakeServer):
    process = psutil.Process(server.process.pid)

    async def quiet_at() -> float:
        """Wait until the server is idle, and return its CPU time in seconds."""
        before, now = -1.0, sum(process.cpu_times()[:2])
        while now - before > 0.02:
            await asyncio.sleep(0.2)
            before, now = now, sum(process.cpu_times()[:2])
        return now

    async def cost(texts: list[str]) -> tuple[float, int]:
        before, held = await quiet_at(), process.memory_info().rss
        with asking(server, texts):
            await until(server, len(texts))
        await until(server, 0)
        return await quiet_at() - before, process.memory_info().rss - held

    await cost([text_of("a. ", MOST)])
    cpu_s, held = await cost([text_of(unit, MOST) for unit in ("⁴", "a. ", "1.", "No. ", "1²", "1+1=")] * 2)
    assert cpu_s < 1.0 and held < 50 * 2**20
