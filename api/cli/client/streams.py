"""The three transports as commands choose them: a stream of speech as events with their arrival times."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from enum import StrEnum
from functools import partial
from typing import Any, cast

from api.cli.client.server import Server, command_failures
from veena3_client import Event, SpeechOptions
from veena3_client import Transport as TransportName

ReceivedStream = AsyncGenerator[Event, None]
RequestFields = Mapping[str, object]
"""Fields of `POST /v1/tts/generate`."""


class Transport(StrEnum):
    """Transports that a client can choose."""

    HTTP = "http"
    SSE = "sse"
    WEBSOCKET = "ws"


_NAMES: dict[Transport, TransportName] = {
    Transport.HTTP: "http",
    Transport.SSE: "sse",
    Transport.WEBSOCKET: "websocket",
}


async def _over(transport: Transport, server: Server, request: RequestFields) -> ReceivedStream:
    """Request speech over a transport, and yield its events. Raises CommandFailed."""
    fields: dict[str, Any] = dict(request)
    text, speaker = fields.pop("text"), fields.pop("speaker")
    with command_failures():
        options = cast(SpeechOptions, fields)
        stream = server.client.tts.stream(text, speaker=speaker, transport=_NAMES[transport], **options)
        async with aclosing(stream.events()) as events:
            async for event in events:
                yield event


STREAMS: dict[Transport, Callable[[Server, RequestFields], ReceivedStream]] = {
    transport: partial(_over, transport) for transport in Transport
}
over_http = STREAMS[Transport.HTTP]
