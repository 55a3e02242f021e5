"""The thread for work on text, which every request shares slice by slice. Knows nothing of what the work is."""

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
"""CPU time after which a step is the last of its slice: so long the interpreter's lock may be kept from the event loop.

Half of the 5 ms after which Python takes the lock from a thread; the hand-over, 0.1 ms, is a twentieth of it.
"""


@dataclass(frozen=True, slots=True)
class _Result(Generic[T]):
    value: T


class TextWorker:
    """Does work on text in slices, one at a time: requests take turns, and between two slices the event loop runs.

    A request that is cancelled ends with its slice, and its work with it. One thread is enough, because the work is
    Python, of which one thread runs at a time.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "text")
        self._turn = asyncio.Lock()  # first come, first served

    async def run(self, steps: Steps[T], *, at_once: bool = False) -> T:
        """Return the result of `steps`, or raise what they raise. `at_once`: the first slice is done on the loop."""
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
    """Do steps until the slice is over; None: there are more."""
    over = time.thread_time() + SLICE_S
    try:
        while time.thread_time() < over:
            next(steps)
    except StopIteration as end:
        return _Result(end.value)
    return None
