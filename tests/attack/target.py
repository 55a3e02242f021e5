"""Connections of an attacker to a running service: raw bytes, HTTP requests, WebSocket frames."""

import asyncio
import json
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import httpx
from websockets.asyncio.client import ClientConnection, connect

DOCUMENTED = {"SERVICE_UNAVAILABLE", "GENERATION_FAILED", "GENERATION_TIMEOUT", "STREAMING_ERROR"}
"""Codes of a 5xx answer that docs/http.md lists and a healthy service may give. An internal error is none of them."""
ANSWER_S = 0.5
"""Seconds for which an attacker reads an answer before it goes."""
UPGRADE = (
    b"GET /v1/tts/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
SPEAK = {"text": "Hello there.", "speaker": "lipakshi", "format": "pcm"}


def head(method: str, path: str, *lines: str) -> bytes:
    return "\r\n".join((f"{method} {path} HTTP/1.1", "Host: localhost", *lines, "", "")).encode("latin-1")


def frame(opcode: int, payload: bytes = b"", *, declared: int | None = None, masked: bool = True) -> bytes:
    """Return a WebSocket frame; `opcode` is its first byte, `declared` a false length."""
    size = len(payload) if declared is None else declared
    if size < 126:
        lengths = bytes([size | 0x80 * masked])
    elif size < 65536:
        lengths = bytes([126 | 0x80 * masked]) + struct.pack(">H", size)
    else:
        lengths = bytes([127 | 0x80 * masked]) + struct.pack(">Q", size)
    return bytes([opcode]) + lengths + bytes(4) * masked + payload


@dataclass
class Target:
    """The service under attack. `key` is the attacker's own."""

    port: int
    key: str
    http: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        headers = {"Authorization": f"Bearer {self.key}"}
        limits = httpx.Limits(max_connections=None)
        self.http = httpx.AsyncClient(base_url=self.url, headers=headers, timeout=30, limits=limits)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def raw(self, *pieces: bytes) -> AsyncIterator[asyncio.StreamReader]:
        """Send bytes on a connection of its own."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
            yield reader
        finally:
            writer.transport.abort()

    async def send_raw(self, *pieces: bytes, read_s: float = ANSWER_S) -> bytes:
        """Send bytes, read for `read_s` seconds or until the service closes, and reset the connection."""
        received = b""
        async with self.raw(*pieces) as reader:
            with suppress(TimeoutError):
                async with asyncio.timeout(read_s):
                    while data := await reader.read(65536):
                        received += data
        return received

    async def socket_frames(self, *frames: bytes, read_s: float = ANSWER_S) -> bytes:
        return await self.send_raw(UPGRADE, *frames, read_s=read_s)

    async def ask(self, method: str, path: str, **more: object) -> httpx.Response:
        """Send a request; an answer of 5xx is one that the reference lists."""
        answer = await self.http.request(method, path, **more)  # type: ignore[arg-type]
        if answer.status_code >= 500:
            code = json.loads(answer.content)["error"]["code"].upper()
            assert code in DOCUMENTED, (path, answer.status_code, answer.text)
        return answer

    async def speak(self, **fields: object) -> httpx.Response:
        return await self.ask("POST", "/v1/tts/generate", content=json.dumps(SPEAK | fields).encode())

    async def leave(self, **fields: object) -> None:
        """Ask for a stream and leave after its first piece."""
        with suppress(httpx.HTTPError):
            async with self.http.stream("POST", "/v1/tts/generate", json=SPEAK | {"stream": True} | fields) as answer:
                async for _ in answer.aiter_raw():
                    return

    @asynccontextmanager
    async def socket(self, **headers: str) -> AsyncIterator[ClientConnection]:
        """Open a WebSocket with the attacker's key."""
        address = f"ws://127.0.0.1:{self.port}/v1/tts/ws?api_key={self.key}"
        async with connect(address, additional_headers=headers, max_queue=None, close_timeout=1) as client:
            yield client

    async def talk(self, *messages: object, read_s: float = ANSWER_S) -> list[dict[str, object]]:
        """Send messages on a socket of their own; return the events that come within `read_s`."""
        events = []
        async with self.socket() as client:
            for message in messages:
                await client.send(message if isinstance(message, str | bytes) else json.dumps(message))
            with suppress(TimeoutError):
                async with asyncio.timeout(read_s):
                    async for received in client:
                        if isinstance(received, str):
                            assert "INTERNAL_ERROR" not in received, received
                            events.append(json.loads(received))
        return events
