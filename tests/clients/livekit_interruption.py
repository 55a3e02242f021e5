"""Barge-in of a LiveKit agent: `livekit_interruption.py URL KEY elevenlabs|cartesia SECONDS…`.

The agent speaks a text to its end, then again, and is interrupted after each of SECONDS of playback. Prints what
LiveKit keeps as said, and the words with their times as LiveKit's plugin read them.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterable

import aiohttp
from livekit import rtc
from livekit.agents import Agent, AgentSession, ModelSettings, tts
from livekit.agents.types import USERDATA_TIMED_TRANSCRIPT
from livekit.agents.utils import http_context
from livekit.agents.voice.io import AudioOutput, AudioOutputCapabilities, TextOutput
from livekit.agents.voice.transcription import TranscriptSynchronizer
from livekit.plugins import cartesia, elevenlabs
from turns import INTERRUPTED


class Loudspeaker(AudioOutput):
    """Output that plays in real time, and reports how far it came."""

    def __init__(self) -> None:
        super().__init__(label="loudspeaker", capabilities=AudioOutputCapabilities(pause=False))
        self.begun: float | None = None
        self.seconds = 0.0
        self.started = asyncio.Event()
        self._end: asyncio.Task[None] | None = None

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await super().capture_frame(frame)
        if self.begun is None:
            self.begun, self.seconds = time.time(), 0.0
            self.on_playback_started(created_at=self.begun)
            self.started.set()
        self.seconds += frame.duration

    def flush(self) -> None:
        super().flush()
        if self.begun is not None:
            self._end = asyncio.create_task(self._play_out(self.begun + self.seconds - time.time()))

    async def _play_out(self, left_s: float) -> None:
        await asyncio.sleep(left_s)
        self._finish(interrupted=False)

    def clear_buffer(self) -> None:
        if self.begun is not None:
            if self._end:
                self._end.cancel()
            self._finish(interrupted=True)

    def _finish(self, *, interrupted: bool) -> None:
        played_s = min(self.seconds, time.time() - self.begun)
        self.begun = None
        self.on_playback_finished(playback_position=played_s, interrupted=interrupted)


class Transcript(TextOutput):
    """Captions as a room would get them."""

    def __init__(self) -> None:
        super().__init__(label="transcript", next_in_chain=None)
        self.text = ""

    async def capture_text(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        pass


def plugin(kind: str, url: str, key: str, http: aiohttp.ClientSession) -> tts.TTS:
    if kind == "cartesia":
        return cartesia.TTS(voice="lipakshi", base_url=url, api_key=key, sample_rate=16_000, http_session=http)
    options = {"voice_id": "lipakshi", "base_url": f"{url}/v1", "api_key": key, "encoding": "pcm_16000"}
    return elevenlabs.TTS(http_session=http, **options)


class Speaker(Agent):
    """Agent that notes the words that its voice tells."""

    def __init__(self) -> None:
        super().__init__(instructions="")
        self.words: list[tuple[str, float, float]] = []

    async def tts_node(self, text: AsyncIterable[str], model_settings: ModelSettings) -> AsyncIterable[rtc.AudioFrame]:
        async for frame in Agent.default.tts_node(self, text, model_settings):
            timed = frame.userdata.get(USERDATA_TIMED_TRANSCRIPT, [])
            self.words += [(str(word), word.start_time, word.end_time) for word in timed]
            yield frame


async def say(speaker: tts.TTS, after_s: float | None) -> dict[str, object]:
    loudspeaker, transcript = Loudspeaker(), Transcript()
    synchronizer = TranscriptSynchronizer(next_in_chain_audio=loudspeaker, next_in_chain_text=transcript)
    session = AgentSession(tts=speaker, use_tts_aligned_transcript=True)
    session.output.audio, session.output.transcription = synchronizer.audio_output, synchronizer.text_output
    agent = Speaker()
    await session.start(agent)
    speech = session.say(INTERRUPTED)
    if after_s is not None:
        await loudspeaker.started.wait()
        await asyncio.sleep(loudspeaker.begun + after_s - time.time())
        await session.interrupt()
    await speech.wait_for_playout()
    message = next(item for item in session.history.items if item.type == "message" and item.role == "assistant")
    told = {"said": message.text_content, "interrupted": message.interrupted, "captions": transcript.text}
    told |= {"words": agent.words}
    await session.aclose()
    await synchronizer.aclose()
    return told


async def main(url: str, key: str, kind: str, *after: str) -> None:
    async with http_context.open(), aiohttp.ClientSession() as http:
        speaker = plugin(kind, url, key, http)
        turns = [await say(speaker, None), *[await say(speaker, float(after_s)) for after_s in after]]
        json.dump({"turns": turns}, sys.stdout)
        await speaker.aclose()


asyncio.run(main(*sys.argv[1:]))
