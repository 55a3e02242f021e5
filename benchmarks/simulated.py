"""Simulation of a GPU: an event loop with a simulated clock, and an engine and a codec that take time on it.

The service's own code runs unchanged, and its work takes no simulated time. The durations are assumptions, derived from
the published dimensions and a data sheet; they have not been measured.
"""

import asyncio
import math
import selectors
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from concurrent.futures import Executor
from typing import Any, TypeVar

import numpy as np

from core.checkpoint.vocabulary import Vocabulary
from core.forms.memory import Choice
from core.scheduling.device_worker import BatchedWork, observe_batch, run_batch
from core.scheduling.job_queue import Job, JobQueue
from core.scheduling.policy import IMMEDIATE
from core.scheduling.window_size import GENERATOR_CONTEXT_TOKENS
from shared.types import Finish, Pcm, Prompt, Samples, TokenDelta, Window

RATE, HOP, CONTEXT = 16_000, 320, 67
STEP_S, STEP_S_PER_STREAM = 0.0025, 0.000015
"""Seconds of a decode step: kernel launches, and one read of the weights (0.3 ms); the second is added for each
stream."""
DECODE_S, DECODE_S_PER_TOKEN = 0.003, 0.000025
"""Seconds of a codec batch: about 350 launches of 8 us each, and 57 GFLOP for a second of sound at 46 TFLOP/s (TF32, a
tenth of its peak)."""
ANSWER_TOKENS = (75, 600)
"""Shortest and longest answer, in tokens: 1.5 to 12 s."""

T = TypeVar("T")


class _JumpingSelector(selectors.SelectSelector):
    """Selector that advances the simulated clock to the next timer instead of waiting for it.

    While a thread works for the event loop, the clock stands still: otherwise every timeout around that work would
    expire at once.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.calls_in_threads = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            return super().select()
        if self.calls_in_threads and timeout > 0:
            return super().select()  # the end of the call wakes the event loop
        ready = super().select(0)
        if not ready:
            self.now += timeout
        return ready


class SimulatedLoop(asyncio.SelectorEventLoop):
    """Event loop in simulated time. Work in executors takes no simulated time."""

    def __init__(self) -> None:
        self._clock = _JumpingSelector()
        super().__init__(self._clock)

    def time(self) -> float:
        """Return the simulated time, in seconds."""
        return self._clock.now

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, func: Callable[..., T], *args: Any
    ) -> "asyncio.Future[T]":
        """Run `func` in a thread, and hold the clock until it has returned."""
        future = super().run_in_executor(executor, func, *args)
        self._clock.calls_in_threads += 1
        future.add_done_callback(self._call_returned)
        return future

    def _call_returned(self, _: "asyncio.Future[Any]") -> None:
        self._clock.calls_in_threads -= 1


def run(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine as `asyncio.run` does, in simulated time, which `time.perf_counter` returns too."""
    loop, real = SimulatedLoop(), time.perf_counter
    time.perf_counter = loop.time
    try:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            return runner.run(main())
    finally:
        time.perf_counter = real


class SimulatedEngine:
    """Engine with continuous batching: each step produces a token for every stream, in deltas as vLLM's are."""

    name = "simulated"

    def __init__(self, vocabulary: Vocabulary, *, interval: int = 4) -> None:
        self._semantics, self._interval = vocabulary.semantics, interval
        self._streams: dict[asyncio.Queue[int], int] = {}
        self._stepping: asyncio.Task[None] | None = None

    @property
    def unfinished(self) -> int:
        return len(self._streams)

    def check_health(self) -> None:
        """Do nothing: a simulated engine does not fail."""

    async def stream(self, prompt: Prompt) -> AsyncGenerator[TokenDelta, None]:
        """Yield random semantic tokens, as many as the prompt's seed determines."""
        random = np.random.default_rng(prompt.sampling.seed)
        length = int(random.integers(*ANSWER_TOKENS))
        ids = self._semantics.ids(random.integers(0, self._semantics.count, length).tolist())
        queue: asyncio.Queue[int] = asyncio.Queue()
        self._streams[queue] = length
        if self._stepping is None or self._stepping.done():
            self._stepping = asyncio.create_task(self._steps())
        sent = 0
        try:
            while sent < length:
                made = await queue.get()
                while not queue.empty():
                    made = queue.get_nowait()
                yield TokenDelta(tuple(ids[sent:made]), Finish.STOP if made == length else None)
                sent = made
        finally:
            self._streams.pop(queue, None)

    async def _steps(self) -> None:
        made: dict[asyncio.Queue[int], int] = {}
        while self._streams:
            await asyncio.sleep(STEP_S + STEP_S_PER_STREAM * len(self._streams))
            for queue, length in list(self._streams.items()):
                made[queue] = count = made.get(queue, 0) + 1
                if count == length:
                    del self._streams[queue]
                if count in (1, length) or count % self._interval == 0:
                    queue.put_nowait(count)


class SimulatedDevice:
    """Device worker that is busy for the simulated time of each batch."""

    def __init__(self, *, max_jobs: int, gather_s: float) -> None:
        self._queue, self._more = JobQueue(max_jobs=max_jobs, gather_s=gather_s), asyncio.Event()
        self._task = asyncio.create_task(self._run())

    def submit(self, job: Job) -> None:
        """Add a job to the queue."""
        self._queue.put(job)
        self._more.set()

    def close(self) -> None:
        """Stop working; jobs in the queue are not answered."""
        self._task.cancel()

    async def _run(self) -> None:
        while True:
            started = time.perf_counter()
            batch = self._queue.take(started)
            if isinstance(batch, list):
                await asyncio.sleep(DECODE_S + DECODE_S_PER_TOKEN * sum(job.size for job in batch))
                observe_batch(batch, started=started, ended=time.perf_counter())
                for job, result in zip(batch, run_batch(batch), strict=True):
                    if not job.answer.done():
                        job.answer.set_result(result)
                continue
            self._more.clear()
            try:
                async with asyncio.timeout_at(batch if math.isfinite(batch) else None):
                    await self._more.wait()
            except TimeoutError:
                pass


class SimulatedCodec:
    """Codec that returns noise of the right length once the simulated device has run the batch."""

    rate, hop, context_left, context_right = RATE, HOP, CONTEXT, CONTEXT
    choice = Choice("eager", 1, "no arithmetic")

    def __init__(self, device: SimulatedDevice) -> None:
        self._noise = np.random.default_rng(0).uniform(-0.5, 0.5, 1000 * HOP).astype(np.float32)
        self._work: BatchedWork[Window, Samples] = BatchedWork(device, self._decode)
        self.costs = self._work.costs

    async def decode(self, window: Window, *, deadline: float = IMMEDIATE, patient: bool = False) -> Pcm:
        """Return noise as long as the window's kept tokens."""
        size = window.keep + GENERATOR_CONTEXT_TOKENS
        work = self._work(window, shape=window.shape, size=size, deadline=deadline, patient=patient)
        return Pcm(await work, RATE)

    def _decode(self, windows: Sequence[Window]) -> list[Samples]:
        return [self._noise[: window.keep * HOP] for window in windows]

    def check_health(self) -> None:
        """Do nothing: a simulated codec does not fail."""
