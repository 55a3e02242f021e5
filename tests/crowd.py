"""Load of well-behaved and misbehaving clients, in a process of its own, so that it does not slow the server's process.

`python -m tests.crowd URL JSON` runs a `Crowd` and prints the `Measurements` of the well-behaved clients.
"""

import asyncio
import base64
import json
import os
import random
import socket
import struct
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import asdict, dataclass

from api.cli.client.playback import StreamPlayback, play_stream
from api.cli.client.server import open_server
from api.cli.client.streams import over_http

BODY: dict[str, object] = {"text": "On and on.", "speaker": "lipakshi", "format": "pcm"}
NORMAL_SEED, SLOW_SEED = 1, 2  # seeds of streams that the fake engine ends; all others are endless
NORMAL_CLIENTS = 2
"""Well-behaved clients that run concurrently."""
SLOW_BODY = BODY | {"stream": True, "seed": SLOW_SEED, "sample_rate": 48_000}
SLOW_BYTES_PER_S = 48_000
"""Read rate of slow clients: half of the playback rate."""
READ_TIMEOUT_S = 0.5
"""Seconds for which a client that will disconnect waits for data."""
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER value with which closing a socket resets the connection."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Number of misbehaving clients of each kind. `leavers` start at random times within `seconds`."""

    leavers: int
    never_readers: int
    slow_readers: int
    seconds: float
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Measurements:
    """Times to the first sound of well-behaved clients, without and during the load; bytes that slow ones received."""

    alone_ms: list[float]
    loaded_ms: list[float]
    slow_bytes: list[int]


def http_request(path: str, body: dict[str, object]) -> bytes:
    data = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json"
    return f"{head}\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data


def socket_request() -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
    return f"GET /v1/tts/ws HTTP/1.1\r\nHost: localhost\r\n{upgrade}\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()


def socket_message(body: dict[str, object]) -> bytes:
    """Return a masked WebSocket text frame with the message."""
    data, mask = json.dumps(body).encode(), os.urandom(4)
    assert len(data) < 126  # the short form of a frame's length
    return bytes([0x81, 0x80 | len(data)]) + mask + bytes(byte ^ mask[n % 4] for n, byte in enumerate(data))


Parts = list[bytes]
"""Parts of a request. Each after the first is sent when data came back for the one before it."""

STREAMS: list[Callable[[], Parts]] = [
    lambda: [http_request("/v1/tts/generate", BODY | {"stream": True})],
    lambda: [http_request("/v1/tts/sse", BODY)],
    lambda: [socket_request(), socket_message(BODY | {"type": "speak"})],
]
OTHERS: list[Callable[[], Parts]] = [
    lambda: [http_request("/v1/tts/generate", BODY)],
    lambda: [http_request("/v1/tts/generate", BODY | {"stream": True, "format": "mp3"})],
]


class MisbehavingClient:
    """Client on plain sockets that disconnects early, never reads, or reads slowly."""

    def __init__(self, port: int, chance: random.Random) -> None:
        self._port, self._chance, self._loop = port, chance, asyncio.get_running_loop()

    async def open(self, *, window: int | None = None) -> socket.socket:
        client = socket.socket()
        client.setblocking(False)
        if window:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        await self._loop.sock_connect(client, ("127.0.0.1", self._port))
        return client

    async def _ask(self, client: socket.socket, parts: Parts) -> None:
        for number, part in enumerate(parts):
            if number:
                await self._loop.sock_recv(client, 1000)
            await self._loop.sock_sendall(client, part)

    async def leave(self) -> None:
        """Disconnect at a random point: in the request, before the answer, in its header, in or between blocks."""
        chance, parts = self._chance, self._chance.choice(STREAMS + OTHERS)()
        point = chance.choice(["request", "unanswered", "header", "sound", "between"])
        client = await self.open()
        try:
            await self._ask(client, [parts[0][: chance.randrange(len(parts[0]))]] if point == "request" else parts)
            with suppress(TimeoutError):  # an endless whole file sends nothing
                async with asyncio.timeout(READ_TIMEOUT_S):
                    if point == "header":
                        await self._loop.sock_recv(client, chance.randrange(1, 200))
                    elif point in ("sound", "between"):
                        await self._read(client, chance.randrange(400, 20_000))
            if point != "sound":
                await asyncio.sleep(chance.uniform(0, 0.05))
            if chance.random() < 0.5:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        except ConnectionError:
            pass  # the server has closed the connection first
        finally:
            client.close()

    async def _read(self, client: socket.socket, size: int) -> None:
        while size > 0 and (data := await self._loop.sock_recv(client, min(size, 4096))):
            size -= len(data)

    async def never_read(self) -> socket.socket:
        """Send a request and return the open connection, which the caller closes."""
        client = await self.open(window=4096)
        await self._ask(client, self._chance.choice(STREAMS)())
        return client

    async def read_slowly(self) -> int:
        """Read an answer to its end at half the playback rate. Return the number of bytes received."""
        client, received = await self.open(), 0
        piece = SLOW_BYTES_PER_S // 20
        try:
            await self._ask(client, [http_request("/v1/tts/generate", SLOW_BODY)])
            while data := await self._loop.sock_recv(client, piece):
                received += len(data)
                await asyncio.sleep(len(data) / SLOW_BYTES_PER_S)
        finally:
            client.close()
        return received


async def times_to_first_sound(url: str, streams: int) -> list[float]:
    """Play streams one after the other, each to its end. Return the milliseconds to the first sound of each."""
    async with open_server(url, key=None) as server:
        heard: list[StreamPlayback] = [
            await play_stream(over_http(server, BODY | {"seed": NORMAL_SEED})) for _ in range(streams)
        ]
    return [(one.first_s or 0.0) * 1000 for one in heard]


async def measure_during(work: Coroutine[None, None, None], url: str) -> list[float]:
    """Return the milliseconds to the first sound of every stream that well-behaved clients play during `work`."""
    running, firsts = asyncio.create_task(work), []
    while not running.done():
        for times in await asyncio.gather(*(times_to_first_sound(url, 1) for _ in range(NORMAL_CLIENTS))):
            firsts += times
    await running
    return firsts


async def play(url: str, crowd: Crowd) -> Measurements:
    """Measure without load, then during the load of `crowd`."""
    client = MisbehavingClient(int(url.rsplit(":", 1)[1]), random.Random(crowd.seed))
    await times_to_first_sound(url, 3)
    alone_ms = await measure_during(asyncio.sleep(2), url)
    never = [await client.never_read() for _ in range(crowd.never_readers)]

    async def leave(after_s: float) -> None:
        await asyncio.sleep(after_s)
        await client.leave()

    slow: list[int] = []

    async def load() -> None:
        chance = random.Random(crowd.seed)
        slowly = [asyncio.create_task(client.read_slowly()) for _ in range(crowd.slow_readers)]
        await asyncio.gather(*(leave(chance.uniform(0, crowd.seconds)) for _ in range(crowd.leavers)))
        slow.extend(await asyncio.gather(*slowly))

    loaded_ms = await measure_during(load(), url)
    for connection in never:
        connection.close()
    return Measurements(alone_ms, loaded_ms, slow)


if __name__ == "__main__":
    measurements = asyncio.run(play(sys.argv[1], Crowd(**json.loads(sys.argv[2]))))
    sys.stdout.write(json.dumps(asdict(measurements)))
