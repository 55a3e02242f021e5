"""What waits to be written to one socket, bounded. Knows nothing of the socket."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from api.events import Event
from audio.frames import Frame
from services.trail import Trail
from shared.errors import ClientStalled

REPLIES = 32  # answers to control messages that may wait before no further message is read


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An event, or a frame's bytes with what `event` tells of them; without either, the last thing to be written.

    `trail` is told when this is written: that a frame was sent, or behind an event, that its performance was.
    """

    context_id: str | None
    event: Event = field(default_factory=dict)
    audio: bytes | None = None
    frame: Frame | None = None
    trail: Trail | None = None

    @property
    def farewell(self) -> bool:
        return self.audio is None and not self.event


class Outbox:
    """Two lanes: answers to control messages go first; sound and what is told of it stay in order, and can pause."""

    def __init__(self, frames: int) -> None:
        self._limit = frames
        self._lane: deque[Outgoing] = deque()
        self._replies: deque[Outgoing] = deque()
        self._changed: list[asyncio.Future[None]] = []
        self.broken: ClientStalled | None = None
        self.paused_at: float | None = None
        self._trails: set[Trail] = set()  # of performances that are not sent yet

    def __len__(self) -> int:
        return len(self._lane)

    async def put(self, item: Outgoing) -> None:
        """Wait for room in the lane of sound; once it is broken off there is none."""
        while len(self._lane) >= self._limit or self.broken:
            await self._change()
        self._lane.append(item)
        if item.trail:
            self._trails.add(item.trail)
        self._wake()

    async def reply(self, item: Outgoing) -> None:
        """Wait for room in the lane of answers."""
        while len(self._replies) >= REPLIES:
            await self._change()
        self._replies.append(item)
        self._wake()

    async def take(self) -> Outgoing:
        while True:
            lane = self._replies or (self._lane if self.paused_at is None else None)
            if lane:
                self._wake()
                return lane.popleft()
            await self._change()

    def written(self, item: Outgoing) -> None:
        """The socket has taken it."""
        if item.trail is None:
            return
        if item.frame:
            item.trail.sent(len(item.frame.data), samples=item.frame.samples)
        else:
            item.trail.settle()
            self._trails.discard(item.trail)

    def abandon(self) -> None:
        """The socket takes nothing more."""
        for trail in self._trails:
            trail.abandon()

    def say_farewell(self) -> None:
        """Nothing comes after what waits now. It needs no room."""
        self._lane.append(Outgoing(None))
        self._wake()

    def drop(self, context_id: str) -> None:
        """Forget what waits of a context."""
        for item in self._lane:
            if item.trail and item.context_id == context_id:
                item.trail.abandon()
        self._lane = deque(item for item in self._lane if item.context_id != context_id)
        self._wake()

    def pause(self) -> None:
        if self.paused_at is None:
            self.paused_at = asyncio.get_running_loop().time()

    def resume(self) -> None:
        self.paused_at = None
        self._wake()

    def break_off(self, error: ClientStalled) -> None:
        """Nobody takes anything any more, for this reason. Whoever waits for room is to be cancelled."""
        self.broken = error
        self._lane.clear()
        self._replies.clear()

    async def _change(self) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._changed.append(waiter)
        await waiter

    def _wake(self) -> None:
        waiters, self._changed = self._changed, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)
