"""Attempts to harm a running service from outside: `python -m tests.attack.attempts SECONDS PORT KEY NAME…`.

Each attempt is a coroutine of one round. Rounds of each named attempt are repeated, AT_ONCE at a time, for SECONDS.
"""

from collections.abc import Awaitable, Callable

from tests.attack.target import Target

Attempt = Callable[[Target], Awaitable[object]]
ATTEMPTS: dict[str, Attempt] = {}


def attempt(round: Attempt) -> Attempt:
    """Register one round of an attempt by its name."""
    ATTEMPTS[round.__name__] = round
    return round
