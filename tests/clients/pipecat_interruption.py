"""Barge-in of a Pipecat bot: `pipecat_interruption.py URL KEY elevenlabs|elevenlabs-http|cartesia SECONDS…`.

The bot speaks a text and is interrupted after each of SECONDS of playback; first it speaks one to the end. Prints what
Pipecat keeps as said in the context of the language model, and the words with the seconds at which it pushed them.
"""

import asyncio
import json
import sys

import aiohttp
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    EndFrame,
    ErrorFrame,
    Frame,
    InterruptionFrame,
    OutputAudioRawFrame,
    StartFrame,
    TTSSpeakFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.cartesia.tts import CartesiaTTSService
from pipecat.services.elevenlabs.tts import ElevenLabsHttpTTSService, ElevenLabsTTSService
from pipecat.services.tts_service import TTSService
from pipecat.transports.base_output import BaseOutputTransport
from pipecat.transports.base_transport import TransportParams
from pipecat.workers.runner import WorkerRunner
from turns import INTERRUPTED

RATE = 16_000
WITHIN_S = 30


class Loudspeaker(BaseOutputTransport):
    """Pipecat's own output, which plays in real time."""

    def __init__(self) -> None:
        super().__init__(TransportParams(audio_out_enabled=True, audio_out_sample_rate=RATE))

    async def start(self, frame: StartFrame) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)

    async def write_audio_frame(self, frame: OutputAudioRawFrame) -> bool:
        await asyncio.sleep(len(frame.audio) / 2 / RATE)
        return True


class Watch(FrameProcessor):
    """Notes the words behind the loudspeaker, and the start and the end of the bot's speech."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[tuple[str, float]] = []
        self.began_at, self.errors = 0.0, []  # of the bot's speech, which the first word may precede
        self.started, self.stopped = asyncio.Event(), asyncio.Event()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        now = asyncio.get_running_loop().time()
        if isinstance(frame, BotStartedSpeakingFrame) and not self.started.is_set():
            self.began_at = now
            self.started.set()
        elif isinstance(frame, TTSTextFrame):
            self.words.append((frame.text, now))
        elif isinstance(frame, TTSStoppedFrame):
            self.stopped.set()
        elif isinstance(frame, ErrorFrame):
            self.errors.append(frame.error)
        await self.push_frame(frame, direction)


def service(kind: str, url: str, key: str, http: aiohttp.ClientSession) -> TTSService:
    address = url.replace("http", "ws", 1)
    if kind == "cartesia":
        settings = CartesiaTTSService.Settings(voice="lipakshi")
        return CartesiaTTSService(url=f"{address}/tts/websocket", api_key=key, sample_rate=RATE, settings=settings)
    if kind == "elevenlabs-http":
        settings = ElevenLabsHttpTTSService.Settings(voice="lipakshi")
        options = {"base_url": url, "api_key": key, "sample_rate": RATE, "settings": settings}
        return ElevenLabsHttpTTSService(aiohttp_session=http, **options)
    settings = ElevenLabsTTSService.Settings(voice="lipakshi")
    return ElevenLabsTTSService(url=address, api_key=key, sample_rate=RATE, settings=settings)


async def say(speaker: TTSService, after_s: float | None) -> dict[str, object]:
    context, watch = LLMContext([]), Watch()
    pair = LLMContextAggregatorPair(context)
    worker = PipelineWorker(Pipeline([pair.user(), speaker, Loudspeaker(), watch, pair.assistant()]))
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run())
    await worker.queue_frames([TTSSpeakFrame(INTERRUPTED, append_to_context=True)])
    await asyncio.wait_for(watch.started.wait(), WITHIN_S)
    if after_s is None:
        await asyncio.wait_for(watch.stopped.wait(), WITHIN_S)
    else:
        await asyncio.sleep(watch.began_at + after_s - asyncio.get_running_loop().time())
        after_s = asyncio.get_running_loop().time() - watch.began_at
        await worker.queue_frames([InterruptionFrame()])
        await asyncio.sleep(1)
    await worker.queue_frames([EndFrame()])
    await asyncio.wait_for(running, WITHIN_S)
    said = [message["content"] for message in context.get_messages() if message["role"] == "assistant"]
    words = [(word, round(at - watch.began_at, 3)) for word, at in watch.words]
    return {"said": " ".join(said), "words": words, "errors": watch.errors, "interrupted_s": after_s}


async def main(url: str, key: str, kind: str, *after: str) -> None:
    async with aiohttp.ClientSession() as http:
        turns = [await say(service(kind, url, key, http), None)]
        turns += [await say(service(kind, url, key, http), float(after_s)) for after_s in after]
    json.dump({"turns": turns}, sys.stdout)


asyncio.run(main(*sys.argv[1:]))
