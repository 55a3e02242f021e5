"""The interface of accounts: authentication of callers, and limits, record and credits of each request."""

from collections.abc import AsyncIterator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
)

from core.request_state import RequestState
from services.accounts.account import Account
from services.accounts.caller import ANONYMOUS, Caller
from services.accounts.credits.charge import Charge
from services.accounts.credits.gate import CreditGate
from services.accounts.credits.ledger import Ledger
from services.accounts.database import Database, open_database
from services.accounts.dictionaries import DictionaryStore
from services.accounts.keys.cache import KeyCache
from services.accounts.keys.store import Key, KeyStore
from services.accounts.limits.rate_limiter import RateLimiter, open_rate_limiter
from services.accounts.limits.streams import OpenStreams
from services.accounts.records.delivery import Receiver
from services.accounts.records.journal import Journal, JournalState, open_journal
from services.accounts.records.record import Destination
from services.accounts.round_trips import RoundTrips
from services.accounts.settlement import Settlement
from services.background import BackgroundTasks
from services.voices.candidates import CandidateStore
from services.voices.consents import ConsentStore
from services.voices.store import VoiceStore
from shared.config import Settings
from shared.deadline import Deadline
from shared.errors import ExpiredApiKey, InvalidApiKey, KeyNotFound, StartupError
from shared.metrics import Metrics
from shared.store_settings import RecordKind
from shared.types import Allowance


class Accounts:
    """Keys, limits, credits and records behind one interface. With `bypass` every caller is ANONYMOUS."""

    def __init__(
        self,
        database: Database,
        cache: KeyCache,
        limiter: RateLimiter,
        journal: Journal,
        gate: CreditGate | None,
        round_trips: RoundTrips,
        *,
        bypass: bool,
        sockets: int,
    ) -> None:
        self.keys, self.bypass = KeyStore(database), bypass
        self.dictionaries = DictionaryStore(database)
        self.voices, self.consents = VoiceStore(database), ConsentStore(database)
        self.candidates = CandidateStore(database)
        self._sockets, self._socket_limit = OpenStreams("sockets"), sockets
        self._database, self._cache, self._limiter, self._journal, self._gate = database, cache, limiter, journal, gate
        self._round_trips = round_trips

    async def caller(self, secret: str | None, deadline: Deadline) -> Caller:
        """Return the caller that holds this secret. Raises Unauthorized, StoreUnavailable."""
        if self.bypass:
            return ANONYMOUS
        if not secret:
            raise InvalidApiKey("an API key is needed: `Authorization: Bearer …` or `X-API-Key: …`")
        return await self._cache.caller(secret, deadline)

    async def holder(self, key_id: str) -> Caller:
        """Return the caller that holds the key of this id. Raises Unauthorized, StoreUnavailable."""
        if self.bypass:
            return ANONYMOUS
        try:
            key = await self.keys.get(key_id)
        except KeyNotFound:
            raise InvalidApiKey("the key of this request is not known") from None
        if key.state == "expired":
            raise ExpiredApiKey("the key of this request has expired")
        if key.state == "revoked":
            raise InvalidApiKey("the key of this request was revoked")
        return key.caller

    def open_socket(self, caller: Caller) -> AbstractContextManager[None]:
        """Count a WebSocket of a caller while this context is open. Raises ConcurrencyLimited."""
        return nullcontext() if caller.anonymous else self._sockets.open(caller.key_id, self._socket_limit)

    async def revoke(self, key_id: str) -> Key:
        """Revoke a key: at once in this process, within the cache's TTL in others. Raises KeyNotFound."""
        revoked = await self.keys.revoke(key_id)
        self._cache.invalidate(key_id)
        return revoked

    @asynccontextmanager
    async def open(self, request: RequestState, caller: Caller, *, model_version: str) -> AsyncIterator[Account]:
        """Hold limits, record and credits for one request; the record ends, and is later settled, on exit.

        A part of a job has no limits a minute, and its job settles it (`settle_part`).
        Raises RateLimited, ConcurrencyLimited, TextTooLong, InsufficientCredits, StoreUnavailable.
        """
        gate = None if caller.anonymous else self._gate
        limiter = self._limiter if request.is_live else None
        without = () if gate and request.is_live else (Destination.CREDITS,)
        characters, deadline = len(request.utterance.text), request.arrival.store_deadline
        async with (
            limiter.admitted(caller, characters, deadline) if limiter else nullcontext() as request.allowance,
            self._journal.entry(request, caller.key_id, model_version=model_version, without=without) as entry,
        ):
            account = Account(request, caller, entry, limiter, gate)
            await account.hold()
            yield account

    async def settle_part(self, part_id: str, key_id: str, *, spoken_ms: int) -> None:
        """Charge a part of a job once and release its hold. Raises StoreUnavailable; may then be repeated."""
        if self._gate and key_id != ANONYMOUS.key_id:
            await self._gate.settle([Charge(part_id, key_id, spoken_ms)])

    @property
    def database(self) -> Database:
        return self._database

    def admitted(self, caller: Caller, characters: int, deadline: Deadline) -> AbstractAsyncContextManager[Allowance]:
        """Count work on a text toward the limits of its caller, without record and credits, while this context is open.

        Raises as `RateLimiter.admitted` does.
        """
        return self._limiter.admitted(caller, characters, deadline)

    @property
    def records(self) -> JournalState:
        return self._journal.state

    def degraded(self) -> list[str]:
        """Return the parts that do not work as they should, one line each, for health."""
        reasons = self._journal.delivery_problems
        if self._gate and self._gate.problem:
            reasons.append(f"credits: no holds ({self._gate.problem})")
        reasons += self._journal.write_problems
        if self._cache.store_unavailable:
            reasons.append("API keys cannot be checked: the database is away")
        elif problem := self._cache.store_problem:
            reasons.append(f"API keys are not always checked: {problem}")
        if self._limiter.store_unavailable:
            reasons.append("limits are not shared: Redis is away")
        elif problem := self._limiter.store_problem:
            reasons.append(f"limits are not always shared: {problem}")
        for problem in (self._database.problem, self._round_trips.problem):
            if problem:
                reasons.append(problem)
        return reasons

    @property
    def round_trips_s(self) -> dict[str, float]:
        """Return the measured round trips, in seconds, by store."""
        return self._round_trips.seconds


