"""Time budget of one request for stores. Pure arithmetic."""

from dataclasses import dataclass

STORE_BUDGET_S = 0.1
"""Seconds that a request may wait for all stores together. Half of the 0.2 s that unavailable stores may delay a
request; the other half is for this process to detect them."""


@dataclass(slots=True)
class Deadline:
    """Time that one request has waited for stores, and the rest of its budget. All stores share one budget."""

    waited_s: float = 0.0

    @property
    def left_s(self) -> float:
        """Return the seconds that the request may still wait."""
        return max(0.0, STORE_BUDGET_S - self.waited_s)
