"""How many streams each key has open. Of this process alone."""

import math
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from shared.errors import ConcurrencyLimited

MEMORY = 0.2  # weight of the newest stream in the running mean of how long one lasts


class Streams:
    """Counts them; a stream that ends makes room at once."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()
        self._lasts_s = 1.0

    @contextmanager
    def one_more(self, key_id: str, limit: int) -> Iterator[None]:
        """Raises ConcurrencyLimited."""
        if self._open[key_id] >= limit:
            raise self.too_many(limit)
        self._open[key_id] += 1
        begun = time.perf_counter()
        try:
            yield
        finally:
            self._lasts_s += MEMORY * (time.perf_counter() - begun - self._lasts_s)
            self._open[key_id] -= 1
            if not self._open[key_id]:
                del self._open[key_id]

    def too_many(self, limit: int) -> ConcurrencyLimited:
        """With the time in which, at the recent pace, one of so many streams ends."""
        return ConcurrencyLimited(
            f"this key may have {limit} streams at once, and has them",
            retry_after_s=max(1, math.ceil(self._lasts_s / max(1, limit))),
        )
