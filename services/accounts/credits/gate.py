"""The credit gate: holds credits before a request and settles them afterwards. No request waits long for the ledger."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable

from services.accounts.credits.charge import Charge
from services.accounts.credits.ledger import Ledger
from services.accounts.store_guard import StoreGuard
from shared.config import Settings, WhenUnavailable
from shared.deadline import Deadline
from shared.errors import InsufficientCredits, StoreUnavailable
from shared.logging import get_logger
from shared.metrics import Metrics

EXPIRE_EVERY_S = 60.0
"""Seconds between two searches for expired holds."""

log = get_logger(__name__)


class CreditGate:
    """Holds and settlements at the ledger, by the policy of the settings. A settlement may be repeated."""

    def __init__(self, ledger: Ledger, settings: Settings, metrics: Metrics) -> None:
        self._ledger, self._settings, self._metrics = ledger, settings, metrics
        self._guard = StoreGuard("credits")

    @property
    def unavailable(self) -> str | None:
        """Return the reason why nothing can be held at present; None where it can."""
        return self._guard.unavailable

    async def hold(self, charge: Charge, deadline: Deadline) -> None:
        """Hold the credits of a request.

        Raises InsufficientCredits; StoreUnavailable where the ledger is unavailable and the settings refuse then.
        """
        for_s = self._settings.credits_hold_s
        await self._ask(
            lambda: self._ledger.hold(charge.id, charge.key_id, amount_ms=charge.amount_ms, for_s=for_s), deadline
        )

    async def hold_more(self, charge: Charge, deadline: Deadline, *, total_ms: int) -> None:
        """Hold credits for more text or sound; `total_ms` is the request's whole hold. Raises as `hold` does."""
        for_s, amount_ms = self._settings.credits_hold_s, charge.amount_ms
        await self._ask(
            lambda: self._ledger.hold_more(
                charge.id, charge.key_id, amount_ms=amount_ms, total_ms=total_ms, for_s=for_s
            ),
            deadline,
        )

    async def settle(self, charges: Iterable[Charge]) -> None:
        """Charge ended requests and release their holds. Raises StoreUnavailable; may then be repeated."""
        for charge in charges:
            await self._ledger.settle(charge.id, charge.key_id, spent_ms=charge.amount_ms)

    async def expire(self) -> None:
        """Release expired holds, mostly of processes that ended without settling, until cancelled."""
        while True:
            try:
                if expired := await self._ledger.expire():
                    log.warning("credit_holds_expired", count=expired)
            except StoreUnavailable as fault:
                log.warning("credit_expiry_postponed", reason=fault.message)
            await asyncio.sleep(EXPIRE_EVERY_S)

    async def close(self) -> None:
        """Cancel the questions that the ledger has not answered."""
        await self._guard.close()

    async def _ask(self, question: Callable[[], Coroutine[object, object, None]], deadline: Deadline) -> None:
        """Ask the ledger and count the answer. The settlement also releases a hold made after its request gave up."""
        try:
            await self._guard.ask(question, deadline)
        except InsufficientCredits:
            self._metrics.credit_holds.labels("refused").inc()
            raise
        except StoreUnavailable as fault:
            self._metrics.credit_holds.labels("away").inc()
            if self._settings.credits_away is WhenUnavailable.REFUSE:
                raise StoreUnavailable("credits cannot be checked just now; try again later") from fault
        else:
            self._metrics.credit_holds.labels("held").inc()
