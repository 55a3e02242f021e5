"""A Pipecat pipeline of one speech service: two turns, a turn that is interrupted, and one more."""

import asyncio

from pipecat.frames.frames import (
    EndFrame,
    ErrorFrame,
    Frame,
    InterruptionFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSStoppedFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.tts_service import TTSService
from pipecat.workers.runner import WorkerRunner
from turns import LONG, TEXTS, Told, Turn

WITHIN_S = 20


class AudioSink(FrameProcessor):
    """End of the pipeline: the current turn's sound, the ends of turns, and errors."""

    def __init__(self) -> None:
        super().__init__()
        self.turn, self.sound, self.stopped, self.errors = Turn(), asyncio.Event(), asyncio.Event(), []

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, TTSAudioRawFrame):
            self.turn.hear(frame.audio)
            self.sound.set()
        elif isinstance(frame, TTSStoppedFrame):
            self.stopped.set()
        elif isinstance(frame, ErrorFrame):
            self.errors.append(frame.error)
        await self.push_frame(frame, direction)


async def speak_in_turns(speaker: TTSService, told: Told, *, interrupted: bool = True) -> None:
    """Speak; a service that takes whole answers only cannot be `interrupted` after its first audio."""
    sink = AudioSink()
    worker = PipelineWorker(Pipeline([speaker, sink]))
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run())

    async def speak(text: str, event: asyncio.Event) -> None:
        event.clear()
        sink.turn = told.turn()
        await worker.queue_frames([TTSSpeakFrame(text)])
        await asyncio.wait_for(event.wait(), WITHIN_S)

    for text in TEXTS:
        await speak(text, sink.stopped)
    if interrupted:
        await speak(LONG[:4000], sink.sound)  # OpenAI takes 4096 characters
        told.turns.pop()
        told.interrupt()
        await worker.queue_frames([InterruptionFrame()])
        await asyncio.sleep(1)
    await speak(TEXTS[0], sink.stopped)
    await worker.queue_frames([EndFrame()])
    await asyncio.wait_for(running, WITHIN_S)
    told.more = {"errors": sink.errors}
