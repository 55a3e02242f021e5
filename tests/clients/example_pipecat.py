"""The Pipecat bot of examples/ without a sound card: `example_pipecat.py EXAMPLES`. Prints its measurements as JSON."""

import asyncio
import sys

from pipecat.frames.frames import EndFrame, TTSSpeakFrame
from pipecat.pipeline.worker import PipelineWorker
from pipecat.workers.runner import WorkerRunner
from pipecat_turns import WITHIN_S, AudioSink
from turns import Told


async def main(examples: str) -> None:
    sys.path.insert(0, examples)
    import pipecat_bot

    told, sink = Told(), AudioSink()
    worker = PipelineWorker(pipecat_bot.open_pipeline(sink))
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run())
    for speak in (
        lambda: worker.queue_frames([TTSSpeakFrame("Hello, how can I help you?")]),
        lambda: pipecat_bot.ask(worker, "What is the time?"),
    ):
        sink.stopped.clear()
        sink.turn = told.turn()
        await speak()
        await asyncio.wait_for(sink.stopped.wait(), WITHIN_S)
    await worker.queue_frames([EndFrame()])
    await asyncio.wait_for(running, WITHIN_S)
    told.more = {"errors": sink.errors}
    told.print()


asyncio.run(main(*sys.argv[1:]))