@asynccontextmanager
async def open_accounts(settings: Settings, metrics: Metrics, background: BackgroundTasks) -> AsyncIterator[Accounts]:
    """Open the stores that the settings name, with their background tasks. Raises StartupError."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(
            open_database(
                settings.database_url,
                connections=settings.database_connections,
                statements=(KeyStore.FIND, *(Ledger.STATEMENTS if settings.credits else ())),
                may_be_away=True,
            )
        )
        gate = _credit_gate(settings, database, metrics)
        receivers: dict[Destination, Receiver] = {}
        if gate:
            stack.push_async_callback(gate.close)
            receivers[Destination.CREDITS] = Settlement(gate)
        journal = await stack.enter_async_context(open_journal(settings, database, receivers, metrics, background))
        if gate:
            await stack.enter_async_context(background.running("credit-expiry", gate.expire))
        cache = KeyCache(
            KeyStore(database),
            ttl_s=settings.key_cache_ttl_s,
            grace_s=settings.key_grace_s,
            budget_s=settings.store_deadline_s,
        )
        stack.push_async_callback(cache.close)
        limiter = await stack.enter_async_context(open_rate_limiter(settings, metrics, background))
        metrics.key_store_away.set_function(lambda: cache.store_problem is not None)
        metrics.limit_store_away.set_function(lambda: limiter.store_problem is not None)
        measures = {"database": database.round_trip_s, "redis": limiter.round_trip_s}
        round_trips = RoundTrips(measures, database.keep_alive, settings, metrics)
        await stack.enter_async_context(background.running("round-trips", round_trips.run))
        sockets = settings.key_sockets
        yield Accounts(
            database, cache, limiter, journal, gate, round_trips, bypass=settings.auth_bypass_mode, sockets=sockets
        )


def _credit_gate(settings: Settings, database: Database, metrics: Metrics) -> CreditGate | None:
    """Return the gate that the settings ask for. Raises StartupError where there are no records to settle from."""
    if not settings.credits:
        return None
    if settings.records is RecordKind.OFF:
        raise StartupError("setting CREDITS: needs RECORDS=full or hash, for what was spent is settled from them")
    return CreditGate(Ledger(database), settings, metrics)
