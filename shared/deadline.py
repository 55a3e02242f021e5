"""Time that one request has waited for stores. Pure arithmetic."""

from dataclasses import dataclass


@dataclass(slots=True)
class Deadline:
    """Seconds that one request has waited for stores. All stores share one budget, STORE_DEADLINE_S."""

    waited_s: float = 0.0

    def left_s(self, budget_s: float) -> float:
        """Return the seconds of `budget_s` that the request may still wait."""
        return max(0.0, budget_s - self.waited_s)
