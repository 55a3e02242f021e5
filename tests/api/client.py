"""A client of `/v1/tts/ws` for tests: what it said is JSON, what it heard is kept."""

import asyncio
import json
import time
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

WITHIN_S = 0.1
SPEAK = {"type": "speak", "text": "Hello there.", "speaker": "lipakshi", "format": "pcm"}


class Client:
    """A socket, and what came over it: JSON as dicts, sound by context."""

    def __init__(self, socket):
        self.socket, self.told, self.sound, self.audible = socket, [], {}, None

    async def say(self, **message):
        await self.socket.send(json.dumps(message))

    async def hear(self):
        message = await asyncio.wait_for(self.socket.recv(), 5)
        if isinstance(message, bytes):
            self.sound.setdefault(self.audible, []).append(message)
            return message
        event = json.loads(message)
        assert {"type", "context_id", "seq", "ts_ms"} <= event.keys()
        if event["type"] in {"start", "progress"}:
            self.audible = event["context_id"]
        self.told.append(event)
        return event

    async def until(self, kind, context_id=None):
        while True:
            event = await self.hear()
            if isinstance(event, dict) and event["type"] == kind and context_id in (None, event["context_id"]):
                return event

    async def until_sound(self):
        while not isinstance(message := await self.hear(), bytes):
            pass
        return message

    def kinds(self):
        return [event["type"] for event in self.told]

    async def closed_with(self):
        """The code that the server closes with."""
        with pytest.raises(ConnectionClosed):
            while True:
                await self.hear()
        return self.socket.close_code


@asynccontextmanager
async def talking(served, query="", **options):
    async with connect(f"ws://127.0.0.1:{served.port}/v1/tts/ws{query}", **options) as socket:
        yield Client(socket)


async def freed(served):
    begun = time.perf_counter()
    while served.engine.unfinished or served.app.state.service.queue != {"running": 0, "waiting": 0}:
        assert time.perf_counter() - begun < 5
        await asyncio.sleep(0.001)
    return time.perf_counter() - begun
