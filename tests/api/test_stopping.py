"""SIGTERM and SIGINT under load: whole utterances, visible breaks, true records, an exit in time."""

import asyncio
import json
import signal
import time
from collections import Counter
from contextlib import suppress
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from services.accounts.records.archive import Filter, read_archive
from tests.fake_server import fake_server

DRAIN_S = 4
SHORT, LONG = "Hello there.", "This sentence is one of very many. " * 100
"""Texts that take the fake engine about 1 s, and half a minute: the second one does not fit in the drain."""
SPEECH = {"speaker": "lipakshi", "format": "pcm", "seed": 3}
MANY = 10
"""Clients of each kind: short and long, over HTTP and over WebSocket."""


@pytest.fixture
def stopped(tiny_path, tmp_path):
    """Start a server whose log and records are files; yield it with both paths."""
    log, records = tmp_path / "log", tmp_path / "records.db"
    settings = {"drain_s": DRAIN_S, "records": "full", "records_path": records, "max_running": 64, "log_level": "INFO"}
    with log.open("w") as written, fake_server(tiny_path, delay_s=0.05, log=written, **settings) as server:
        yield server, log, records


class Listeners:
    """Clients that count what they received; `started` is reached when each has received audio."""

    def __init__(self, url: str, count: int) -> None:
        self.url, self.started, self.ends = url, asyncio.Barrier(count + 1), Counter()
        self.stop_messages: list[float] = []

    async def stream(self, client: httpx.AsyncClient, text: str, *, leave_s: float | None = None) -> None:
        received, end = b"", "whole"
        try:
            body = SPEECH | {"text": text, "stream": True}
            async with client.stream("POST", f"{self.url}/v1/tts/generate", json=body) as answer:
                pieces = answer.aiter_raw()
                received += await anext(pieces)
                await self.started.wait()
                if leave_s is not None:
                    await asyncio.sleep(leave_s)
                    return
                async for piece in pieces:
                    received += piece
        except httpx.RemoteProtocolError:
            end = "broken"
        self.ends["http", end, len(received) if end == "whole" else 0] += 1

    async def listen(self, text: str) -> None:
        received, last = 0, ""
        async with connect(f"ws{self.url[4:]}/v1/tts/ws") as socket:
            await socket.send(json.dumps(SPEECH | {"type": "speak", "text": text}))
            try:
                while True:
                    message = await socket.recv()
                    if isinstance(message, bytes):
                        if not received:
                            await self.started.wait()
                        received += len(message)
                        continue
                    event = json.loads(message)
                    if event["type"] == "stopping":
                        self.stop_messages.append(event["seconds"])
                    elif event["type"] in ("end", "error"):
                        last = event["type"] if event["type"] == "end" else event["error"]["code"]
            except ConnectionClosed:
                self.ends["socket", last, socket.close_code, received if last == "end" else 0] += 1

    async def idle(self) -> None:
        async with connect(f"ws{self.url[4:]}/v1/tts/ws") as socket:
            await socket.send('{"type": "ping"}')
            await socket.recv()
            await self.started.wait()
            kinds = [event["type"] for event in await events_until_closed(socket)]
        self.ends["idle", *kinds, socket.close_code] += 1


async def events_until_closed(socket: ClientConnection) -> list[dict[str, Any]]:
    """Return the events that follow until the server closes the socket; frames are left out."""
    events = []
    with suppress(ConnectionClosed):
        while True:
            if isinstance(message := await socket.recv(), str):
                events.append(json.loads(message))
    return events


async def refused(url: str) -> tuple[int, int, str, int]:
    """Ask a stopping server; return the statuses of `/ready`, of a request and the reason, and of a socket's close."""
    async with httpx.AsyncClient(base_url=url) as client:
        ready = await client.get("/ready")
        answer = await client.post("/v1/tts/generate", json=SPEECH | {"text": SHORT})
        assert int(answer.headers["retry-after"]) > 0 and answer.headers["connection"] == "close"
        assert (await client.get("/live")).status_code == 200
        assert "stopping" in " ".join((await client.get("/health")).json()["degraded"])
        assert "veena3_tts_stopping 1.0" in (await client.get("/metrics")).text
    async with connect(f"ws{url[4:]}/v1/tts/ws") as socket:
        messages = await events_until_closed(socket)
    assert messages[0]["error"]["code"] == answer.json()["error"]["code"]
    return ready.status_code, answer.status_code, answer.json()["error"]["code"], socket.close_code


