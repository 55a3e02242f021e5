"""Arithmetic of the sliding window counter: what is left, and the wait for more. No clock, no store."""

import math
from dataclasses import dataclass

PERIOD_S = 60
"""Seconds of a window: limits are per minute."""
_JUST_AFTER_S = 0.001
"""Seconds added to a wait, so that a retry does not come a rounding error too early."""


@dataclass(frozen=True, slots=True)
class SlidingWindowCounter:
    """Counts of this minute and of the one before, and the seconds until each is dropped, as `limits` reports them.

    The minute before counts by the share of it that lies within the last 60 seconds.
    """

    before: int
    before_left_s: float
    now: int
    now_left_s: float  # one period more than is left of the minute, because it then counts as `before`

    def taken(self, after_s: float = 0.0) -> float:
        """Return the amount that counts `after_s` from now if nothing more is taken."""
        turn_s = max(0.0, self.now_left_s - PERIOD_S)
        if after_s < turn_s or not self.now:
            return self.before * max(0.0, self.before_left_s - after_s) / PERIOD_S + self.now
        return self.now * max(0.0, 1 - (after_s - turn_s) / PERIOD_S)

    def remaining(self, limit: int) -> int:
        return max(0, limit - math.floor(self.taken()))

    def wait_s(self, amount: int, limit: int) -> float:
        """Return the seconds until `amount`, at most `limit`, is admitted as a whole."""
        full = limit - amount + 1  # the least amount taken that leaves no room
        if self.taken() < full:
            return 0.0
        if self.now < full:
            return self.before_left_s - (full - self.now) * PERIOD_S / self.before + _JUST_AFTER_S
        turn_s = max(0.0, self.now_left_s - PERIOD_S)
        return turn_s + PERIOD_S * (1 - full / self.now) + _JUST_AFTER_S

    @property
    def free_s(self) -> float:
        """Return the seconds until nothing counts any more."""
        return self.now_left_s if self.now else self.before_left_s if self.before else 0.0
