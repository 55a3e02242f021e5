"""A Pipecat bot that answers typed questions aloud, through Pipecat's service for ElevenLabs and another address.

pip install 'pipecat-ai[openai,elevenlabs,local]', then: OPENAI_API_KEY=… python pipecat_bot.py
OPENAI_BASE_URL names another language model that speaks OpenAI's API. For calls or browsers, replace the local
transport by one of Pipecat's, and put its input and a speech recogniser before the language model.
"""

import asyncio
import os
import sys

from pipecat.frames.frames import EndFrame, LLMMessagesAppendFrame, TTSSpeakFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.elevenlabs.tts import ElevenLabsTTSService
from pipecat.services.openai.llm import OpenAILLMService
from pipecat.workers.runner import WorkerRunner

URL = os.environ.get("VEENA3_URL", "http://127.0.0.1:8000")
KEY = os.environ.get("VEENA3_API_KEY", "none")
INSTRUCTIONS = "You are a friendly assistant. Answer in one or two short sentences, without lists."


def open_pipeline(output: FrameProcessor) -> Pipeline:
    """Return the line from a question to sound, which ends at `output`."""
    context = LLMContextAggregatorPair(LLMContext([{"role": "system", "content": INSTRUCTIONS}]))
    model = OpenAILLMService.Settings(model=os.environ.get("LLM_MODEL", "gpt-4.1-mini"))
    llm = OpenAILLMService(
        api_key=os.environ["OPENAI_API_KEY"], base_url=os.environ.get("OPENAI_BASE_URL"), settings=model
    )
    voice = ElevenLabsTTSService.Settings(voice="lipakshi")
    tts = ElevenLabsTTSService(url=URL.replace("http", "ws", 1), api_key=KEY, settings=voice)
    return Pipeline([context.user(), llm, tts, output, context.assistant()])


async def ask(worker: PipelineWorker, question: str) -> None:
    """Let the bot answer a question aloud."""
    message = {"role": "user", "content": question}
    await worker.queue_frames([LLMMessagesAppendFrame([message], run_llm=True)])


async def main() -> None:
    """Answer each line of the terminal until its end."""
    from pipecat.transports.local.audio import LocalAudioTransport, LocalAudioTransportParams

    worker = PipelineWorker(
        open_pipeline(LocalAudioTransport(LocalAudioTransportParams(audio_out_enabled=True)).output())
    )
    runner = WorkerRunner()
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run())
    await worker.queue_frames([TTSSpeakFrame("Hello, how can I help you?")])
    while question := await asyncio.to_thread(sys.stdin.readline):
        await ask(worker, question)
    await worker.queue_frames([EndFrame()])
    await running


if __name__ == "__main__":
    asyncio.run(main())
