"""What requests may cost and what they did cost, at the ledger: never waiting long for it."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence

from services.accounts.credits.ledger import Ledger
from services.accounts.records.delivery import DestinationAway, Refused
from services.accounts.records.record import Outcome, RequestRecord
from services.accounts.store_guard import Neighbour
from shared.config import Settings, WhenAway
from shared.deadline import Deadline
from shared.errors import InsufficientCredits, StoreUnavailable
from shared.logging import get_logger
from shared.metrics import Metrics

TIDY_EVERY_S = 60.0
HELD_MS, HELD_MS_PER_CHARACTER = 1_000, 100  # of normal speed; slow speakers of plain text need 80

log = get_logger(__name__)


class Till:
    """Holds before a request, and settles behind it as a destination of the outbox: whatever happens, and once."""

    def __init__(self, ledger: Ledger, settings: Settings, metrics: Metrics) -> None:
        self._ledger, self._settings, self._metrics = ledger, settings, metrics
        self._neighbour = Neighbour("credits")

    @property
    def away(self) -> str | None:
        return self._neighbour.away

    async def hold(self, record: RequestRecord, deadline: Deadline) -> None:
        """Raises InsufficientCredits; and StoreUnavailable, where the ledger is away and the settings say so."""
        amount_ms = HELD_MS + held_ms(record.characters, record.speed)
        for_s = self._settings.credits_hold_s
        await self._ask(lambda: self._ledger.hold(record.id, record.key_id, amount_ms=amount_ms, for_s=for_s), deadline)

    async def hold_more(self, record: RequestRecord, characters: int, deadline: Deadline) -> None:
        """For text that follows. Raises as `hold` does."""
        amount_ms = held_ms(characters, record.speed)
        await self._ask(lambda: self._ledger.hold_more(record.id, record.key_id, amount_ms=amount_ms), deadline)

    async def take(self, records: Sequence[RequestRecord]) -> Refused:
        """Settle these requests. Raises DestinationAway."""
        try:
            for record in records:
                await self._ledger.settle(record.id, record.key_id, spent_ms=spent_ms(record))
        except StoreUnavailable as away:
            raise DestinationAway(away.message) from away
        return {}

    async def tidy(self) -> None:
        """For ever, free what processes hold that are gone for good."""
        while True:
            try:
                if expired := await self._ledger.expire():
                    log.warning("credit_holds_expired", count=expired)
            except StoreUnavailable as away:
                log.warning("credit_expiry_postponed", reason=away.message)
            await asyncio.sleep(TIDY_EVERY_S)

    async def close(self) -> None:
        """Give up what the ledger has not answered."""
        await self._neighbour.close()

    async def _ask(self, question: Callable[[], Coroutine[object, object, None]], deadline: Deadline) -> None:
        """The ledger may hear of a question after the request was given up: settling undoes that, too."""
        try:
            await self._neighbour.ask(question, deadline)
        except InsufficientCredits:
            self._metrics.credit_holds.labels("refused").inc()
            raise
        except StoreUnavailable as away:
            self._metrics.credit_holds.labels("away").inc()
            if self._settings.credits_away is WhenAway.REFUSE:
                raise StoreUnavailable("credits cannot be checked just now; try again later") from away
        else:
            self._metrics.credit_holds.labels("held").inc()


def held_ms(characters: int, speed: float) -> int:
    """What a text of this length may come to."""
    return round(HELD_MS_PER_CHARACTER * characters / speed)


def spent_ms(record: RequestRecord) -> int:
    """What a request is charged: the speech that was really sent. What failed, or reached nobody, is free."""
    broken_off = record.outcome in {Outcome.CLIENT_LEFT, Outcome.STALLED, Outcome.REFUSED}
    heard = record.outcome is Outcome.OK or (broken_off and record.stream)
    return round(record.audio_s * 1000) if heard else 0
