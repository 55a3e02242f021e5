"""Questions about the limits of a key, and their answers, as Redis gives them. No store."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.accounts.limits.meter import Reading
from services.accounts.limits.sliding_window import SlidingWindowCounter

_FREE = 1_000_000_000
"""More than any limit of streams, requests or characters."""


@dataclass(frozen=True, slots=True)
class Take:
    """An amount of something to take, and its limit."""

    amount: int = 0
    limit: int = _FREE


@dataclass(frozen=True, slots=True)
class Question:
    """Change of one key's leases and counts: leases that ended, leases that are open, and what is taken."""

    key_id: str
    lease_s: float
    ended: Sequence[str] = ()
    leases: Sequence[str] = ()
    streams: int = _FREE
    requests: Take = Take()
    characters: Take = Take()

    @property
    def keys(self) -> list[str]:
        """Return the names in Redis; the braces put a key's names on one node of a cluster."""
        return [f"veena3:{{{self.key_id}}}:{name}" for name in ("streams", "requests", "characters")]

    @property
    def values(self) -> list[str | int | float]:
        taken = (self.requests.amount, self.requests.limit, self.characters.amount, self.characters.limit)
        return [self.lease_s, self.streams, *taken, len(self.ended), *self.ended, *self.leases]


@dataclass(frozen=True, slots=True)
class Answer:
    """Result of a question. `refused`: the first of `streams`, `requests` and `characters` without room, else empty.

    What is refused, and what follows it, is not taken; leases are added where nothing is refused.
    """

    refused: str
    requests: SlidingWindowCounter
    characters: SlidingWindowCounter

    def reading(self, what: str) -> Reading:
        """Return the reading of `requests` or `characters`."""
        return Reading(self.refused != what, self.requests if what == "requests" else self.characters)