def test_sigterm_lets_utterances_end_that_fit_and_breaks_off_the_others(stopped):
    server, log, records = stopped
    whole = httpx.post(f"{server.url}/v1/tts/generate", json=SPEECH | {"text": SHORT, "stream": True}, timeout=30)
    size = len(whole.content)

    async def attack() -> tuple[Listeners, float]:
        listeners = Listeners(server.url, 4 * MANY + 2)
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(timeout=60, limits=limits) as client, asyncio.TaskGroup() as group:
            for text in (SHORT, LONG):
                for _ in range(MANY):
                    group.create_task(listeners.stream(client, text))
                    group.create_task(listeners.listen(text))
            group.create_task(listeners.stream(client, LONG, leave_s=0.5))
            group.create_task(listeners.idle())
            await asyncio.wait_for(listeners.started.wait(), 30)
            server.process.send_signal(signal.SIGTERM)
            begun = time.monotonic()
            while (await client.get(f"{server.url}/ready")).status_code == 200:
                assert time.monotonic() - begun < 1
            assert await refused(server.url) == (503, 503, "SERVICE_UNAVAILABLE", 1013)
        await asyncio.to_thread(server.process.wait, 30)
        return listeners, time.monotonic() - begun

    listeners, took_s = asyncio.run(attack())
    assert listeners.ends == {
        ("http", "whole", size): MANY,
        ("http", "broken", 0): MANY,
        ("socket", "end", 1012, size): MANY,
        ("socket", "SERVICE_UNAVAILABLE", 1012, 0): MANY,
        ("idle", "stopping", 1012): 1,
    }
    assert len(listeners.stop_messages) == 2 * MANY and 0 < min(listeners.stop_messages) <= DRAIN_S
    outcomes = Counter(str(record.outcome) for record in read_archive(records, Filter()))
    assert outcomes == {"ok": 2 * MANY + 1, "interrupted": 2 * MANY, "client_left": 1}
    assert DRAIN_S - 0.2 < took_s < DRAIN_S + 2
    assert "Traceback" not in log.read_text()


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_idle_server_ends_at_once_at(stopped, name):
    server, log, _ = stopped
    begun = time.monotonic()
    server.process.send_signal(signal.Signals[name])
    assert server.process.wait(10) == 0
    assert time.monotonic() - begun < DRAIN_S
    assert "Traceback" not in log.read_text()


def test_text_of_a_context_is_spoken_to_its_mark_after_sigterm(stopped):
    """An agent is in the middle of a sentence: what it sends up to the flush is spoken, and then the socket closes."""
    server, _, records = stopped

    async def talk() -> list[str]:
        async with connect(f"ws{server.url[4:]}/v1/tts/ws") as socket:
            await socket.send(json.dumps(SPEECH | {"type": "text", "text": "Hello there, this is "}))
            await socket.send('{"type": "ping"}')
            await socket.recv()
            server.process.send_signal(signal.SIGTERM)
            kinds = [json.loads(await socket.recv())["type"]]
            await socket.send(json.dumps({"type": "text", "text": "one sentence.", "context_id": "default"}))
            await socket.send(json.dumps(SPEECH | {"type": "speak", "text": SHORT, "context_id": "other"}))
            await socket.send('{"type": "flush"}')
            kinds += [event["type"] for event in await events_until_closed(socket)]
            assert socket.close_code == 1012 and "connect again" in socket.close_reason
            return kinds

    kinds = asyncio.run(asyncio.wait_for(talk(), 20))
    assert kinds[:2] == ["stopping", "error"] and kinds[-2:] == ["flushed", "end"]  # the new context is refused
    server.process.wait(10)
    (record,) = read_archive(records, Filter())
    assert record.outcome == "ok" and record.text == "Hello there, this is one sentence."
