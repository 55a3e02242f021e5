"""OpenAI TTS of a Pipecat pipeline with the service at URL: `pipecat_agent.py URL`. Prints its measurements as JSON."""

import asyncio
import json
import sys
import time

import numpy as np
from pipecat.frames.frames import EndFrame, ErrorFrame, Frame, TTSAudioRawFrame, TTSSpeakFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.openai.tts import OpenAITTSService
from pipecat.workers.runner import WorkerRunner

TEXTS = ["Hello, this is the demo voice.", "It speaks to a Pipecat agent."]


class AudioSink(FrameProcessor):
    """End of the pipeline: keeps the audio."""

    def __init__(self) -> None:
        super().__init__()
        self.sound, self.rate, self.frames, self.first = b"", 0, 0, 0.0

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, TTSAudioRawFrame):
            self.first = self.first or time.perf_counter()
            self.sound, self.rate, self.frames = self.sound + frame.audio, frame.sample_rate, self.frames + 1
        assert not isinstance(frame, ErrorFrame), frame.error
        await self.push_frame(frame, direction)


async def hear(url: str, voice: str) -> dict[str, object]:
    settings = OpenAITTSService.Settings(voice=voice)
    speaker, sink = OpenAITTSService(base_url=f"{url}/v1", api_key="none", settings=settings), AudioSink()
    worker = PipelineWorker(Pipeline([speaker, sink]))
    begun = time.perf_counter()
    await worker.queue_frames([*(TTSSpeakFrame(text) for text in TEXTS), EndFrame()])
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await runner.run()
    samples = np.frombuffer(sink.sound, "<i2")
    return {
        **{"rate": sink.rate, "seconds": len(samples) / sink.rate, "frames": sink.frames},
        **{"peak": int(np.abs(samples).max()), "first_s": round(sink.first - begun, 3)},
    }


async def main(url: str) -> None:
    json.dump([await hear(url, voice) for voice in ("alloy", "onyx")], sys.stdout)


asyncio.run(main(sys.argv[1]))
