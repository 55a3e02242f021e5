"""Keys at hand: a cache in front of the store, so that a request does not wait for a database."""

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass

from services.accounts.caller import Caller
from services.accounts.keys.store import Key, KeyStore, digest
from services.accounts.store_guard import Neighbour
from shared.deadline import Deadline
from shared.errors import ExpiredApiKey, InvalidApiKey, StoreUnavailable

KNOWN, UNKNOWN = 10_000, 10_000  # entries; those of strangers never push out a good one


@dataclass(frozen=True, slots=True)
class _Entry:
    """What the store said of a digest, and when. No key: there is none."""

    key: Key | None
    asked_at: float


class KeyRing:
    """Callers by their secrets.

    An entry is believed for `ttl_s`, so a revoked key works that long at most. While the store is away a key that was
    good keeps working for `grace_s` more, and others are told to come back.
    """

    def __init__(self, store: KeyStore, *, ttl_s: float, grace_s: float) -> None:
        self._store, self._ttl_s, self._grace_s = store, ttl_s, grace_s
        self._known: OrderedDict[str, _Entry] = OrderedDict()
        self._unknown: OrderedDict[str, _Entry] = OrderedDict()
        self._questions: dict[str, asyncio.Task[_Entry]] = {}
        self._neighbour = Neighbour("keys")

    @property
    def store_away(self) -> bool:
        return self._neighbour.away is not None

    async def caller(self, secret: str, deadline: Deadline) -> Caller:
        """Raises InvalidApiKey, ExpiredApiKey, StoreUnavailable."""
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
        await self._neighbour.close()

    def forget(self, key_id: str) -> None:
        """Ask the store about this key again: it was revoked here."""
        for hashed in [hashed for hashed, entry in self._known.items() if entry.key and entry.key.id == key_id]:
            del self._known[hashed]

    def _in_grace(self, entry: _Entry | None) -> _Entry:
        if entry and entry.key and time.monotonic() - entry.asked_at < self._ttl_s + self._grace_s:
            return entry
        raise StoreUnavailable("API keys cannot be checked at the moment; try again")

    async def _fresh(self, hashed: str, deadline: Deadline) -> _Entry:
        """What the store says now. Who asks for the same key at once asks together."""
        question = self._questions.get(hashed)
        if question is None or self.store_away:  # then what was asked may never be answered
            question = self._questions[hashed] = self._neighbour.begin(lambda: self._ask(hashed))
            question.add_done_callback(lambda ended: self._answered(hashed, ended))
        return await self._neighbour.answer(question, deadline)

    def _answered(self, hashed: str, ended: asyncio.Task[_Entry]) -> None:
        if self._questions.get(hashed) is ended:
            del self._questions[hashed]

    async def _ask(self, hashed: str) -> _Entry:
        asked_at = time.monotonic()
        entry = _Entry(await self._store.find(hashed), asked_at)
        self._keep(hashed, entry)
        return entry

    def _keep(self, hashed: str, entry: _Entry) -> None:
        here, there, size = (self._known, self._unknown, KNOWN) if entry.key else (self._unknown, self._known, UNKNOWN)
        there.pop(hashed, None)
        here[hashed] = entry
        here.move_to_end(hashed)
        if len(here) > size:
            here.popitem(last=False)
