"""The time that one request may wait for stores. Pure arithmetic."""

from dataclasses import dataclass

STORE_BUDGET_S = 0.1
"""Seconds that a request waits for all stores together. Half of the 0.2 s that an unavailable store may cost; the other
half is this process noticing it."""


@dataclass(slots=True)
class Deadline:
    """Count how long a request has waited for stores, and how long it still may: all of them may be unavailable."""

    waited_s: float = 0.0

    @property
    def left_s(self) -> float:
        return max(0.0, STORE_BUDGET_S - self.waited_s)
