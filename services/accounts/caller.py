"""Who asks, and what they may do. Knows nothing of how that was found out."""

from dataclasses import dataclass
from enum import StrEnum

from shared.errors import Forbidden


class Scope(StrEnum):
    """What a key may be used for."""

    GENERATE = "generate"
    VOICES = "voices"  # creating and deleting them; to list them is free
    DEBUG = "debug"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a key may use. None takes the service's own limit."""

    requests_per_minute: int | None = None
    characters_per_minute: int | None = None
    streams: int | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever sent a request: the holder of a key, or everybody at once where keys are not asked for."""

    key_id: str
    name: str
    scopes: frozenset[Scope]
    limits: Limits = Limits()
    anonymous: bool = False

    def require(self, scope: Scope) -> None:
        """Raises Forbidden."""
        if scope not in self.scopes:
            raise Forbidden(f"this key does not have the scope `{scope}`")


ANONYMOUS = Caller(
    "anonymous",
    "anonymous",
    frozenset(Scope) - {Scope.ADMIN},
    Limits(requests_per_minute=1_000_000, characters_per_minute=1_000_000_000, streams=1_000_000),
    anonymous=True,
)
"""Everybody at once, where AUTH_BYPASS_MODE is on: bounded by the service's own admission alone.

Never an administrator: that takes a key, or the machine itself.
"""
