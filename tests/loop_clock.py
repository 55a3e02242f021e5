"""Clock of the event loop's own time: it stops while the loop is blocked or its process is not scheduled.

A wait measured with it takes the same time on a busy machine as on an idle one.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

TICK_S = 0.005
"""Seconds between two updates: the clock's resolution."""


class LoopClock:
    """Clock that counts the ticks of the event loop. `now` in seconds."""

    now = 0.0

    async def run(self) -> None:
        """Update `now` until cancelled. A late tick counts as two at most."""
        last = time.monotonic()
        while True:
            await asyncio.sleep(TICK_S)
            at = time.monotonic()
            self.now += min(at - last, 2 * TICK_S)
            last = at


@asynccontextmanager
async def loop_clock() -> AsyncIterator[LoopClock]:
    clock = LoopClock()
    ticking = asyncio.create_task(clock.run(), name="loop-clock")
    try:
        yield clock
    finally:
        ticking.cancel()
        await asyncio.wait({ticking})
