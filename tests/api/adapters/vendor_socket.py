"""Client of a vendor's socket, in the shapes of that vendor alone."""

import asyncio
import base64
import json
import time
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

WITHIN_S = 0.1
"""Seconds within which an interrupted request must free the engine."""


class VendorSocket:
    """Keeps every message that it receives: JSON as objects, binary as bytes."""

    def __init__(self, socket):
        self.socket, self.messages = socket, []

    async def send(self, message=None, **fields):
        await self.socket.send(json.dumps(message or fields))

    async def receive(self):
        message = await asyncio.wait_for(self.socket.recv(), 5)
        self.messages.append(message if isinstance(message, bytes) else json.loads(message))
        return self.messages[-1]

    async def until(self, wanted):
        """Receive up to the message that `wanted` accepts."""
        while not wanted(message := await self.receive()):
            pass
        return message

    async def to_the_end(self):
        """Receive until the server closes the socket; return its code and reason."""
        with pytest.raises(ConnectionClosed):
            while True:
                await self.receive()
        return self.socket.close_code, self.socket.close_reason


@asynccontextmanager
async def vendor_socket(served, path, **options):
    async with connect(f"ws://127.0.0.1:{served.port}{path}", **options) as socket:
        yield VendorSocket(socket)


async def interrupted(served, acknowledged):
    """Await the acknowledgement of an interruption; return the seconds until it came and the engine was free."""
    begun = time.perf_counter()
    await acknowledged
    while served.engine.unfinished:
        assert time.perf_counter() - begun < 5
        await asyncio.sleep(0.001)
    return time.perf_counter() - begun


def joined(encoded):
    return b"".join(map(base64.b64decode, encoded))
