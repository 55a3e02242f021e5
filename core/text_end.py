"""End of the text within a chunk's tokens: what the model adds behind the last word is not heard."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import replace
from math import inf

from core.alignment.protocol import FaultKind
from core.chunk_alignment import ChunkAlignment
from shared.errors import SpeechLooped, SpeechTruncated
from shared.types import SpeechTokens, Window

MAX_BABBLE_TOKENS = 100
"""Tokens behind the last word after which generation ends: 2 s. Chosen longer than any pause at the end of a text, so
that speech behind an end that was found too early is not lost."""
CHECK_INTERVAL = 50
"""Tokens between two looks for the end of the text: 1 s, because the aligner reads few large pieces at less cost."""


async def until_text_ends(
    speech: AsyncGenerator[SpeechTokens, None], alignment: ChunkAlignment
) -> AsyncGenerator[SpeechTokens, None]:
    """Yield the tokens of a chunk up to MAX_BABBLE_TOKENS behind its last word.

    A model that does not stop behind the last word has failed at nothing that is heard: SpeechTruncated and
    SpeechLooped are raised only before that word has ended.
    """
    try:
        async with aclosing(speech):
            async for tokens in speech:
                yield tokens
                if alignment.unread >= CHECK_INTERVAL:
                    alignment.align()
                if alignment.text_end is not None and alignment.tokens - alignment.text_end > MAX_BABBLE_TOKENS:
                    return
    except (SpeechTruncated, SpeechLooped):
        alignment.align()
        if alignment.text_end is None:
            raise


class BabbleCutter:
    """Stage that withholds windows behind the last word until the verdict is known, and drops babble among them.

    A window in which the last word ends is divided. `cut_at`: token of the chunk at which a tail was cut; None without
    one. `cut_tokens`: tokens that were dropped.
    """

    def __init__(self, alignment: ChunkAlignment) -> None:
        self._alignment = alignment
        self._held: list[Window] = []
        self._passed = 0  # tokens kept by the windows before the held ones
        self.cut_at: int | None = None
        self.cut_tokens = 0

    def feed(self, window: Window) -> Iterator[Window]:
        alignment = self._alignment
        if self._passed:  # no first sound waits for the aligner
            alignment.align()
        self._held.append(window)
        if alignment.verdict is None:
            yield from self._release(inf if alignment.text_end is None else alignment.text_end)
        else:
            yield from self.finish()

    def finish(self) -> Iterator[Window]:
        """Yield the windows before the tail, whose sound has ended there."""
        verdict = self._alignment.verdict
        tails = [fault.start for fault in verdict.faults if fault.kind is FaultKind.TAIL] if verdict else []
        if tails:
            self.cut_at = max(tails[0], self._passed)
        yield from self._release(inf if self.cut_at is None else self.cut_at)
        self.cut_tokens += sum(window.keep for window in self._held)
        self._held.clear()

    def _release(self, upto: float) -> Iterator[Window]:
        """Yield the held windows up to the token `upto` of the chunk; divide the one that it falls into."""
        while self._held and (room := upto - self._passed) > 0:
            window = self._held.pop(0)
            if room < window.keep:
                keep, rest = int(room), window.keep - int(room)
                self._held.insert(0, replace(window, left=window.left + keep, keep=rest))
                window = replace(window, keep=keep, right=window.right + rest)
            self._passed += window.keep
            yield window
