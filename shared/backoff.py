"""Exponential backoff with jitter: pauses double after each failure, and vary so that processes do not synchronise."""

import random

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 60.0
"""Longest first pause, and longest pause, in seconds. Chosen."""


def pause_s(failures: int) -> float:
    """Return the seconds to wait after `failures` consecutive failures: half of the pause is fixed, half random."""
    longest: float = min(FIRST_PAUSE_S * 2 ** min(failures - 1, 16), LONGEST_PAUSE_S)
    return longest * random.uniform(0.5, 1.0)
