"""Stop of the service: new requests are refused, running ones may end until a deadline, the rest is broken off."""

import asyncio
import time

from shared.errors import ServiceStopping
from shared.logging import get_logger

log = get_logger(__name__)


class Stopping:
    """Progress of a stop. `begun` is set when it begins, `over` when the time of the running requests has ended."""

    def __init__(self) -> None:
        self.begun, self.over = asyncio.Event(), asyncio.Event()
        self._until = 0.0

    @property
    def left_s(self) -> float:
        """Return the seconds that running requests still have."""
        return max(0.0, self._until - time.monotonic())

    def begin(self, within_s: float) -> None:
        """Refuse new requests from now on. Running ones have `within_s` seconds. A second call has no effect."""
        if not self.begun.is_set():
            self._until = time.monotonic() + within_s
            self.begun.set()
            log.info("stopping", drain_s=within_s)

    def refuse_new(self) -> None:
        """Raise ServiceStopping once the stop has begun."""
        if self.begun.is_set():
            raise ServiceStopping("the service stops and takes no new request; try again")
