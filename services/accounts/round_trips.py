"""Round trips to the stores, measured at start and regularly, against the time that a request may wait for them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from shared.config import Settings
from shared.errors import StoreUnavailable
from shared.logging import get_logger
from shared.metrics import Metrics

MEASURE_EVERY_S = 15.0
"""Seconds between two measurements, which also keep idle connections open: balancers close them after a minute."""
_AT_START = 3
"""Measurements in a row at the start, of which the first includes the opening of connections."""
_KEPT = 5
"""Measurements of which the least counts: a busy moment of this process is no distance."""

Measure = Callable[[], Awaitable[float | None]]
KeepAlive = Callable[[], Awaitable[None]]

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Trips:
    """Round trips that one request makes to a store, at most, before its speech begins."""

    store: str
    count: int


def trips_of(settings: Settings) -> tuple[Trips, ...]:
    """Return the round trips of a request with these settings: key, limits, credits."""
    keys, credits = int(not settings.auth_bypass_mode), int(settings.credits)
    return Trips("database", keys + credits), Trips("redis", int(settings.redis_url is not None))


class RoundTrips:
    """Measured round trips of the stores that `measures` names, in seconds."""

    def __init__(
        self, measures: Mapping[str, Measure], keep_alive: KeepAlive, settings: Settings, metrics: Metrics
    ) -> None:
        self._keep_alive = keep_alive
        self._measures, self._settings, self._metrics = measures, settings, metrics
        self._measured: dict[str, list[float]] = {name: [] for name in measures}
        self._too_far = self._started = False

    @property
    def seconds(self) -> dict[str, float]:
        """Return the round trip of each store that has answered, once the start has measured them."""
        return {name: min(measured) for name, measured in self._measured.items() if self._started and measured}

    @property
    def problem(self) -> str | None:
        """Return the reason why requests wait in vain for stores that answer; None where they need not."""
        seconds, allowed_s = self.seconds, self._settings.store_deadline_s
        trips = [one for one in trips_of(self._settings) if one.count and one.store in seconds]
        needed_s = sum(one.count * seconds[one.store] for one in trips)
        if needed_s <= allowed_s:
            return None
        each = ", ".join(f"{one.count} x {seconds[one.store] * 1000:.0f} ms to {one.store}" for one in trips)
        return (
            f"stores are too far away: a request needs {needed_s:.2f} s for its round trips ({each}) and may wait"
            f" STORE_DEADLINE_S ({allowed_s:g} s); requests are refused or their limits not shared"
        )

    async def run(self) -> None:
        """Measure until cancelled."""
        for _ in range(_AT_START - 1):
            await self._measure_each()
        self._started = True
        while True:
            await self.measure()
            await self._keep_alive()
            await asyncio.sleep(MEASURE_EVERY_S)

    async def measure(self) -> None:
        """Measure each store once, and warn where they have become too far away."""
        await self._measure_each()
        problem = self.problem
        if problem and not self._too_far:
            log.warning("stores_too_far", reason=problem)
        self._too_far = problem is not None

    async def _measure_each(self) -> None:
        """Measure each store. A store that does not answer is left to its guard."""
        for name, measure in self._measures.items():
            try:
                took_s = await measure()
            except StoreUnavailable as fault:
                log.debug("store_unmeasured", store=name, reason=fault.message)
                continue
            if took_s is not None:
                self._measured[name] = [*self._measured[name][1 - _KEPT :], took_s]
                self._metrics.store_round_trip.labels(name).set(min(self._measured[name]))
