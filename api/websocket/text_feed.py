"""Whole sentences out of text that arrives piece by piece. Knows nothing of sound or sockets."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from enum import Enum, auto

from api.schemas import MAX_TEXT, begun_token, check_text
from processing.arriving import SentenceSegmenter
from shared.aio import run_in_slices
from shared.errors import TextTooLong, ValidationFailed

SLICE = 500  # characters of a message after which the event loop runs: 2.5 ms of the costliest text
MOST_FLUSHES = 256  # that may wait until the text before them is spoken


class Mark(Enum):
    """Where a run of text ends: the client says so, says that all text is there, or has been silent for long."""

    FLUSH = auto()
    END = auto()
    IDLE = auto()


class TextFeed:
    """A context's text, at most MAX_TEXT characters: whole sentences as `SentenceSegmenter` gives them, and marks."""

    def __init__(self) -> None:
        self._segmenter = SentenceSegmenter()
        self._ready: deque[list[str] | Mark] = deque()  # texts in the parts that they were given in
        self._arrived = asyncio.Event()
        self._characters = 0
        self._begun_token = ""  # beginning of a control token that the next piece may complete
        self.ended = False

    async def add(self, text: str) -> None:
        """Take the next piece, slice by slice.

        Raises TextTooLong above the length of a request, and ValidationFailed as for one, or after the end.
        """
        if self.ended:
            raise ValidationFailed("the context's text has ended; wait for its `end`, or use another context_id")
        if self._characters + len(text) > MAX_TEXT:
            raise TextTooLong(f"a context takes at most {MAX_TEXT} characters")
        known = check_text(self._begun_token + text)
        self._begun_token = begun_token(known)
        self._characters += len(text)
        for start in range(0, len(text), SLICE):
            if start:
                await asyncio.sleep(0)
            self._give(await run_in_slices(self._segmenter.feed_steps(text[start : start + SLICE])))

    def say(self, text: str) -> None:
        """All of the text at once, checked before; its faults are the script's to find."""
        self._ready.append([text])
        self.end()

    def flush(self) -> None:
        """Raises ValidationFailed where too many wait already."""
        if len(self._ready) >= 2 * MOST_FLUSHES:
            raise ValidationFailed(f"flush: at most {MOST_FLUSHES} wait until the text before them is spoken")
        self._finish(Mark.FLUSH)

    def end(self) -> None:
        if not self.ended:
            self._finish(Mark.END)
        self.ended = True

    async def take(self) -> str | Mark:
        """The next text, all that is there up to a mark, or that mark."""
        while not self._ready:
            self._arrived.clear()
            await self._arrived.wait()
        item = self._ready.popleft()
        return item if isinstance(item, Mark) else "".join(item)

    def take_mark(self) -> Mark | None:
        """The mark, if it comes next."""
        if self._ready and isinstance(mark := self._ready[0], Mark):
            self._ready.popleft()
            return mark
        return None

    def _give(self, text: str) -> None:
        if not any(map(str.isalnum, text)):
            return  # nothing that can be spoken
        if self._ready and isinstance(last := self._ready[-1], list):
            last.append(text)
        else:
            self._ready.append([text])
        self._arrived.set()

    def _finish(self, mark: Mark) -> None:
        self._give(self._segmenter.finish())
        self._segmenter, self._begun_token = SentenceSegmenter(), ""
        self._ready.append(mark)
        self._arrived.set()


class Run:
    """The text up to the next mark, as `Pipeline.speak` takes it."""

    def __init__(self, feed: TextFeed, *, idle_s: float) -> None:
        self._feed, self._idle_s = feed, idle_s
        self.mark = feed.take_mark()

    def more(self) -> AsyncGenerator[str, None] | None:
        """What follows the text already taken; None where it is known that nothing does."""
        return self._pieces() if self.mark is None else None

    async def _pieces(self) -> AsyncGenerator[str, None]:
        while isinstance(item := await self._next(), str):
            yield item
        self.mark = item

    async def _next(self) -> str | Mark:
        try:
            async with asyncio.timeout(self._idle_s):
                return await self._feed.take()
        except TimeoutError:
            return Mark.IDLE
