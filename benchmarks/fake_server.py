"""Server with an engine and a codec that need no CPU time, to measure the service's own work.

`python -m benchmarks.fake_server CHECKPOINT PACE` prints its port.
"""

import asyncio
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from api.app import create_app
from api.server import Server
from benchmarks.policies import UnboundedHeadroom
from core.checkpoint.reading import open_checkpoint
from core.cloning.worker import no_cloning
from core.forms.memory import Choice
from core.scheduling.device_worker import BatchedWork, DeviceWorker
from core.scheduling.scheduler import StreamScheduler
from core.text_worker import TextWorker
from services.runtime import Runtime, build_pipeline, kept_for_good
from services.sound import device_worker
from shared.config import Settings
from shared.logging import configure_logging
from shared.types import Finish, Pcm, Prompt, Samples, TokenDelta, Window

TOKENS = 1000
"""Length of every answer: 20 s of sound."""
FIRST, DELTA = 60, 10
"""Tokens of the first delta, which fill the first window, and of each later one."""
RATE, HOP = 16_000, 320


class FreeEngine:
    """Engine that answers every prompt with the same tokens, `pace` times as fast as real time; 0: at once.

    The tokens vary, because a model that repeats itself is stopped.
    """

    name = "free"
    unfinished = 0

    def __init__(self, first: int, *, pace: float) -> None:
        codes = np.random.default_rng(0).integers(first, first + 8, TOKENS).tolist()
        edges = [0, *range(FIRST, TOKENS, DELTA), TOKENS]
        self._deltas = [TokenDelta(tuple(codes[start:end])) for start, end in pairwise(edges)]
        self._delta_s = DELTA * HOP / RATE / pace if pace else 0.0

    async def stream(self, prompt: Prompt) -> AsyncGenerator[TokenDelta, None]:
        """Yield the tokens at their pace."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        for delta in self._deltas:
            yield delta
            due += self._delta_s
            await asyncio.sleep(max(0.0, due - loop.time()))
        yield TokenDelta((), Finish.STOP)

    def check_health(self) -> None:
        """Do nothing: this engine does not fail."""


class FreeCodec:
    """Codec that returns noise of the right length, through a real device worker."""

    rate, hop, context_left, context_right = RATE, HOP, 67, 67
    choice = Choice("eager", 1, "no arithmetic")

    def __init__(self, worker: DeviceWorker) -> None:
        self._noise = np.random.default_rng(0).uniform(-0.5, 0.5, 1000 * HOP).astype(np.float32)
        self._work: BatchedWork[Window, Samples] = BatchedWork(worker, self._decode)
        self.costs = self._work.costs

    async def decode(self, window: Window, *, deadline: float, patient: bool = False) -> Pcm:
        """Return noise as long as the window's kept tokens."""
        work = self._work(window, shape=window.shape, size=window.keep, deadline=deadline, patient=patient)
        return Pcm(await work, RATE)

    def _decode(self, windows: Sequence[Window]) -> list[Samples]:
        return [self._noise[: window.keep * HOP] for window in windows]

    def check_health(self) -> None:
        """Do nothing: this codec does not fail."""


def main() -> None:
    configure_logging("WARNING")
    opened = open_checkpoint(Path(sys.argv[1]))
    checkpoint = replace(opened, voices=tuple(replace(voice, global_tokens=(0,) * 32) for voice in opened.voices))
    engine = FreeEngine(checkpoint.vocabulary.semantics.first, pace=float(sys.argv[2]))

    @asynccontextmanager
    async def open_free_runtime(settings: Settings) -> AsyncIterator[Runtime]:
        with closing(device_worker(settings, threads=1)) as worker, closing(TextWorker()) as texts:
            codec = FreeCodec(worker)
            # The benchmark measures the cost of a given number of streams; admission must not reduce it.
            scheduler = StreamScheduler(UnboundedHeadroom(min_headroom_s=0))
            pipeline = build_pipeline(settings, checkpoint, engine, codec, None, texts=texts)
            pipeline = replace(pipeline, scheduler=scheduler)
            with kept_for_good():
                yield Runtime(checkpoint, engine, codec, pipeline, no_cloning(), gpu=None, load_s=0.0)

    async def serve() -> None:
        settings = Settings(max_running=512, log_level="WARNING", auth_bypass_mode=True, database_url="sqlite://")
        app = create_app(settings, open_free_runtime)
        server = Server(app, settings, port=0, drain_s=1)
        serving = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        print(server.servers[0].sockets[0].getsockname()[1], flush=True)
        await serving

    asyncio.run(serve())


if __name__ == "__main__":
    main()
