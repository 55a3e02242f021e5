"""Test client of `/v1/tts/ws`. It keeps the events and the audio that it receives."""

import asyncio
import json
import time
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

WITHIN_S = 0.1
"""Seconds within which a cancelled or abandoned request must free the engine."""
SPEAK = {"type": "speak", "text": "Hello there.", "speaker": "lipakshi", "format": "pcm"}


class Client:
    """A socket with the events and, by context, the frames that it has received."""

    def __init__(self, socket):
        self.socket, self.events, self.audio, self.announced = socket, [], {}, None

    async def send(self, **message):
        await self.socket.send(json.dumps(message))

    async def receive(self):
        message = await asyncio.wait_for(self.socket.recv(), 5)
        if isinstance(message, bytes):
            self.audio.setdefault(self.announced, []).append(message)
            return message
        event = json.loads(message)
        assert {"type", "context_id", "seq", "ts_ms"} <= event.keys()
        if event["type"] in {"start", "progress"}:
            self.announced = event["context_id"]
        self.events.append(event)
        return event

    async def until(self, kind, context_id=None):
        while True:
            event = await self.receive()
            if isinstance(event, dict) and event["type"] == kind and context_id in (None, event["context_id"]):
                return event

    async def until_audio(self):
        while not isinstance(message := await self.receive(), bytes):
            pass
        return message

    def kinds(self):
        return [event["type"] for event in self.events]

    async def closed_with(self):
        """Return the code with which the server closes the socket."""
        with pytest.raises(ConnectionClosed):
            while True:
                await self.receive()
        return self.socket.close_code


@asynccontextmanager
async def connected(served, query="", **options):
    async with connect(f"ws://127.0.0.1:{served.port}/v1/tts/ws{query}", **options) as socket:
        yield Client(socket)


async def freed(served):
    begun = time.perf_counter()
    while served.engine.unfinished or served.app.state.service.queue != {"running": 0, "waiting": 0}:
        assert time.perf_counter() - begun < 5
        await asyncio.sleep(0.001)
    return time.perf_counter() - begun
