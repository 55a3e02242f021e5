"""A server whose engine and codec cost nothing, so that what remains is the service's own work.

`python -m benchmarks.fake_server CHECKPOINT` prints its port.
"""

import asyncio
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import uvicorn

from api.app import create_app
from core.batching import Times
from core.checkpoint.reading import open_checkpoint
from services.runtime import Runtime, build_pipeline
from shared.config import Settings
from shared.logging import configure_logging
from shared.types import Finish, Pcm, Prompt, TokenDelta, Window

TOKENS = 1000  # 20 s of sound
DELTA = 10
RATE, HOP = 16_000, 320


class FreeEngine:
    """The same tokens at once, whatever is asked; varied, for a model that repeats itself is stopped."""

    name = "free"
    unfinished = 0

    def __init__(self, first: int) -> None:
        codes = np.random.default_rng(0).integers(first, first + 8, TOKENS).tolist()
        self._deltas = [TokenDelta(tuple(codes[at : at + DELTA])) for at in range(0, TOKENS, DELTA)]

    async def stream(self, prompt: Prompt) -> AsyncGenerator[TokenDelta, None]:
        for delta in self._deltas:
            await asyncio.sleep(0)
            yield delta
        yield TokenDelta((), Finish.STOP)

    def check_health(self) -> None:
        pass


class FreeCodec:
    """A piece of one long noise."""

    rate, hop, context_left, context_right = RATE, HOP, 67, 67

    def __init__(self) -> None:
        self.times = Times()
        self._noise = np.random.default_rng(0).uniform(-0.5, 0.5, 1000 * HOP).astype(np.float32)

    async def decode(self, window: Window, *, due: float) -> Pcm:
        await asyncio.sleep(0)
        return Pcm(self._noise[: window.keep * HOP], RATE)

    def check_health(self) -> None:
        pass


def main() -> None:
    configure_logging("WARNING")
    opened = open_checkpoint(Path(sys.argv[1]))
    checkpoint = replace(opened, voices=tuple(replace(voice, global_tokens=(0,) * 32) for voice in opened.voices))
    engine, codec = FreeEngine(checkpoint.vocabulary.semantics.first), FreeCodec()

    @asynccontextmanager
    async def open_free_runtime(settings: Settings) -> AsyncIterator[Runtime]:
        pipeline = build_pipeline(settings, checkpoint, engine, codec)
        yield Runtime(checkpoint, engine, codec, pipeline, gpu=None, load_s=0.0)

    async def serve() -> None:
        app = create_app(Settings(max_running=512, log_level="WARNING", auth_bypass_mode=True), open_free_runtime)
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
        serving = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        print(server.servers[0].sockets[0].getsockname()[1], flush=True)
        await serving

    asyncio.run(serve())


if __name__ == "__main__":
    main()
