"""Whole sentences from text that arrives in pieces."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from enum import Enum, auto

from api.markup import check_marked
from api.request_text import MAX_TEXT, check_text, token_prefix
from processing.arriving import SentenceSegmenter
from processing.markup.arriving import MarkupSegmenter
from processing.rich_text import RichTextReader
from shared.aio import run_in_slices
from shared.errors import RequestError, TextTooLong, ValidationFailed
from shared.passages import MarkedText, SourcedText
from shared.source_map import Run, SourceMap

SLICE = 500
"""Characters of a message between two turns of the event loop: 2.5 ms of the most expensive text (measured)."""
MAX_FLUSHES = 256
"""Flushes that may wait until the text before them is spoken."""


class Mark(Enum):
    """End of a run of text: the client flushes, ends the context, or sends nothing for the idle time."""

    FLUSH = auto()
    END = auto()
    IDLE = auto()


class TextFeed:
    """A context's text: whole sentences as `SentenceSegmenter` gives them, and marks.

    At most MAX_TEXT characters; those before a flush no longer count once it is reached.
    """

    def __init__(self, markup: MarkupSegmenter | None = None, *, rich: bool = True, sourced: bool = False) -> None:
        """`markup` segments a text with markup, through all of its flushes.

        `rich`: Markdown, HTML and LaTeX of a text without are read, as they are where the text is normalised.
        `sourced`: the texts are SourcedText, whose places run over all pieces; those with markup have them anyway.
        """
        self.markup, self._rich = markup, rich
        self._sources = SourceMap() if sourced and not markup else None  # of the text that was not given yet
        self._read = 0  # characters of all pieces that were read
        self._reader, self._segmenter = RichTextReader(self._sources), SentenceSegmenter()
        self._ready: deque[list[str] | Mark] = deque()  # a text is a list of the parts that have arrived
        self._arrived = asyncio.Event()
        self._characters = self._unflushed = 0
        self._flushes: deque[int] = deque()  # characters before each flush that waits
        self._token_prefix = ""  # beginning of a control token, which the next piece may complete
        self._has_unmarked = False  # text behind the last mark
        self._is_closing = False
        self.ended = False

    async def add(self, text: str) -> None:
        """Take the next piece, slice by slice.

        Raise TextTooLong above the length of a request, ValidationFailed for a wrong text or after the end.
        """
        if self.ended:
            raise ValidationFailed("the context's text has ended; wait for its `end`, or use another context_id")
        if self._characters + len(text) > MAX_TEXT:
            raise TextTooLong(f"a context takes at most {MAX_TEXT} characters")
        checked = check_text(self._token_prefix + text)
        self._token_prefix = token_prefix(checked)
        self._characters += len(text)
        self._unflushed += len(text)
        self._has_unmarked = True
        for start in range(0, len(text), SLICE):
            if start:
                await asyncio.sleep(0)
            self._give(await self._segmented(text[start : start + SLICE]))

    async def _segmented(self, text: str) -> str:
        start, self._read = self._read, self._read + len(text)
        if self.markup is None:
            if self._rich:
                text = self._reader.feed(text)
            elif self._sources is not None:
                self._sources.extend([Run(len(text), start, self._read)])
            return await run_in_slices(self._segmenter.feed_steps(text))
        try:
            return await run_in_slices(self.markup.feed_steps(text))
        except RequestError:  # the text before the wrong markup is spoken, and nothing behind it
            self.ended = True
            self._finish(Mark.END)
            raise

    def add_whole(self, text: str) -> None:
        """Take a whole text, which was checked before, and end the feed."""
        self._ready.append([text])
        self.ended = True
        self._ready.append(Mark.END)
        self._arrived.set()

    def flush(self) -> None:
        """Mark a flush behind the text that has arrived. Raise ValidationFailed above MAX_FLUSHES."""
        if len(self._ready) >= 2 * MAX_FLUSHES:
            raise ValidationFailed(f"flush: at most {MAX_FLUSHES} may wait until the text before them is spoken")
        self._finish(Mark.FLUSH)
        self._flushes.append(self._unflushed)
        self._unflushed = 0

    def end(self) -> None:
        """Mark the end of the text. Raise ValidationFailed if markup is incomplete; the text before it is spoken."""
        if not self.ended:
            self.ended = True
            self._finish(Mark.END)

    def close_between_runs(self) -> None:
        """End the feed as soon as all text that has arrived is spoken up to its mark."""
        self._is_closing = True
        self._arrived.set()

    async def take_first(self) -> str | Mark:
        """Wait for the first item of a run, as `take` does; END after `close_between_runs` where no text is left."""
        while not self._ready:
            if self._is_closing and not self._has_unmarked:
                return Mark.END
            self._arrived.clear()
            await self._arrived.wait()
        return await self.take()

    async def take(self) -> str | Mark:
        """Wait for the next item: all text up to the next mark, or that mark."""
        while not self._ready:
            self._arrived.clear()
            await self._arrived.wait()
        if (mark := self.take_mark()) is not None:
            return mark
        item = self._ready.popleft()
        assert not isinstance(item, Mark)
        return _joined(item)

    def take_mark(self) -> Mark | None:
        """Return the mark if it is the next item, else None."""
        if self._ready and isinstance(mark := self._ready[0], Mark):
            self._ready.popleft()
            if mark is Mark.FLUSH:
                self._characters -= self._flushes.popleft()
            return mark
        return None

    def _give(self, text: str) -> None:
        if self._sources is not None:
            text = SourcedText.of(text, self._sources.shift(len(text)))
        if not any(map(str.isalnum, text)):
            return  # nothing to speak
        if isinstance(text, MarkedText):
            check_marked(text)
        if self._ready and isinstance(last := self._ready[-1], list):
            last.append(text)
        else:
            self._ready.append([text])
        self._arrived.set()

    def _finish(self, mark: Mark) -> None:
        try:
            self._give_rest(mark)
        finally:
            self._has_unmarked = False
            self._ready.append(mark)
            self._arrived.set()

    def _give_rest(self, mark: Mark) -> None:
        """Give the text that is left. Raise ValidationFailed if it ends inside an element."""
        if self.markup:
            self._give(self.markup.finish() if mark is Mark.END else self.markup.flush())
            return
        self._give(self._segmenter.feed(self._reader.finish()))
        self._give(self._segmenter.finish())
        self._reader, self._segmenter = RichTextReader(self._sources, start=self._read), SentenceSegmenter()
        self._token_prefix = ""


def _joined(parts: list[str]) -> str:
    if sourced := [part for part in parts if isinstance(part, SourcedText)]:
        return SourcedText.concatenate(sourced)
    passages = [passage for part in parts if isinstance(part, MarkedText) for passage in part.passages]
    return MarkedText.of(passages) if passages else "".join(parts)


class TextRun:
    """Text up to the next mark, in the form that `Pipeline.speak` takes."""

    def __init__(self, feed: TextFeed, *, idle_s: float) -> None:
        self._feed, self._idle_s = feed, idle_s
        self.mark = feed.take_mark()

    def more(self) -> AsyncGenerator[str, None] | None:
        """Return the text behind the part already taken; None if a mark follows that part."""
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
