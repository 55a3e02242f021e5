"""Whole sentences out of text that arrives piece by piece. Knows nothing of sound or sockets."""

import asyncio
import re
from collections import deque
from collections.abc import AsyncGenerator
from enum import Enum, auto

from api.schemas import MAX_TEXT, check_text
from processing.chunks import chunk
from processing.sentences import spans
from shared.errors import TextTooLong, ValidationFailed

LONGEST_WAIT = 440  # characters without a sentence's end after which all but the last piece of them is spoken
_WORD_AHEAD = re.compile(r"(?:\[[^\]\s]*\]|[^\w\[])*\w\S*\s")


class Mark(Enum):
    """Where a run of text ends: the client says so, says that all text is there, or has been silent for long."""

    FLUSH = auto()
    END = auto()
    IDLE = auto()


class TextFeed:
    """A context's text. A sentence is given once the first word behind it is whole: only that tells '3.' from '3.5'."""

    def __init__(self) -> None:
        self._rest = ""
        self._ready: deque[str | Mark] = deque()
        self._arrived = asyncio.Event()
        self._characters = 0
        self.ended = False

    def add(self, text: str) -> None:
        """Raises TextTooLong above the length of a request, and ValidationFailed as for one, or after the end."""
        if self.ended:
            raise ValidationFailed("the context's text has ended; wait for its `end`, or use another context_id")
        if self._characters + len(text) > MAX_TEXT:
            raise TextTooLong(f"a context takes at most {MAX_TEXT} characters")
        self._rest = check_text(self._rest + text)
        self._characters += len(text)
        self._give(self._complete())

    def say(self, text: str) -> None:
        """All of the text at once, checked before; its faults are the script's to find."""
        self._ready.append(text)
        self.end()

    def flush(self) -> None:
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
        return self._ready.popleft()

    def take_mark(self) -> Mark | None:
        """The mark, if it comes next."""
        if self._ready and isinstance(mark := self._ready[0], Mark):
            self._ready.popleft()
            return mark
        return None

    def _complete(self) -> int:
        """How many characters of the rest are whole sentences."""
        ends = [end for _, end in spans(self._rest)[:-1]]
        found = next((end for end in reversed(ends) if _WORD_AHEAD.match(self._rest, end)), 0)
        if not found and len(self._rest) > LONGEST_WAIT:
            return len(self._rest) - len(chunk(self._rest)[-1].text)
        return found

    def _give(self, length: int) -> None:
        text = self._rest[:length]
        if not any(map(str.isalnum, text)):
            return  # nothing that can be spoken: it stays with what follows
        self._rest = self._rest[length:]
        if self._ready and isinstance(last := self._ready[-1], str):
            self._ready[-1] = last + text
        else:
            self._ready.append(text)
        self._arrived.set()

    def _finish(self, mark: Mark) -> None:
        self._give(len(self._rest))
        self._rest = ""
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
