"""Open streams of each key in all processes: leases in Redis, which expire unless they are renewed."""

import asyncio
import time
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

from services.accounts.limits.admission import Answer, Question, Take
from services.accounts.limits.script import AdmissionScript
from services.accounts.store_guard import StoreGuard
from shared.deadline import Deadline
from shared.errors import StoreUnavailable

LEASE_S = 30.0
"""Seconds until a lease expires; the streams of a killed process count for so long."""
RENEWALS = 3
"""Renewals of a lease in LEASE_S."""


class Leases:
    """Leases of this process, and what their requests take.

    A lease that Redis missed or lost is added at the next renewal. The end of one is sent at once, and again with the
    next question about its key until Redis has answered.
    """

    def __init__(self, script: AdmissionScript, guard: StoreGuard) -> None:
        self._script, self._guard = script, guard
        self._open: defaultdict[str, set[str]] = defaultdict(set)
        self._ended: defaultdict[str, dict[str, float]] = defaultdict(dict)  # with the time; Redis may not know it yet

    @asynccontextmanager
    async def open(
        self, key_id: str, *, streams: int, requests: Take, characters: Take, deadline: Deadline
    ) -> AsyncIterator[Answer | None]:
        """Hold a lease while this context is open, and take what its request needs; yield the answer.

        Without room there is no lease. None: Redis is unavailable; the lease counts once Redis answers.
        """
        lease = uuid.uuid4().hex
        wanted = Question(key_id, LEASE_S, leases=[lease], streams=streams, requests=requests, characters=characters)
        held, answer = True, None
        try:
            answer = await self._ask(wanted, deadline)
            held = answer is None or not answer.refused
            if held:
                self._open[key_id].add(lease)
            yield answer
        finally:
            if held:
                self._open[key_id].discard(lease)
                self._ended[key_id][lease] = time.monotonic()
                self._release(key_id)

    async def take(self, key_id: str, characters: Take, deadline: Deadline) -> Answer | None:
        """Take characters of text that follows; return the answer, None where Redis is unavailable."""
        return await self._ask(Question(key_id, LEASE_S, characters=characters), deadline)

    async def renew(self) -> None:
        """Renew the open leases until cancelled."""
        while True:
            await asyncio.sleep(LEASE_S / RENEWALS)
            self._drop_expired()
            for key_id in {*self._open, *self._ended}:
                await self._ask(self._renewal(key_id, self._open[key_id]), Deadline())

    def _drop_expired(self) -> None:
        """Drop ended leases that have expired in Redis, and keys without leases."""
        long_ago = time.monotonic() - LEASE_S
        for leases in self._ended.values():
            for lease in [lease for lease, at in leases.items() if at < long_ago]:
                del leases[lease]
        for by_key in (self._open, self._ended):
            for key_id in [key_id for key_id, leases in by_key.items() if not leases]:
                del by_key[key_id]

    def _renewal(self, key_id: str, leases: Collection[str]) -> Question:
        return Question(key_id, LEASE_S, leases=list(leases))

    def _release(self, key_id: str) -> None:
        """Send ended leases without waiting for the answer: no answer to a client waits for it."""
        with suppress(StoreUnavailable):  # sent with the next question about the key
            self._guard.begin(lambda: self._update(self._renewal(key_id, ())))

    async def _ask(self, question: Question, deadline: Deadline) -> Answer | None:
        try:
            return await self._guard.ask(lambda: self._update(question), deadline)
        except StoreUnavailable:
            return None

    async def _update(self, question: Question) -> Answer:
        """Ask the script, with the ended leases of the key. Raises StoreUnavailable."""
        ended = list(self._ended[question.key_id])
        answer = await self._script.ask(replace(question, ended=ended))
        for lease in ended:
            self._ended[question.key_id].pop(lease, None)
        return answer
