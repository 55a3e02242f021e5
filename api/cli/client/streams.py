"""Speech over each transport, as messages with the time at which they came."""

import base64
import json
import struct
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from websockets.asyncio.client import connect

from api.cli.client.server import CONNECT_S, Server, check, one_line_errors, refusal
from shared.errors import CommandFailed

SAMPLE_BYTES = {"wav": 2, "pcm": 2, "mulaw": 1}  # of formats whose bytes say how long they sound
_TAG = struct.Struct("<II")


@dataclass(frozen=True, slots=True)
class Received:
    """One message: `start`, then `audio`, and others that the transport has, and `end`, which may tell the `seconds`.

    A file's `header` may come on its own, before any sound. `at` is perf_counter's. `begins_s`: where in the sound this
    piece begins, where the transport lets one know.
    """

    at: float
    kind: str
    audio: bytes = b""
    begins_s: float | None = None
    told: Mapping[str, Any] = field(default_factory=dict)


Stream = AsyncGenerator[Received, None]
Ask = Mapping[str, object]
"""The fields of `POST /v1/tts/generate`."""


async def over_http(server: Server, ask: Ask) -> Stream:
    """A chunked body. Where a piece lies in the sound is known of uncompressed formats. Raises CommandFailed."""
    with one_line_errors(server.url):
        async with server.http.stream("POST", "/v1/tts/generate", json={**ask, "stream": True}) as answer:
            await check(answer)
            format, rate = answer.headers["x-format"], int(answer.headers["x-sample-rate"])
            told: dict[str, object] = {"format": format, "sample_rate": rate}
            yield Received(time.perf_counter(), "start", told=told | dict(answer.headers))
            bytes_a_second = SAMPLE_BYTES.get(format, 0) * rate
            size = 0
            async for piece in answer.aiter_raw():
                sound = len(piece if size else sound_bytes(piece))
                begins_s = size / bytes_a_second if bytes_a_second else None
                yield Received(time.perf_counter(), "audio" if sound else "header", piece, begins_s)
                size += sound
            told = {"seconds": size / bytes_a_second} if bytes_a_second else {}
            yield Received(time.perf_counter(), "end", told=told)


def sound_bytes(piece: bytes) -> bytes:
    """Without the header of a WAV file."""
    return piece[piece.index(b"data") + 8 :] if piece.startswith(b"RIFF") else piece


async def over_sse(server: Server, ask: Ask) -> Stream:
    """Server-Sent Events. Raises CommandFailed."""
    rate, samples = 0, 0
    with one_line_errors(server.url):
        async with server.http.stream("POST", "/v1/tts/sse", json=dict(ask)) as answer:
            await check(answer)
            async for line in answer.aiter_lines():
                if not line.startswith("data: "):
                    continue
                message = _event(json.loads(line.removeprefix("data: ")))
                if message.kind == "audio":
                    sound = base64.b64decode(message.told["audio"])
                    told = {name: value for name, value in message.told.items() if name != "audio"}
                    yield Received(message.at, "audio", sound, samples / rate, told)
                    samples += message.told["samples"]
                    continue
                rate = message.told.get("sample_rate", rate)
                yield message
    if message.kind != "end":
        raise CommandFailed(f"{server.url} ended its events too early", code="BROKEN_OFF")


async def over_websocket(server: Server, ask: Ask) -> Stream:
    """A WebSocket of its own, with tagged frames. Raises CommandFailed."""
    url, rate = f"ws{server.url.removeprefix('http')}/v1/tts/ws", 0
    with one_line_errors(server.url):
        try:
            opening = connect(url, additional_headers=server.headers, open_timeout=CONNECT_S, max_size=None)
            socket = await opening
        except (OSError, TimeoutError):
            raise CommandFailed(f"no server answers at {server.url}; `veena3 serve` starts one") from None
        async with socket:
            await socket.send(json.dumps({**ask, "type": "speak", "framing": "tagged"}))
            await socket.send('{"type": "end"}')
            async for data in socket:
                if isinstance(data, bytes):
                    _, first = _TAG.unpack_from(data)
                    yield Received(time.perf_counter(), "audio", data[_TAG.size :], first / rate)
                    continue
                message = _event(json.loads(data))
                rate = message.told.get("sample_rate", rate)
                yield message


def _event(told: dict[str, Any]) -> Received:
    """Raises CommandFailed for an error that is told."""
    if told["type"] == "error":
        raise refusal(told["error"]["code"], told["error"]["message"])
    return Received(time.perf_counter(), told["type"], told=told)


class Transport(StrEnum):
    HTTP = "http"
    SSE = "sse"
    WEBSOCKET = "ws"


STREAMS: dict[Transport, Callable[[Server, Ask], Stream]] = {
    Transport.HTTP: over_http,
    Transport.SSE: over_sse,
    Transport.WEBSOCKET: over_websocket,
}
