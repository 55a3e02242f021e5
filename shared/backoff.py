"""Pauses between attempts: doubled after each failure, and drawn at random so that processes do not retry in step."""

import random

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 60.0


def pause_s(failures: int) -> float:
    """Return the seconds before the next attempt after `failures` in a row: half of the pause fixed, half drawn."""
    longest: float = min(FIRST_PAUSE_S * 2 ** min(failures - 1, 16), LONGEST_PAUSE_S)
    return longest * random.uniform(0.5, 1.0)
