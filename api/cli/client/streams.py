"""Client side of the three transports: a stream of speech as messages with their arrival times."""

import base64
import json
import struct
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from api.cli.client.answers import (
    MAX_BYTES,
    MAX_RATE,
    MAX_SAMPLES,
    bounded_lines,
    checked_event,
    explained,
    json_object,
    string,
    whole,
)
from api.cli.client.server import CONNECT_S, Server, check, one_line_errors, refusal
from shared.errors import CommandFailed

SAMPLE_BYTES = {"wav": 2, "pcm": 2, "pcm-f32": 4, "mulaw": 1, "mulaw-raw": 1}
"""Bytes of a sample, for the formats whose size gives their duration."""
_TAG = struct.Struct("<II")


@dataclass(frozen=True, slots=True)
class Received:
    """One message of a stream: `start`, `audio` and other kinds of the transport, and `end`, which may have `seconds`.

    A file's `header` may arrive on its own, before any sound. `at` is perf_counter's. `begins_s` is the position of
    this message in the sound, if the transport gives it.
    """

    at: float
    kind: str
    audio: bytes = b""
    begins_s: float | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)


ReceivedStream = AsyncGenerator[Received, None]
RequestFields = Mapping[str, object]
"""Fields of `POST /v1/tts/generate`."""


async def over_http(server: Server, request: RequestFields) -> ReceivedStream:
    """Request a chunked body. Positions in the sound are known for uncompressed formats. Raises CommandFailed."""
    with one_line_errors(server.url):
        async with server.http.stream("POST", "/v1/tts/generate", json={**request, "stream": True}) as answer:
            await check(answer)
            format, given = string(answer.headers, "x-format"), int(answer.headers.get("x-sample-rate", ""))
            fields: dict[str, object] = {"format": format, "sample_rate": given}
            rate = whole(fields, "sample_rate", least=1, most=MAX_RATE)
            yield Received(time.perf_counter(), "start", fields=fields | dict(answer.headers))
            bytes_per_s = SAMPLE_BYTES.get(format, 0) * rate
            size = 0
            async for body in answer.aiter_raw():
                sound = len(body if size else sound_bytes(body))
                begins_s = size / bytes_per_s if bytes_per_s else None
                yield Received(time.perf_counter(), "audio" if sound else "header", body, begins_s)
                size += sound
            fields = {"seconds": size / bytes_per_s} if bytes_per_s else {}
            yield Received(time.perf_counter(), "end", fields=fields)


def sound_bytes(body: bytes) -> bytes:
    """Return the bytes without the header of a WAV file."""
    return body[body.index(b"data") + 8 :] if body.startswith(b"RIFF") else body


async def over_sse(server: Server, request: RequestFields) -> ReceivedStream:
    """Request Server-Sent Events. Raises CommandFailed."""
    rate, samples, ended = 0, 0, False
    with one_line_errors(server.url):
        async with server.http.stream("POST", "/v1/tts/sse", json=dict(request)) as answer:
            await check(answer)
            async for line in bounded_lines(answer.aiter_bytes()):
                if not line.startswith("data: "):
                    continue
                message = _event(json_object(line.removeprefix("data: ")))
                if message.kind == "audio":
                    sound = base64.b64decode(string(message.fields, "audio"), validate=True)
                    fields = {name: value for name, value in message.fields.items() if name != "audio"}
                    yield Received(message.at, "audio", sound, _position_s(samples, rate), fields)
                    samples += whole(message.fields, "samples", least=0, most=MAX_SAMPLES)
                    continue
                if message.kind == "start":
                    rate = message.fields["sample_rate"]
                ended = message.kind == "end"
                yield message
    if not ended:
        raise _ended_early(server)


async def open_socket(server: Server) -> ClientConnection:
    """Open a WebSocket to the server, for the caller to close. Raises CommandFailed where no server answers."""
    url = f"ws{server.url.removeprefix('http')}/v1/tts/ws"
    try:
        return await connect(url, additional_headers=server.headers, open_timeout=CONNECT_S, max_size=MAX_BYTES)
    except (OSError, TimeoutError):
        raise CommandFailed(f"no server answers at {server.url}; `veena3 serve` starts one") from None


async def over_websocket(server: Server, request: RequestFields) -> ReceivedStream:
    """Open a WebSocket for this request, with tagged frames. Raises CommandFailed."""
    rate, ended = 0, False
    with one_line_errors(server.url):
        async with await open_socket(server) as socket:
            await socket.send(json.dumps({**request, "type": "speak", "framing": "tagged"}))
            await socket.send('{"type": "end"}')
            async for data in socket:
                if isinstance(data, bytes):
                    if len(data) < _TAG.size:
                        raise ValueError("a frame without its tag")
                    _, first = _TAG.unpack_from(data)
                    yield Received(time.perf_counter(), "audio", data[_TAG.size :], _position_s(first, rate))
                    continue
                message = _event(json_object(data))
                if message.kind == "start":
                    rate = message.fields["sample_rate"]
                ended |= message.kind == "end"
                yield message
    if not ended:
        raise _ended_early(server)


def _position_s(samples: int, rate: int) -> float:
    """Return a position in the sound in seconds. Raises ValueError for sound before its `start`."""
    if not rate or samples > MAX_SAMPLES:
        raise ValueError("no position")
    return samples / rate


def _ended_early(server: Server) -> CommandFailed:
    return CommandFailed(f"{server.url} ended its events too early", code="BROKEN_OFF")


def _event(fields: dict[str, Any]) -> Received:
    """Return an event as a message. Raises CommandFailed for an error event, ValueError for one that is none."""
    if (kind := checked_event(fields)) == "error":
        raise refusal(*explained(fields))
    return Received(time.perf_counter(), kind, fields=fields)


class Transport(StrEnum):
    """Transports that a client can choose."""

    HTTP = "http"
    SSE = "sse"
    WEBSOCKET = "ws"


STREAMS: dict[Transport, Callable[[Server, RequestFields], ReceivedStream]] = {
    Transport.HTTP: over_http,
    Transport.SSE: over_sse,
    Transport.WEBSOCKET: over_websocket,
}
