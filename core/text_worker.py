"""Thread for CPU-bound work on text, which all requests share in time slices. Knows nothing of the work itself."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.aio import on_thread
from shared.steps import Steps

T = TypeVar("T")

SLICE_S = 0.002
"""CPU seconds after which a slice ends: about the longest time that the work keeps the interpreter's lock from the
event loop. Chosen: less than half of the 5 ms after which Python takes the lock from a thread, and 20 times the cost of
handing a slice over (0.1 ms)."""


@dataclass(frozen=True, slots=True)
class _Result(Generic[T]):
    value: T


class TextWorker:
    """Round-robin executor of step-wise work: one slice at a time, and the event loop runs between two slices.

    When a request is cancelled, its work ends with the current slice. One thread is enough, because the work is pure
    Python, of which only one thread runs at a time.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "text")
        self._turn = asyncio.Lock()  # first in, first out

    async def run(self, steps: Steps[T], *, at_once: bool = False) -> T:
        """Return the result of `steps`, or raise what they raise. `at_once`: run the first slice on the event loop."""
        with closing(steps):
            result = _slice(steps) if at_once else None
            while result is None:
                async with self._turn:
                    result = await on_thread(lambda: _slice(steps), self._thread)
            return result.value

    def close(self) -> None:
        """End the thread. No request may be running."""
        self._thread.shutdown()


def _slice(steps: Steps[T]) -> _Result[T] | None:
    """Run steps until the slice is over. Return the result, or None if steps are left."""
    end_s = time.thread_time() + SLICE_S
    try:
        while time.thread_time() < end_s:
            next(steps)
    except StopIteration as end:
        return _Result(end.value)
    return None
