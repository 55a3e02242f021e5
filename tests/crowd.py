"""Listeners of every kind at once, in a process of their own, so that they take no time from the server's.

`python -m tests.crowd URL JSON` plays a `Crowd` and prints what the polite ones noticed.
"""

import asyncio
import base64
import json
import os
import random
import socket
import statistics
import struct
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import asdict, dataclass

from api.cli.client.playback import StreamPlayback, play_stream
from api.cli.client.server import open_server
from api.cli.client.streams import over_http

ASK: dict[str, object] = {"text": "On and on.", "speaker": "lipakshi", "format": "pcm"}
POLITE_SEED, SLOW_SEED = 1, 2  # of streams that come to an end
POLITE = 2
SLOW_ASK = ASK | {"stream": True, "seed": SLOW_SEED, "sample_rate": 48_000}
SLOW_BYTES_A_SECOND = 48_000  # half of what is played
PATIENCE_S = 0.5
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing is a reset


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many there are of each kind. Those who leave come at any time of these `seconds`."""

    leavers: int
    never_readers: int
    slow_readers: int
    seconds: float
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Noticed:
    """By those who behave: `first_ms` of each stream alone and beside the others; what the slow ones received."""

    alone_ms: list[float]
    beside_ms: list[float]
    slow_bytes: list[int]


def http_request(path: str, body: dict[str, object]) -> bytes:
    data = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json"
    return f"{head}\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data


def socket_request() -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
    return f"GET /v1/tts/ws HTTP/1.1\r\nHost: x\r\n{upgrade}\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()


def socket_message(body: dict[str, object]) -> bytes:
    """A text frame as a client sends it."""
    said, mask = json.dumps(body).encode(), os.urandom(4)
    assert len(said) < 126  # the short form of a frame's length
    return bytes([0x81, 0x80 | len(said)]) + mask + bytes(byte ^ mask[n % 4] for n, byte in enumerate(said))


Parts = list[bytes]
"""Of a request: each but the first is sent when something came back for the one before it."""

STREAMS: list[Callable[[], Parts]] = [
    lambda: [http_request("/v1/tts/generate", ASK | {"stream": True})],
    lambda: [http_request("/v1/tts/sse", ASK)],
    lambda: [socket_request(), socket_message(ASK | {"type": "speak"})],
]
OTHERS: list[Callable[[], Parts]] = [
    lambda: [http_request("/v1/tts/generate", ASK)],
    lambda: [http_request("/v1/tts/generate", ASK | {"stream": True, "format": "mp3"})],
]


class Rude:
    """A bare connection that does as it likes."""

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
        """At any point: in the request, before the answer, in its header, in the sound, between two blocks."""
        chance, parts = self._chance, self._chance.choice(STREAMS + OTHERS)()
        point = chance.choice(["request", "unanswered", "header", "sound", "between"])
        client = await self.open()
        try:
            await self._ask(client, [parts[0][: chance.randrange(len(parts[0]))]] if point == "request" else parts)
            with suppress(TimeoutError):  # of a whole file nothing comes
                async with asyncio.timeout(PATIENCE_S):
                    if point == "header":
                        await self._loop.sock_recv(client, chance.randrange(1, 200))
                    elif point in ("sound", "between"):
                        await self._read(client, chance.randrange(400, 20_000))
            if point != "sound":
                await asyncio.sleep(chance.uniform(0, 0.05))
            if chance.random() < 0.5:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        except ConnectionError:
            pass  # the server was quicker
        finally:
            client.close()

    async def _read(self, client: socket.socket, size: int) -> None:
        while size > 0 and (data := await self._loop.sock_recv(client, min(size, 4096))):
            size -= len(data)

    async def never_read(self) -> socket.socket:
        """Hands the connection over, which somebody must close."""
        client = await self.open(window=4096)
        await self._ask(client, self._chance.choice(STREAMS)())
        return client

    async def read_slowly(self) -> int:
        """Half as fast as it is played, to the end. Returns the bytes received."""
        client, received = await self.open(), 0
        piece = SLOW_BYTES_A_SECOND // 20
        try:
            await self._ask(client, [http_request("/v1/tts/generate", SLOW_ASK)])
            while data := await self._loop.sock_recv(client, piece):
                received += len(data)
                await asyncio.sleep(len(data) / SLOW_BYTES_A_SECOND)
        finally:
            client.close()
        return received


async def polite(url: str, streams: int) -> list[float]:
    """Streams one after the other, each heard to its end: ms to the first sound."""
    async with open_server(url, key=None) as server:
        heard: list[StreamPlayback] = [
            await play_stream(over_http(server, ASK | {"seed": POLITE_SEED})) for _ in range(streams)
        ]
    return [(one.first_s or 0.0) * 1000 for one in heard]


async def while_running(work: Coroutine[None, None, None], url: str) -> list[float]:
    """What those notice who listen while this goes on."""
    running, firsts = asyncio.create_task(work), []
    while not running.done():
        for heard in await asyncio.gather(*(polite(url, 1) for _ in range(POLITE))):
            firsts += heard
    await running
    return firsts


async def play(url: str, crowd: Crowd) -> Noticed:
    rude = Rude(int(url.rsplit(":", 1)[1]), random.Random(crowd.seed))
    await polite(url, 3)
    alone_ms = await while_running(asyncio.sleep(2), url)
    never = [await rude.never_read() for _ in range(crowd.never_readers)]

    async def leave(after_s: float) -> None:
        await asyncio.sleep(after_s)
        await rude.leave()

    slow: list[int] = []

    async def crowd_around() -> None:
        chance = random.Random(crowd.seed)
        slowly = [asyncio.create_task(rude.read_slowly()) for _ in range(crowd.slow_readers)]
        await asyncio.gather(*(leave(chance.uniform(0, crowd.seconds)) for _ in range(crowd.leavers)))
        slow.extend(await asyncio.gather(*slowly))

    beside_ms = await while_running(crowd_around(), url)
    for client in never:
        client.close()
    return Noticed(alone_ms, beside_ms, slow)


def middle(values: list[float]) -> float:
    return statistics.median(values)


if __name__ == "__main__":
    noticed = asyncio.run(play(sys.argv[1], Crowd(**json.loads(sys.argv[2]))))
    sys.stdout.write(json.dumps(asdict(noticed)))
