"""One connection of a Wyoming client."""

import asyncio
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass

from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.event import Event
from wyoming.info import Describe
from wyoming.ping import Ping, Pong
from wyoming.server import AsyncEventHandler
from wyoming.tts import Synthesize, SynthesizeChunk, SynthesizeStart, SynthesizeStop, SynthesizeStopped, SynthesizeVoice

from api.cli.client.server import Server
from api.cli.wyoming.speech import CHANNELS, RATE, WIDTH, Speech, open_speech
from api.cli.wyoming.voices import info, speaker_of
from shared.errors import CommandFailed
from shared.logging import get_logger

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Bridge:
    """State that all connections share: the service, and the voice of requests that name none."""

    server: Server
    speaker: str | None


class SpeechHandler(AsyncEventHandler):
    """Answer `describe`, `synthesize` and streamed text. One speech at a time; a client that leaves stops it."""

    def __init__(self, bridge: Bridge, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        super().__init__(reader, writer)
        self._bridge = bridge
        self._speech: Speech | None = None  # whose text arrives in pieces
        self._sending: asyncio.Task[None] | None = None
        self._resources = AsyncExitStack()

    async def run(self) -> None:
        """Serve the connection. A client that leaves within an event is no fault of this program."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await super().run()

    async def handle_event(self, event: Event) -> bool:
        """Answer one event; unknown ones are ignored, as the protocol asks. Return whether to go on."""
        try:
            await self._handle(event)
        except CommandFailed as failure:
            await self._close_speech()
            await self._fail(failure)
        except (KeyError, TypeError, AttributeError):
            await self.write_event(Error(text=f"the event {event.type} has no valid data", code="INVALID").event())
        return True

    async def disconnect(self) -> None:
        """Stop the speech: the engine is free at once."""
        await self._close_speech()

    async def _handle(self, event: Event) -> None:
        if Describe.is_type(event.type):
            await self.write_event(info(await self._bridge.server.voices()).event())
        elif Ping.is_type(event.type):
            await self.write_event(Pong(text=Ping.from_event(event).text).event())
        elif Synthesize.is_type(event.type):
            # Clients that stream text send it again as a whole, for servers that do not stream.
            if self._speech is None:
                asked = Synthesize.from_event(event)
                speech = await self._open(asked.voice, streamed=False)
                await speech.add(asked.text)
                await speech.end()
                self._speech = None  # its text is complete
        elif SynthesizeStart.is_type(event.type):
            self._speech = await self._open(SynthesizeStart.from_event(event).voice, streamed=True)
        elif SynthesizeChunk.is_type(event.type) and self._speech:
            await self._speech.add(SynthesizeChunk.from_event(event).text)
        elif SynthesizeStop.is_type(event.type) and self._speech:
            await self._speech.end()
            self._speech = None

    async def _open(self, voice: SynthesizeVoice | None, *, streamed: bool) -> Speech:
        """Begin a speech once the one before it is sent."""
        if self._sending:
            await self._sending
        await self._close_speech()
        server = self._bridge.server
        speaker = speaker_of(voice, await server.voices(), self._bridge.speaker)
        speech = await self._resources.enter_async_context(open_speech(server, speaker))
        self._sending = asyncio.create_task(self._send(speech, streamed=streamed), name="wyoming-speech")
        return speech

    async def _send(self, speech: Speech, *, streamed: bool) -> None:
        """Send the sound of a speech to its end, or the error that ended it."""
        try:
            await self.write_event(AudioStart(rate=RATE, width=WIDTH, channels=CHANNELS).event())
            async for audio in speech.audio():
                await self.write_event(AudioChunk(rate=RATE, width=WIDTH, channels=CHANNELS, audio=audio).event())
            await self.write_event(AudioStop().event())
            if streamed:
                await self.write_event(SynthesizeStopped().event())
        except CommandFailed as failure:
            if self._speech is speech:
                self._speech = None  # the rest of its text is ignored
            await self._fail(failure)
        except ConnectionError:
            return  # the client left; `disconnect` follows

    async def _fail(self, failure: CommandFailed) -> None:
        log.warning("wyoming_failed", code=failure.code)
        with suppress(ConnectionError):
            await self.write_event(Error(text=str(failure), code=failure.code or None).event())

    async def _close_speech(self) -> None:
        sending, self._sending, self._speech = self._sending, None, None
        if sending:
            sending.cancel()
            with suppress(asyncio.CancelledError):
                await sending
        await self._resources.aclose()
