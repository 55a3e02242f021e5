"""Admission by Redis: leases of streams and counts of a minute, in one script, which is one round trip.

Only Redis's clock counts. The counts are those of a sliding window: of this minute and of the one before.
"""

import asyncio
import time
from collections.abc import Sequence
from hashlib import sha1
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.exceptions import NoScriptError, RedisError

from services.accounts.batches import Batches
from services.accounts.certificates import certificate_fault
from services.accounts.limits.admission import Answer, Question
from services.accounts.limits.sliding_window import PERIOD_S, SlidingWindowCounter
from shared.errors import StoreUnavailable
from shared.logging import get_logger

CONNECTIONS = 4
"""Connections of this process. Questions that wait for one are sent together, so few are enough."""

_TEXT = """
-- KEYS: a key's leases (a sorted set, by the time at which each runs out); its counts of requests; of characters.
-- ARGV: 1 seconds of a lease, 2 streams that there may be before others are added, 3-4 requests to take and their
-- limit, 5-6 characters and their limit, 7 number of ended leases, then their names, then those of open leases.
-- Answer: the first of streams, requests and characters that is refused, else an empty string; then for requests and
-- characters the count before, the milliseconds that it counts, the count now, the milliseconds that it counts.
local PERIOD = PERIOD_MS
local clock = redis.call('TIME')
local at = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function window(key)
  local kept = redis.call('HMGET', key, 'since', 'before', 'now')
  local w = {since = tonumber(kept[1]) or at, before = tonumber(kept[2]) or 0, now = tonumber(kept[3]) or 0}
  local periods = math.floor((at - w.since) / PERIOD)
  if periods == 1 then
    w = {since = w.since + PERIOD, before = w.now, now = 0}
  elseif periods > 1 or periods < 0 then
    w = {since = at, before = 0, now = 0}
  end
  return w
end

local function take(key, w, amount, limit)
  local counted = math.floor(w.before * (PERIOD - at + w.since) / PERIOD) + w.now
  if counted + amount > limit then return false end
  if amount > 0 then
    w.now = w.now + amount
    redis.call('HSET', key, 'since', w.since, 'before', w.before, 'now', w.now)
    redis.call('PEXPIRE', key, 2 * PERIOD)
  end
  return true
end

local function report(refused, windows)
  local answer = {refused}
  for _, w in ipairs(windows) do
    local left = PERIOD - at + w.since
    for _, value in ipairs({w.before, left, w.now, left + PERIOD}) do answer[#answer + 1] = value end
  end
  return answer
end

local ended = 7 + ARGV[7]
for n = 8, ended do redis.call('ZREM', KEYS[1], ARGV[n]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', at)
local requests, characters = window(KEYS[2]), window(KEYS[3])
local windows = {requests, characters}
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return report('streams', windows) end
if not take(KEYS[2], requests, tonumber(ARGV[3]), tonumber(ARGV[4])) then return report('requests', windows) end
if not take(KEYS[3], characters, tonumber(ARGV[5]), tonumber(ARGV[6])) then return report('characters', windows) end
if #ARGV > ended then
  local lease_ms = ARGV[1] * 1000
  for n = ended + 1, #ARGV do redis.call('ZADD', KEYS[1], at + lease_ms, ARGV[n]) end
  redis.call('PEXPIRE', KEYS[1], math.ceil(lease_ms))
end
return report('', windows)
""".replace("PERIOD_MS", str(PERIOD_S * 1000))
_SHA = sha1(_TEXT.encode(), usedforsecurity=False).hexdigest()
log = get_logger(__name__)
_MOST = 200
"""Questions sent together at most."""


class AdmissionScript:
    """The script at one server. Each question is one round trip; those that wait for a connection share one."""

    def __init__(self, pool: BlockingConnectionPool) -> None:
        self._redis = Redis(connection_pool=pool)
        self._batches: Batches[Question, Answer] = Batches(self._run, at_once=CONNECTIONS, most=_MOST)

    async def ask(self, question: Question) -> Answer:
        """Return the answer. Raises StoreUnavailable."""
        return await self._batches.ask(question)

    async def open(self) -> None:
        """Open every connection, so that no request waits for one. Raises StoreUnavailable."""
        try:
            await asyncio.gather(*(self._redis.ping() for _ in range(CONNECTIONS)))
        except (RedisError, OSError) as error:
            raise _unavailable(error) from error

    async def round_trip_s(self) -> float:
        """Load the script, which a server may have lost, and return the seconds of the round trip.

        Raises StoreUnavailable.
        """
        begun = time.monotonic()
        try:
            await self._redis.script_load(_TEXT)
        except (RedisError, OSError) as error:
            raise _unavailable(error) from error
        return time.monotonic() - begun

    async def close(self) -> None:
        """End the questions under way."""
        await self._batches.close()

    async def _run(self, questions: Sequence[Question]) -> list[Answer | Exception]:
        """Return answers or errors, in order; a server that lacks the script is sent it. Raises StoreUnavailable."""
        try:
            answers = await self._run_once(questions, known=True)
            if missing := [n for n, answer in enumerate(answers) if isinstance(answer, NoScriptError)]:
                again = await self._run_once([questions[n] for n in missing], known=False)
                for n, answer in zip(missing, again, strict=True):
                    answers[n] = answer
        except (RedisError, OSError) as error:
            raise _unavailable(error) from error
        return [_unavailable(answer) if isinstance(answer, Exception) else _read(answer) for answer in answers]

    async def _run_once(self, questions: Sequence[Question], *, known: bool) -> list[Any]:
        sent = self._redis.pipeline(transaction=False)
        for question in questions:
            run = sent.evalsha if known else sent.eval
            run(_SHA if known else _TEXT, len(question.keys), *question.keys, *question.values)
        return list(await sent.execute(raise_on_error=False))


def _read(answer: list[Any]) -> Answer:
    refused, *counts = answer
    name = refused.decode() if isinstance(refused, bytes) else refused
    return Answer(name, _window(counts[:4]), _window(counts[4:]))


def _window(counts: list[int]) -> SlidingWindowCounter:
    before, before_left_ms, now, now_left_ms = counts
    return SlidingWindowCounter(before, before_left_ms / 1000, now, now_left_ms / 1000)


def _unavailable(error: BaseException) -> StoreUnavailable:
    log.debug("redis_fault", exc_info=error)
    if fault := certificate_fault(error):
        return StoreUnavailable(f"the certificate of Redis is not accepted: {fault}")
    return StoreUnavailable(f"Redis is away ({type(error).__name__})")
