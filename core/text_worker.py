"""Thread for CPU-bound work on text, which all requests share in time slices. Knows nothing of the work itself."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.aio import on_thread
from shared.steps import Steps

SLICE_S = 0.002
"""CPU seconds after which a slice ends. Chosen: 20 times the cost of handing a slice over (0.1 ms). Within a slice the
work keeps the interpreter's lock for at most SWITCH_S (shared/process.py) while another thread waits for it."""
REST = 2.0
"""Time in which no work on text runs while speech is generated, as a multiple of the slice before. The engine and the
decoder give the interpreter's lock away in every operation, and wait to get it back: beside 48 texts of 50,000
characters a stream took 30 times as long on two cores, and 3 times with this rest (measured at Python's default of 5 ms
for each wait)."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Slice(Generic[T]):
    """CPU seconds of a slice, and the result in a tuple if it was the last one."""

    took_s: float
    result: tuple[T] | None = None


class TextWorker:
    """Round-robin executor of step-wise work: one slice at a time, and the event loop runs between two slices.

    When a request is cancelled, its work ends with the current slice. One thread is enough, because the work is pure
    Python, of which only one thread runs at a time.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "text")
        self._turn = asyncio.Lock()  # first in, first out

    async def run(self, steps: Steps[T], *, speaking: Callable[[], bool], at_once: bool = False) -> T:
        """Return the result of `steps`, or raise what they raise.

        While `speaking` reports that speech is generated, work rests between two slices. `at_once`: run the first slice
        on the event loop.
        """
        with closing(steps):
            result = _slice(steps).result if at_once else None
            while result is None:
                async with self._turn:
                    one = await on_thread(lambda: _slice(steps), self._thread)
                    result = one.result
                    if result is None and speaking():
                        await asyncio.sleep(REST * one.took_s)
            return result[0]

    def close(self) -> None:
        """End the thread. No request may be running."""
        self._thread.shutdown()


def _slice(steps: Steps[T]) -> _Slice[T]:
    """Run steps until the slice is over."""
    begun_s = now_s = time.thread_time()
    try:
        while now_s < begun_s + SLICE_S:
            next(steps)
            now_s = time.thread_time()
    except StopIteration as end:
        return _Slice(time.thread_time() - begun_s, (end.value,))
    return _Slice(now_s - begun_s)
