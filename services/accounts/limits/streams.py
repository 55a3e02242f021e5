"""Open streams of each key, in this process."""

import math
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from shared.errors import ConcurrencyLimited

EWMA_ALPHA = 0.2
"""Weight of the newest stream in the moving average of their durations."""


class OpenStreams:
    """Counts of open streams by key, and the average duration of a stream. `name` is the plural that errors use."""

    def __init__(self, name: str = "streams") -> None:
        self._name = name
        self._open: Counter[str] = Counter()
        self._mean_s = 1.0

    @property
    def by_key(self) -> Mapping[str, int]:
        """Return the number of open streams of each key that has any."""
        return dict(self._open)

    @contextmanager
    def open(self, key_id: str, limit: int) -> Iterator[None]:
        """Count a stream while this context is open. Raises ConcurrencyLimited."""
        if self._open[key_id] >= limit:
            raise self.too_many(limit)
        self._open[key_id] += 1
        begun = time.perf_counter()
        try:
            yield
        finally:
            self._mean_s += EWMA_ALPHA * (time.perf_counter() - begun - self._mean_s)
            self._open[key_id] -= 1
            if not self._open[key_id]:
                del self._open[key_id]

    def too_many(self, limit: int) -> ConcurrencyLimited:
        """Return the error, with the time in which one of so many streams ends at the recent pace."""
        return ConcurrencyLimited(
            f"this key may have {limit} {self._name} at once, and has them",
            retry_after_s=max(1, math.ceil(self._mean_s / max(1, limit))),
        )
