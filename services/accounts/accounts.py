"""Who may come in, and how much they may use. Knows nothing of how they knock."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from services.accounts.caller import ANONYMOUS, Caller
from services.accounts.database import Database
from services.accounts.keys.cache import KeyRing
from services.accounts.keys.store import KeyStore
from services.accounts.limits.rate_limiter import Limiter, open_limiter
from services.background import BackgroundTasks
from shared.config import Settings
from shared.deadline import Deadline
from shared.errors import InvalidApiKey
from shared.metrics import Metrics


@dataclass(frozen=True, slots=True)
class Access:
    """The keys, the cache before them, and the limits. With `bypass` everybody is let in as ANONYMOUS."""

    keys: KeyStore
    ring: KeyRing
    limiter: Limiter
    bypass: bool

    async def caller(self, secret: str | None, deadline: Deadline) -> Caller:
        """Raises Unauthorized, StoreUnavailable."""
        if self.bypass:
            return ANONYMOUS
        if not secret:
            raise InvalidApiKey("an API key is needed: `Authorization: Bearer …` or `X-API-Key: …`")
        return await self.ring.caller(secret, deadline)

    def watch(self, metrics: Metrics) -> None:
        metrics.key_store_away.set_function(lambda: self.ring.store_away)
        metrics.limit_store_away.set_function(lambda: self.limiter.store_away)

    def degraded(self) -> list[str]:
        """What does not work as it should, for health."""
        reasons = {
            "API keys cannot be checked: the database is away": self.ring.store_away,
            "limits are not shared: Redis is away": self.limiter.store_away,
        }
        return [reason for reason, is_so in reasons.items() if is_so]


@asynccontextmanager
async def open_access(settings: Settings, database: Database, background: BackgroundTasks) -> AsyncIterator[Access]:
    """Raises StartupError."""
    keys = KeyStore(database)
    ring = KeyRing(keys, ttl_s=settings.key_cache_ttl_s, grace_s=settings.key_grace_s)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(ring.close)
        limiter = await stack.enter_async_context(open_limiter(settings, background))
        yield Access(keys, ring, limiter, settings.auth_bypass_mode)
