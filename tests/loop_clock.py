"""Seconds of the event loop's own: the clock stands still while the loop is held up, or its process has no processor.

What waits for something else is over in as many of them on a busy machine as on a quiet one.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

TICK_S = 0.005


class LoopClock:
    now = 0.0

    async def run(self) -> None:
        """For ever. A tick that is late counts for two at most."""
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
