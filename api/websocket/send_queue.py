"""The bounded queue of what is to be written to one socket. Knows nothing of the socket."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from api.events import Event
from audio.frames import Frame
from services.synthesis import Synthesis
from shared.errors import ClientStalled

MAX_REPLIES = 32
"""Answers to control messages that may wait before no further message is read."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An event, or a frame's bytes with what `event` tells of them; without either, the last item of a socket.

    Once the item is written, `synthesis` is told: of a frame, that it was sent; of an event, that all of it was.
    """

    context_id: str | None
    event: Event = field(default_factory=dict)
    audio: bytes | None = None
    frame: Frame | None = None
    synthesis: Synthesis | None = None

    @property
    def is_last(self) -> bool:
        return self.audio is None and not self.event


class SendQueue:
    """Two lanes: replies to control messages go first; sound and its events stay in order, and can be paused."""

    def __init__(self, frames: int) -> None:
        self._limit = frames
        self._sound: deque[Outgoing] = deque()
        self._replies: deque[Outgoing] = deque()
        self._changed = asyncio.Condition()
        self._unsent: set[Synthesis] = set()
        self.broken: ClientStalled | None = None
        self.paused_at: float | None = None

    def __len__(self) -> int:
        return len(self._sound)

    async def put(self, item: Outgoing) -> None:
        """Wait for room in the lane of sound and add an item. Once the queue is broken off there is no room."""
        async with self._changed:
            await self._changed.wait_for(lambda: len(self._sound) < self._limit and not self.broken)
            self._sound.append(item)
            if item.synthesis:
                self._unsent.add(item.synthesis)
                item.synthesis.request.paused = self.paused_at is not None
            self._changed.notify_all()

    async def reply(self, item: Outgoing) -> None:
        """Wait for room in the lane of replies and add one."""
        async with self._changed:
            await self._changed.wait_for(lambda: len(self._replies) < MAX_REPLIES)
            self._replies.append(item)
            self._changed.notify_all()

    async def take(self) -> Outgoing:
        """Wait for the next item to write."""
        async with self._changed:
            await self._changed.wait_for(self._next_lane)
            self._changed.notify_all()
            return self._next_lane().popleft()

    def written(self, item: Outgoing) -> None:
        """Report that the socket has taken an item."""
        if item.synthesis is None:
            return
        if item.frame:
            item.synthesis.sent(len(item.frame.data), samples=item.frame.samples)
        else:
            item.synthesis.settle()
            self._unsent.discard(item.synthesis)

    def abandon(self) -> None:
        """Report that the socket takes nothing more."""
        for synthesis in self._unsent:
            synthesis.abandon()

    async def finish(self) -> None:
        """End the queue behind what waits now. Needs no room."""
        async with self._changed:
            self._sound.append(Outgoing(None))
            self._changed.notify_all()

    async def drop(self, context_id: str) -> None:
        """Remove what waits of a context."""
        async with self._changed:
            for item in self._sound:
                if item.synthesis and item.context_id == context_id:
                    item.synthesis.abandon()
            self._sound = deque(item for item in self._sound if item.context_id != context_id)
            self._changed.notify_all()

    async def pause(self) -> None:
        """Stop giving sound; the time of the first of several pauses counts."""
        async with self._changed:
            self._set_paused(self.paused_at or asyncio.get_running_loop().time())

    async def resume(self) -> None:
        """Give sound again."""
        async with self._changed:
            self._set_paused(None)

    async def break_off(self, error: ClientStalled) -> None:
        """Give up: the client takes nothing. Tasks that wait for room in the lane of sound are to be cancelled."""
        async with self._changed:
            self.broken = error
            self._sound.clear()
            self._replies.clear()

    def _set_paused(self, paused_at: float | None) -> None:
        self.paused_at = paused_at
        for synthesis in self._unsent:
            synthesis.request.paused = paused_at is not None
        self._changed.notify_all()

    def _next_lane(self) -> deque[Outgoing]:
        """Return the lane whose first item is next; an empty one where there is nothing to write."""
        return self._replies or (self._sound if self.paused_at is None else self._replies)
