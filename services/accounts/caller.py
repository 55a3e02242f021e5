"""The caller of a request: identity, scopes and limits. Leaves authentication to `keys`."""

from dataclasses import dataclass
from enum import StrEnum

from shared.errors import Forbidden


class Scope(StrEnum):
    """A permission of a key."""

    GENERATE = "generate"
    VOICES = "voices"  # creating and deleting them; to list them is free
    DEBUG = "debug"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a key. None takes the service's default."""

    requests_per_minute: int | None = None
    characters_per_minute: int | None = None
    streams: int | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """The holder of a key, or ANONYMOUS where no key is required."""

    key_id: str
    name: str
    scopes: frozenset[Scope]
    limits: Limits = Limits()
    anonymous: bool = False

    def require(self, scope: Scope) -> None:
        """Raise Forbidden where the caller lacks this scope."""
        if scope not in self.scopes:
            raise Forbidden(f"this key does not have the scope `{scope}`")


ANONYMOUS = Caller(
    "anonymous",
    "anonymous",
    frozenset(Scope) - {Scope.ADMIN},
    Limits(requests_per_minute=1_000_000, characters_per_minute=1_000_000_000, streams=1_000_000),
    anonymous=True,
)
"""Every caller, where AUTH_BYPASS_MODE is on: bounded by the service's admission alone.

It lacks the `admin` scope, which takes a key, or access to the machine.
"""
