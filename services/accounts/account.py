"""The account of one request: its stream of the caller's limit, its journal entry, and its credits."""

import math
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from core.request_state import RequestState
from services.accounts.caller import Caller
from services.accounts.credits.charge import BASE_MS, MORE_MS, Charge, estimate_ms
from services.accounts.credits.gate import CreditGate
from services.accounts.limits.rate_limiter import RateLimiter
from services.accounts.records.journal import Entry
from shared.deadline import Deadline
from shared.types import Pcm

ORDINARY_GROWTH = 4
"""Spoken characters for a written one that no limit counts. A sentence of a date and an amount has 2.5 (measured)."""


@dataclass(slots=True)
class Account:
    """Holdings of one request. `counted` characters are counted by the limits, `held_ms` of speech are held.

    A part of a job has no `limiter`.

    `text_ms` is the estimate of the request's text so far. Each question to the ledger holds MORE_MS ahead where the
    balance covers it, so that a text in many short pieces asks once in 5 s of speech.
    """

    request: RequestState
    caller: Caller
    entry: Entry
    limiter: RateLimiter | None
    gate: CreditGate | None
    counted: int = 0
    text_ms: int = 0
    held_ms: int = 0

    async def recorded(self) -> None:
        """Wait until the request's beginning is on the disk, at most a bounded time."""
        await self.entry.written()

    async def hold(self) -> None:
        """Hold the credits of the request's own text, which is counted already. Raises as `CreditGate.hold` does."""
        utterance = self.request.utterance
        self.counted = len(utterance.text)
        self.text_ms = self.held_ms = BASE_MS + estimate_ms(self.counted, utterance.speed)
        if self.gate:
            await self.gate.hold(self._charge(self.held_ms), self.request.arrival.store_deadline)

    async def admitted(self, more: AsyncGenerator[str, None]) -> AsyncGenerator[str, None]:
        """Yield the text that follows, each piece once it is within the limits and its credits are held.

        Raises as `Accounts.open` does. Each piece has a deadline of its own.
        """
        async with aclosing(more):
            async for text in more:
                deadline = Deadline()
                await self._count(len(text), deadline)
                self.text_ms += estimate_ms(len(text), self.request.utterance.speed)
                await self._cover(self.text_ms, deadline)
                self.entry.add(text)
                yield text

    async def covered(self, blocks: AsyncGenerator[Pcm, None]) -> AsyncGenerator[Pcm, None]:
        """Yield the blocks of sound, each once its text is within the limits and its credits are held.

        A text whose spoken form is far longer than its written one is counted, and paid, as what it becomes: the sound
        ends where the balance ends. Raises TextTooLong, RateLimited, InsufficientCredits, StoreUnavailable.
        """
        spoken = chunks = 0
        sound_ms = 0.0
        async with aclosing(blocks):
            async for block in blocks:
                script = self.request.script
                if script and len(script.chunks) > chunks:
                    spoken += sum(len(chunk.text) for chunk in script.chunks[chunks:])
                    chunks = len(script.chunks)
                    if (above := spoken - ORDINARY_GROWTH * self.counted) > 0:
                        await self._count(above, Deadline())
                sound_ms += block.seconds * 1000
                await self._cover(math.ceil(sound_ms), Deadline())
                yield block

    async def _count(self, characters: int, deadline: Deadline) -> None:
        if self.limiter:
            await self.limiter.charge(self.caller, characters, deadline)
        self.counted += characters

    async def _cover(self, speech_ms: int, deadline: Deadline) -> None:
        """Hold what `speech_ms` in all needs beyond the hold, and MORE_MS where the balance covers that."""
        missing_ms = speech_ms - self.held_ms
        if self.gate and missing_ms > 0:
            self.held_ms += await self.gate.hold_more(
                self._charge(missing_ms), deadline, most_ms=max(MORE_MS, missing_ms), before_ms=self.held_ms
            )

    def _charge(self, amount_ms: int) -> Charge:
        return Charge(self.request.part_id or self.entry.id, self.caller.key_id, amount_ms)
