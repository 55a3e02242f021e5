"""A GPU that exists in simulated time only: an event loop whose clock jumps, an engine and a decoder that take time.

The service's own code runs unchanged on it, and its work costs no simulated time. The timings are assumptions, made
from the published dimensions and a data sheet; nobody has measured them.
"""

import asyncio
import selectors
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from typing import Any, TypeVar

import numpy as np

from core.checkpoint.vocabulary import Vocabulary
from core.scheduling.device_worker import BatchedWork, observe_batch, run_batch
from core.scheduling.job_queue import Job, JobQueue
from core.scheduling.policy import IMMEDIATE
from core.scheduling.window_size import CONTEXT_TOKENS
from shared.types import Finish, Pcm, Prompt, Samples, TokenDelta, Window

RATE, HOP, REACH = 16_000, 320, 67
STEP_S, STEP_S_A_STREAM = 0.0025, 0.000015
"""A decode step: launches, and the weights once from memory (0.3 ms); a little more for every stream."""
DECODE_S, DECODE_S_A_TOKEN = 0.003, 0.000025
"""A decode: some 350 launches of 8 us each, and 57 GFLOP a second of sound at 46 TFLOP/s (TF32, a tenth of its peak).
"""
LENGTHS = (75, 600)  # tokens of an answer: 1.5 to 12 s

T = TypeVar("T")


class _JumpingSelector(selectors.SelectSelector):
    """Where nothing is ready, the time until the next timer is over at once."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            return super().select()
        ready = super().select(0)
        if not ready:
            self.now += timeout
        return ready


def run(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """As `asyncio.run`, in simulated time; `time.perf_counter` gives that time too."""
    selector = _JumpingSelector()
    loop, real = asyncio.SelectorEventLoop(selector), time.perf_counter
    loop.time = lambda: selector.now  # type: ignore[method-assign]
    time.perf_counter = loop.time
    try:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            return runner.run(main())
    finally:
        time.perf_counter = real


class SimulatedEngine:
    """Continuous batching: every step makes a token for each stream, handed over as vLLM does."""

    name = "simulated"

    def __init__(self, vocabulary: Vocabulary, *, interval: int = 4) -> None:
        self._semantics, self._interval = vocabulary.semantics, interval
        self._streams: dict[asyncio.Queue[int], int] = {}
        self._stepping: asyncio.Task[None] | None = None

    @property
    def unfinished(self) -> int:
        return len(self._streams)

    def check_health(self) -> None:
        pass

    async def stream(self, prompt: Prompt) -> AsyncGenerator[TokenDelta, None]:
        random = np.random.default_rng(prompt.sampling.seed)
        length = int(random.integers(*LENGTHS))
        ids = self._semantics.ids(random.integers(0, self._semantics.count, length).tolist())
        queue: asyncio.Queue[int] = asyncio.Queue()
        self._streams[queue] = length
        if self._stepping is None or self._stepping.done():
            self._stepping = asyncio.create_task(self._steps())
        given = 0
        try:
            while given < length:
                upto = await queue.get()
                while not queue.empty():
                    upto = queue.get_nowait()
                yield TokenDelta(tuple(ids[given:upto]), Finish.STOP if upto == length else None)
                given = upto
        finally:
            self._streams.pop(queue, None)

    async def _steps(self) -> None:
        made: dict[asyncio.Queue[int], int] = {}
        while self._streams:
            await asyncio.sleep(STEP_S + STEP_S_A_STREAM * len(self._streams))
            for queue, length in list(self._streams.items()):
                made[queue] = count = made.get(queue, 0) + 1
                if count == length:
                    del self._streams[queue]
                if count in (1, length) or count % self._interval == 0:
                    queue.put_nowait(count)


class SimulatedDevice:
    """A `Worker` of one device, which is busy for as long as a batch takes."""

    def __init__(self, *, max_jobs: int, gather_s: float) -> None:
        self._queue, self._more = JobQueue(max_jobs=max_jobs, gather_s=gather_s), asyncio.Event()
        self._life = asyncio.create_task(self._live())

    def submit(self, job: Job) -> None:
        self._queue.put(job)
        self._more.set()

    def close(self) -> None:
        self._life.cancel()

    async def _live(self) -> None:
        while True:
            begun = time.perf_counter()
            found = self._queue.take(begun)
            if isinstance(found, list):
                await asyncio.sleep(DECODE_S + DECODE_S_A_TOKEN * sum(job.size for job in found))
                observe_batch(found, started=begun, ended=time.perf_counter())
                for job, result in zip(found, run_batch(found), strict=True):
                    if not job.answer.done():
                        job.answer.set_result(result)
                continue
            self._more.clear()
            try:
                async with asyncio.timeout_at(found):
                    await self._more.wait()
            except TimeoutError:
                pass


class SimulatedCodec:
    """Noise of the right length, from a device that takes its time."""

    rate, hop, context_left = RATE, HOP, REACH

    def __init__(self, device: SimulatedDevice) -> None:
        self._noise = np.random.default_rng(0).uniform(-0.5, 0.5, 1000 * HOP).astype(np.float32)
        self._work: BatchedWork[Window, Samples] = BatchedWork(device, self._decode)
        self.costs = self._work.costs

    async def decode(self, window: Window, *, deadline: float = IMMEDIATE) -> Pcm:
        return Pcm(
            await self._work(window, shape=window.shape, size=window.keep + CONTEXT_TOKENS, deadline=deadline), RATE
        )

    def _decode(self, windows: Sequence[Window]) -> list[Samples]:
        return [self._noise[: window.keep * HOP] for window in windows]

    def check_health(self) -> None:
        pass
