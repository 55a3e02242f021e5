"""How many streams each key has open in all processes: leases in Redis, which run out when nobody renews them."""

import asyncio
import time
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from redis.asyncio import BlockingConnectionPool, Redis
from redis.exceptions import RedisError

from services.accounts.store_guard import Neighbour
from shared.deadline import Deadline
from shared.errors import StoreUnavailable

LEASE_S = 30.0  # the streams of a process that was killed still count for so long
RENEWALS = 3  # in that time
ANY = 1_000_000_000  # more than there can be

_TELL = """
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
    """The leases of one process.

    Redis hears of each in the end: of one that it missed or has lost at the next renewal, and that one has ended with
    the next question about its key.
    """

    def __init__(self, pool: BlockingConnectionPool, neighbour: Neighbour) -> None:
        self._tell_redis = Redis(connection_pool=pool).register_script(_TELL)
        self._neighbour = neighbour
        self._open: defaultdict[str, set[str]] = defaultdict(set)
        self._ended: defaultdict[str, dict[str, float]] = defaultdict(dict)  # and when; Redis may not know yet

    @asynccontextmanager
    async def one_more(self, key_id: str, limit: int, deadline: Deadline) -> AsyncIterator[bool | None]:
        """A lease while this context is open; gives whether there was one left, and None where Redis is away."""
        lease, left = uuid.uuid4().hex, None
        try:
            left = await self._ask(key_id, {lease}, deadline, most=limit)
            if left is not False:
                self._open[key_id].add(lease)  # also one that Redis does not know: it counts when Redis is back
            yield left
        finally:
            if left is not False:
                self._open[key_id].discard(lease)
                self._ended[key_id][lease] = time.monotonic()
                await self._ask(key_id, (), deadline)

    async def renew(self) -> None:
        """For ever, tell Redis what is open."""
        while True:
            await asyncio.sleep(LEASE_S / RENEWALS)
            self._forget()
            for key_id in {*self._open, *self._ended}:
                await self._ask(key_id, self._open[key_id], Deadline())

    def _forget(self) -> None:
        """What has run out by itself, and keys without streams."""
        long_ago = time.monotonic() - LEASE_S
        for leases in self._ended.values():
            for lease in [lease for lease, at in leases.items() if at < long_ago]:
                del leases[lease]
        for by_key in (self._open, self._ended):
            for key_id in [key_id for key_id, leases in by_key.items() if not leases]:
                del by_key[key_id]

    async def _ask(self, key_id: str, leases: Collection[str], deadline: Deadline, *, most: int = ANY) -> bool | None:
        try:
            return await self._neighbour.ask(lambda: self._tell(key_id, leases, most), deadline)
        except StoreUnavailable:
            return None

    async def _tell(self, key_id: str, leases: Collection[str], most: int) -> bool:
        """Raises StoreUnavailable."""
        ended = list(self._ended[key_id])
        try:
            told = await self._tell_redis([f"veena3:streams:{key_id}"], [LEASE_S, most, len(ended), *ended, *leases])
        except (RedisError, OSError) as error:
            raise StoreUnavailable(f"Redis is away ({type(error).__name__})") from error
        for lease in ended:
            self._ended[key_id].pop(lease, None)
        return bool(told)
