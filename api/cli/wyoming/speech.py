"""Speech of one Wyoming request through the service's WebSocket, while its text may still arrive."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.cli.client.server import Server, command_failures
from veena3_client import AsyncSpeechContext, AsyncSpeechSocket

RATE = 16_000
"""Sample rate of the speech in Hz: the model's own. Home Assistant converts it for each of its players."""
WIDTH, CHANNELS = 2, 1
"""Bytes of a sample, and channels."""


class Speech:
    """Open speech: `add` gives the next piece of its text, `end` its end, `audio` yields the sound."""

    def __init__(self, socket: AsyncSpeechSocket, context: AsyncSpeechContext) -> None:
        self._socket, self._context = socket, context

    async def add(self, text: str) -> None:
        """Send the next piece of the text. Raises CommandFailed."""
        with command_failures():
            await self._context.send(text)

    async def end(self) -> None:
        """Send the end of the text, after which the server closes the socket. Raises CommandFailed."""
        with command_failures():
            await self._socket.end()

    async def audio(self) -> AsyncIterator[bytes]:
        """Yield the sound as it arrives, then close the socket. Raises CommandFailed, also for a refusal."""
        with command_failures():
            async for audio in self._context.audio():
                yield audio
            await self._socket.close()


@asynccontextmanager
async def open_speech(server: Server, speaker: str) -> AsyncIterator[Speech]:
    """Open the socket of one speech. When the context exits, the engine is free. Raises CommandFailed."""
    with command_failures():
        async with server.client.tts.websocket() as socket:
            yield Speech(socket, socket.context(speaker=speaker, sample_rate=RATE))
