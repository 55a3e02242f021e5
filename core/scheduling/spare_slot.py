"""Slots that live requests leave free, for parts of jobs. A part gives its slot back while a live request waits."""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager

from core.scheduling.admission import Admission, Slot
from shared.types import Pcm


@asynccontextmanager
async def spare_slot(admission: Admission, has_room: Callable[[int], bool]) -> AsyncIterator["SpareSlot"]:
    """Hold a spare slot while the context is open, as soon as there is one: without a queue or a time limit.

    Admission does not count it against live requests, so none of them waits for it.
    """
    slot = SpareSlot(admission, has_room)
    await slot.take()
    try:
        yield slot
    finally:
        slot.release()


class SpareSlot(Slot):
    """Spare slot of one part of a job."""

    async def take(self) -> None:
        """Wait for the slot unless it is held."""
        if self._taken_at is not None:
            return
        began = time.perf_counter()
        while not self._admission.may_enter_spare(self._has_room):
            await self._admission.wait_for_change()
        self._admission.spare += 1
        self._taken_at = time.perf_counter()
        self.waited_s = self.waited_s or self._taken_at - began

    def release(self) -> None:
        """Give the slot back if it is held."""
        if self._taken_at is not None:
            self._admission.spare -= 1
            self._taken_at = None

    async def giving_way(self, blocks: AsyncGenerator[Pcm, None]) -> AsyncGenerator[Pcm, None]:
        """Yield the blocks of sound; pause without a slot while live requests need it.

        Generation stops soon after, because it runs only some windows ahead of the reader.
        """
        async with aclosing(blocks):
            async for block in blocks:
                yield block
                if self._admission.crowded:
                    self.release()
                    await self.take()
