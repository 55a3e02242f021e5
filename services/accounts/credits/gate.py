"""The credit gate: holds credits before a request and settles them afterwards. No request waits long for the ledger."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable
from typing import TypeVar

from services.accounts.credits.charge import Charge
from services.accounts.credits.ledger import Ledger
from services.accounts.store_guard import StoreGuard
from shared.config import Settings
from shared.deadline import Deadline
from shared.errors import InsufficientCredits, StoreUnavailable
from shared.logging import get_logger
from shared.metrics import Metrics
from shared.store_settings import WhenUnavailable

EXPIRE_EVERY_S = 60.0
"""Seconds between two searches for expired holds."""

SUM_EVERY_S = 3600.0
"""Seconds between two searches for charges that are old enough to be summed up."""
DAY_S = 86_400

T = TypeVar("T")

log = get_logger(__name__)


class CreditGate:
    """Holds and settlements at the ledger, by the policy of the settings. A settlement may be repeated."""

    def __init__(self, ledger: Ledger, settings: Settings, metrics: Metrics) -> None:
        self._ledger, self._settings, self._metrics = ledger, settings, metrics
        self._guard = StoreGuard("credits", settings.store_deadline_s)
        self._summed_at = 0.0  # seconds since 1970

    @property
    def problem(self) -> str | None:
        """Return the reason why nothing can be held at present, or could not lately; None where it can."""
        return self._guard.problem

    async def hold(self, charge: Charge, deadline: Deadline) -> None:
        """Hold the credits of a request.

        Raises InsufficientCredits; StoreUnavailable where the ledger is unavailable and the settings refuse then.
        """
        await self._ask(lambda: self._ledger.hold(charge, for_s=self._settings.credits_hold_s), deadline)

    async def hold_more(self, charge: Charge, deadline: Deadline, *, most_ms: int, before_ms: int) -> int:
        """Hold credits for more text or sound: the charge, and up to `most_ms` of what follows; return the amount.

        `before_ms` is held already. Raises as `hold` does.
        """
        for_s = self._settings.credits_hold_s
        held_ms = await self._ask(
            lambda: self._ledger.hold_more(charge, most_ms=most_ms, before_ms=before_ms, for_s=for_s), deadline
        )
        return charge.amount_ms if held_ms is None else held_ms

    async def settle(self, charges: Iterable[Charge]) -> None:
        """Charge ended requests and release their holds. Raises StoreUnavailable; may then be repeated."""
        await self._ledger.settle(*charges)

    async def expire(self) -> None:
        """Release expired holds, mostly of processes that ended without settling, and sum up old charges.

        Both until cancelled.
        """
        while True:
            try:
                if expired := await self._ledger.expire():
                    log.warning("credit_holds_expired", count=expired)
                await self._sum_up()
            except StoreUnavailable as fault:
                log.warning("credit_expiry_postponed", reason=fault.message)
            await asyncio.sleep(EXPIRE_EVERY_S)

    async def _sum_up(self) -> None:
        """Replace charges older than CREDITS_DAYS by their sums, once in SUM_EVERY_S."""
        now, days = time.time(), self._settings.credits_days
        if not days or now - self._summed_at < SUM_EVERY_S:
            return
        self._summed_at = now
        if count := await self._ledger.sum_up(before=now - days * DAY_S):
            log.info("credit_entries_summed_up", count=count)

    async def close(self) -> None:
        """Cancel the questions that the ledger has not answered."""
        await self._guard.close()

    async def _ask(self, question: Callable[[], Coroutine[object, object, T]], deadline: Deadline) -> T | None:
        """Ask the ledger and count the answer; return None where it is unavailable and the settings serve then.

        The settlement also releases a hold made after its request gave up.
        """
        try:
            answer = await self._guard.ask(question, deadline)
        except InsufficientCredits:
            self._metrics.credit_holds.labels("refused").inc()
            raise
        except StoreUnavailable as fault:
            self._metrics.credit_holds.labels("away").inc()
            if self._settings.credits_away is WhenUnavailable.REFUSE:
                raise StoreUnavailable("credits cannot be checked just now; try again later") from fault
            return None
        self._metrics.credit_holds.labels("held").inc()
        return answer
