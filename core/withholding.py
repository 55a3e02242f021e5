"""Withholding of a chunk's sound until it is judged, for as long as the player has other sound to play."""

import asyncio
import math
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress

from core.scheduling.stream_state import StreamState
from shared.aio import prefetch
from shared.types import Pcm

MARGIN_S = 0.5
"""Seconds of sound that the player must still have for a chunk to be withheld. Chosen: five times the headroom that
admission keeps by default, because the stages behind the decoder take time too."""
WITHHELD_BLOCKS = 64
"""Decoded windows that may be withheld: more than a chunk of a stream has. Beyond them it waits for its reader."""

Blocks = AsyncGenerator[Pcm, None]


class ReleaseGate:
    """Gate between the attempts at a later chunk of a stream and the sender, which reaches the chunk once.

    Until then the sound may be withheld; from then on, while the player has more than MARGIN_S to play.
    """

    def __init__(self, playback: StreamState) -> None:
        self._playback = playback
        self._reached = False
        self._changed, self._released = asyncio.Event(), asyncio.Event()

    async def claim(self) -> None:
        """Ask for the sound, as the sender; return once it is released."""
        self._reached = True
        self._changed.set()
        await self._released.wait()

    def release(self) -> None:
        """Let the sender take the sound, or the error in its place."""
        self._released.set()

    @asynccontextmanager
    async def withholding(self, sound: Blocks) -> AsyncIterator[tuple[Blocks, bool]]:
        """Generate `sound`; yield its blocks, and whether all of them are there, once it can or must be released.

        Raises what `sound` raises before that.
        """
        ended = asyncio.Event()
        async with prefetch(self._until_end(sound, ended), ahead=WITHHELD_BLOCKS) as blocks:
            while not ended.is_set() and (left_s := self._left_s()) > 0:
                self._changed.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), None if left_s == math.inf else left_s)
            yield (given([block async for block in blocks]) if ended.is_set() else blocks), ended.is_set()

    def _left_s(self) -> float:
        """Return the seconds for which the sound may still be withheld."""
        return self._playback.buffer.headroom_s(time.perf_counter()) - MARGIN_S if self._reached else math.inf

    async def _until_end(self, sound: Blocks, ended: asyncio.Event) -> Blocks:
        try:
            async with aclosing(sound):
                async for block in sound:
                    yield block
        finally:
            ended.set()
            self._changed.set()


@asynccontextmanager
async def withholding_all(sound: Blocks) -> AsyncIterator[tuple[Blocks, bool]]:
    """Generate all of `sound`, then yield its blocks. Raises what `sound` raises."""
    async with aclosing(sound):
        blocks = [block async for block in sound]
    yield given(blocks), True


@asynccontextmanager
async def passing(sound: Blocks) -> AsyncIterator[tuple[Blocks, bool]]:
    """Yield `sound` as it is generated."""
    async with aclosing(sound):
        yield sound, False


async def given(blocks: list[Pcm]) -> Blocks:
    """Yield blocks that are there."""
    for block in blocks:
        yield block
