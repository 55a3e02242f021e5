"""Speech of one Wyoming request through the service's WebSocket, while its text may still arrive."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection

from api.cli.client.answers import checked_event, explained, json_object
from api.cli.client.server import Server, one_line_errors, refusal
from api.cli.client.streams import open_socket

RATE = 16_000
"""Sample rate of the speech in Hz: the model's own. Home Assistant converts it for each of its players."""
WIDTH, CHANNELS = 2, 1
"""Bytes of a sample, and channels."""
CONTEXT = "wyoming"


class Speech:
    """Open speech: `add` gives the next piece of its text, `end` its end, `audio` yields the sound."""

    def __init__(self, server: Server, socket: ClientConnection, speaker: str) -> None:
        self._server, self._socket = server, socket
        self._options: dict[str, Any] = {"speaker": speaker, "format": "pcm", "sample_rate": RATE}
        self._begun = False

    async def add(self, text: str) -> None:
        """Send the next piece of the text. Raises CommandFailed."""
        options = {} if self._begun else self._options
        self._begun = True
        await self._send({"type": "text", "context_id": CONTEXT, "text": text, **options})

    async def end(self) -> None:
        """Send the end of the text, after which the server closes the socket. Raises CommandFailed."""
        await self._send({"type": "end"})

    async def audio(self) -> AsyncIterator[bytes]:
        """Yield the sound as it arrives. Raises CommandFailed, also for a refusal of the server."""
        with one_line_errors(self._server.url):
            async for data in self._socket:
                if isinstance(data, bytes):
                    yield data
                    continue
                fields = json_object(data)
                if checked_event(fields) == "error":
                    raise refusal(*explained(fields))

    async def _send(self, message: dict[str, Any]) -> None:
        with one_line_errors(self._server.url):
            await self._socket.send(json.dumps(message))


@asynccontextmanager
async def open_speech(server: Server, speaker: str) -> AsyncIterator[Speech]:
    """Open the socket of one speech. When the context exits, the engine is free. Raises CommandFailed."""
    with one_line_errors(server.url):
        socket = await open_socket(server)
    try:
        yield Speech(server, socket, speaker)
    finally:
        await socket.close()
