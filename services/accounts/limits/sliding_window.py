"""The arithmetic of a sliding window: how much is left, and how long until there is enough. No clock, no store."""

import math
from dataclasses import dataclass

PERIOD_S = 60
_JUST_AFTER_S = 0.001


@dataclass(frozen=True, slots=True)
class Window:
    """What was taken in this minute and in the one before, and how soon each ends: the terms of the `limits` library.

    The minute before counts by the share of it that the last 60 seconds still touch.
    """

    before: int
    before_left_s: float
    now: int
    now_left_s: float  # a whole period longer than the minute has: so long is it remembered

    def taken(self, after_s: float = 0.0) -> float:
        """How much counts, `after_s` from now, if nothing more is taken."""
        turn_s = max(0.0, self.now_left_s - PERIOD_S)
        if after_s < turn_s or not self.now:
            return self.before * max(0.0, self.before_left_s - after_s) / PERIOD_S + self.now
        return self.now * max(0.0, 1 - (after_s - turn_s) / PERIOD_S)

    def remaining(self, limit: int) -> int:
        return max(0, limit - math.floor(self.taken()))

    def wait_s(self, amount: int, limit: int) -> float:
        """How long until `amount`, at most `limit`, is let in. Parts of a request do not count."""
        full = limit - amount + 1  # with so much taken there is no room
        if self.taken() < full:
            return 0.0
        if self.now < full:
            return self.before_left_s - (full - self.now) * PERIOD_S / self.before + _JUST_AFTER_S
        turn_s = max(0.0, self.now_left_s - PERIOD_S)
        return turn_s + PERIOD_S * (1 - full / self.now) + _JUST_AFTER_S

    @property
    def free_s(self) -> float:
        """How long until nothing counts any more."""
        return self.now_left_s if self.now else self.before_left_s if self.before else 0.0
