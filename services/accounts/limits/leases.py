"""Open streams of each key in all processes: leases in Redis, which expire unless they are renewed."""

import asyncio
import time
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from redis.asyncio import BlockingConnectionPool, Redis
from redis.exceptions import RedisError

from services.accounts.store_guard import StoreGuard
from shared.deadline import Deadline
from shared.errors import StoreUnavailable

LEASE_S = 30.0
"""Seconds until a lease expires; the streams of a killed process count for so long."""
RENEWALS = 3
"""Renewals of a lease in LEASE_S."""
NO_LIMIT = 1_000_000_000
"""More streams than there can be."""

_UPDATE = """
-- KEYS[1]: a key's leases, by the time at which each runs out. ARGV: how long one lasts, how many there may be before
-- others are added, how many have ended, their names, and the names of those that are open.
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local ended = 3 + ARGV[3]
for n = 4, ended do redis.call('ZREM', KEYS[1], ARGV[n]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
for n = ended + 1, #ARGV do redis.call('ZADD', KEYS[1], now + ARGV[1], ARGV[n]) end
redis.call('PEXPIRE', KEYS[1], math.ceil(ARGV[1] * 1000))
return 1
"""


class Leases:
    """Leases of this process.

    A lease that Redis missed or lost is added at the next renewal; the end of one is sent with the next question about
    its key.
    """

    def __init__(self, pool: BlockingConnectionPool, guard: StoreGuard) -> None:
        self._script = Redis(connection_pool=pool).register_script(_UPDATE)
        self._guard = guard
        self._open: defaultdict[str, set[str]] = defaultdict(set)
        self._ended: defaultdict[str, dict[str, float]] = defaultdict(dict)  # with the time; Redis may not know it yet

    @asynccontextmanager
    async def open(self, key_id: str, limit: int, deadline: Deadline) -> AsyncIterator[bool | None]:
        """Hold a lease while this context is open; yield whether one was left, None where Redis is unavailable."""
        lease, left = uuid.uuid4().hex, None
        try:
            left = await self._ask(key_id, {lease}, deadline, most=limit)
            if left is not False:
                self._open[key_id].add(lease)  # one that Redis does not know, too: it counts once Redis answers
            yield left
        finally:
            if left is not False:
                self._open[key_id].discard(lease)
                self._ended[key_id][lease] = time.monotonic()
                await self._ask(key_id, (), deadline)

    async def renew(self) -> None:
        """Renew the open leases until cancelled."""
        while True:
            await asyncio.sleep(LEASE_S / RENEWALS)
            self._drop_expired()
            for key_id in {*self._open, *self._ended}:
                await self._ask(key_id, self._open[key_id], Deadline())

    def _drop_expired(self) -> None:
        """Drop ended leases that have expired in Redis, and keys without leases."""
        long_ago = time.monotonic() - LEASE_S
        for leases in self._ended.values():
            for lease in [lease for lease, at in leases.items() if at < long_ago]:
                del leases[lease]
        for by_key in (self._open, self._ended):
            for key_id in [key_id for key_id, leases in by_key.items() if not leases]:
                del by_key[key_id]

    async def _ask(
        self, key_id: str, leases: Collection[str], deadline: Deadline, *, most: int = NO_LIMIT
    ) -> bool | None:
        try:
            return await self._guard.ask(lambda: self._update(key_id, leases, most), deadline)
        except StoreUnavailable:
            return None

    async def _update(self, key_id: str, leases: Collection[str], most: int) -> bool:
        """Send ended and open leases; return whether there was room. Raises StoreUnavailable."""
        ended = list(self._ended[key_id])
        try:
            had_room = await self._script([f"veena3:streams:{key_id}"], [LEASE_S, most, len(ended), *ended, *leases])
        except (RedisError, OSError) as error:
            raise StoreUnavailable(f"Redis is away ({type(error).__name__})") from error
        for lease in ended:
            self._ended[key_id].pop(lease, None)
        return bool(had_room)
