"""Cache of API keys in front of the key store, so that most requests do not wait for a database."""

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass

from services.accounts.caller import Caller
from services.accounts.keys.store import Key, KeyStore, digest
from services.accounts.store_guard import StoreGuard
from shared.deadline import Deadline
from shared.errors import ExpiredApiKey, InvalidApiKey, StoreUnavailable

MAX_KNOWN, MAX_UNKNOWN = 10_000, 10_000
"""Entries of existing keys, and of digests without a key, which are kept apart so that they evict no existing key."""
MAX_QUESTIONS = 32
"""Keys that are looked up at once. A look-up takes 1 ms of SQLite's one connection, and a store without an answer for
100 ms counts as unavailable for every key: invented keys must not fill that time."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """The store's answer for a digest, and when it was asked. `key` is None where there is none."""

    key: Key | None
    asked_at: float


class KeyCache:
    """Cache of callers by their secrets.

    An entry is valid for `ttl_s`, so a revoked key works that long at most. While the store is unavailable, a valid key
    works for `grace_s` more; other keys are refused with StoreUnavailable.
    """

    def __init__(self, store: KeyStore, *, ttl_s: float, grace_s: float, budget_s: float) -> None:
        self._store, self._ttl_s, self._grace_s = store, ttl_s, grace_s
        self._known: OrderedDict[str, _Entry] = OrderedDict()
        self._unknown: OrderedDict[str, _Entry] = OrderedDict()
        self._questions: dict[str, asyncio.Task[_Entry]] = {}
        self._generation = 0
        self._guard = StoreGuard("keys", budget_s)

    @property
    def store_unavailable(self) -> bool:
        return self._guard.unavailable is not None

    @property
    def store_problem(self) -> str | None:
        """Return the reason why keys cannot be looked up, or could not lately; None where they can."""
        return self._guard.problem

    async def caller(self, secret: str, deadline: Deadline) -> Caller:
        """Return the caller that holds this secret. Raises InvalidApiKey, ExpiredApiKey, StoreUnavailable."""
        hashed = digest(secret)
        if hashed is None:
            raise InvalidApiKey("this is not an API key; they begin with veena3_")
        entry = self._known.get(hashed) or self._unknown.get(hashed)
        if entry is None or time.monotonic() - entry.asked_at > self._ttl_s:
            try:
                entry = await self._fresh(hashed, deadline)
            except StoreUnavailable:
                entry = self._in_grace(entry)
        if entry.key is None:
            raise InvalidApiKey("this API key is not known, or was revoked")
        if entry.key.expired:
            raise ExpiredApiKey("this API key has expired")
        return entry.key.caller

    async def close(self) -> None:
        await self._guard.close()

    def invalidate(self, key_id: str) -> None:
        """Drop a key that was revoked in this process, so that the store is asked for it again.

        Questions under way may have been answered before the revocation: their answers are not cached, and no later
        request shares them.
        """
        self._generation += 1
        self._questions.clear()
        for hashed in [hashed for hashed, entry in self._known.items() if entry.key and entry.key.id == key_id]:
            del self._known[hashed]

    def _in_grace(self, entry: _Entry | None) -> _Entry:
        if entry and entry.key and time.monotonic() - entry.asked_at < self._ttl_s + self._grace_s:
            return entry
        raise StoreUnavailable("API keys cannot be checked at the moment; try again")

    async def _fresh(self, hashed: str, deadline: Deadline) -> _Entry:
        """Ask the store. Requests for the same key at the same time share one question."""
        question = self._questions.get(hashed)
        if question is None and len(self._questions) >= MAX_QUESTIONS:
            raise StoreUnavailable("keys: too many keys are being looked up")
        if question is None or self.store_unavailable:  # an earlier question may never be answered
            question = self._questions[hashed] = self._guard.begin(lambda: self._ask(hashed))
            question.add_done_callback(lambda ended: self._answered(hashed, ended))
        return await self._guard.answer(question, deadline)

    def _answered(self, hashed: str, ended: asyncio.Task[_Entry]) -> None:
        if self._questions.get(hashed) is ended:
            del self._questions[hashed]

    async def _ask(self, hashed: str) -> _Entry:
        asked_at, generation = time.monotonic(), self._generation
        entry = _Entry(await self._store.find(hashed), asked_at)
        if generation == self._generation:
            self._keep(hashed, entry)
        return entry

    def _keep(self, hashed: str, entry: _Entry) -> None:
        self._known.pop(hashed, None)
        self._unknown.pop(hashed, None)
        entries, size = (self._known, MAX_KNOWN) if entry.key else (self._unknown, MAX_UNKNOWN)
        entries[hashed] = entry
        if len(entries) > size:
            entries.popitem(last=False)
