"""Bounded queue of the items to be written to one socket."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from api.events import Event
from audio.frames import Frame
from services.synthesis import Synthesis
from shared.errors import ClientStalled

MAX_REPLIES = 32
"""Replies to control messages that may wait; at this number, no further message is read."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Item to write: an event, or a frame's bytes with the `event` that describes them; without both, the end.

    After the item is written, `synthesis` counts it: a frame as sent, an event as the end of all its frames.
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
    """Two lanes: replies to control messages go first; audio and its events stay in order and can be paused."""

    def __init__(self, frames: int) -> None:
        self._limit = frames
        self._audio: deque[Outgoing] = deque()
        self._replies: deque[Outgoing] = deque()
        self._changed = asyncio.Condition()
        self._unsent: set[Synthesis] = set()
        self.broken: ClientStalled | None = None
        self.paused_at: float | None = None

    def __len__(self) -> int:
        return len(self._audio)

    async def put(self, item: Outgoing) -> None:
        """Wait for room in the audio lane and add an item. After `break_off` there is no room."""
        async with self._changed:
            await self._changed.wait_for(lambda: len(self._audio) < self._limit and not self.broken)
            self._audio.append(item)
            if item.synthesis:
                self._unsent.add(item.synthesis)
                item.synthesis.request.paused = self.paused_at is not None
            self._changed.notify_all()

    async def reply(self, item: Outgoing) -> None:
        """Wait for room in the reply lane and add a reply."""
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
        """Count an item that the socket has taken."""
        if item.synthesis is None:
            return
        if item.frame:
            item.synthesis.sent(len(item.frame.data), samples=item.frame.samples)
        else:
            item.synthesis.delivered()
            self._unsent.discard(item.synthesis)

    def abandon(self) -> None:
        """Count all unsent audio as abandoned: the socket takes nothing more."""
        for synthesis in self._unsent:
            synthesis.abandon()

    async def finish(self) -> None:
        """Add the end behind the waiting items. It needs no room."""
        async with self._changed:
            self._audio.append(Outgoing(None))
            self._changed.notify_all()

    async def drop(self, context_id: str) -> None:
        """Remove the waiting items of a context."""
        async with self._changed:
            for item in self._audio:
                if item.synthesis and item.context_id == context_id:
                    item.synthesis.abandon()
            self._audio = deque(item for item in self._audio if item.context_id != context_id)
            self._changed.notify_all()

    async def pause(self) -> None:
        """Stop giving audio. Of several pauses, the first one's time counts."""
        async with self._changed:
            self._set_paused(self.paused_at or asyncio.get_running_loop().time())

    async def resume(self) -> None:
        """Give audio again."""
        async with self._changed:
            self._set_paused(None)

    async def break_off(self, error: ClientStalled) -> None:
        """Empty the queue: the client takes nothing. Tasks that wait for room in the audio lane must be cancelled."""
        async with self._changed:
            self.broken = error
            self._audio.clear()
            self._replies.clear()

    def _set_paused(self, paused_at: float | None) -> None:
        self.paused_at = paused_at
        for synthesis in self._unsent:
            synthesis.request.paused = paused_at is not None
        self._changed.notify_all()

    def _next_lane(self) -> deque[Outgoing]:
        """Return the lane whose first item is next; an empty lane if there is nothing to write."""
        return self._replies or (self._audio if self.paused_at is None else self._replies)
