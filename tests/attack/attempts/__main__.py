"""Run attempts at the lowest priority: attackers have machines of their own, and take no CPU from the service."""

import asyncio
import os
import sys
import time
from contextlib import suppress

import httpx
from websockets.exceptions import WebSocketException

from tests.attack.attempts import ATTEMPTS, Attempt, http, messages, sockets, speech  # noqa: F401 - they register
from tests.attack.target import Target

AT_ONCE = 4
ROUND_S = 60.0
"""Longest round, in seconds: an attempt that the service lets hang fails. Texts of an attacker rest while speech is
generated: 16 of 50,000 characters take half a minute of that on two slow cores."""
EXPECTED = (ConnectionError, asyncio.IncompleteReadError, httpx.HTTPError, WebSocketException)
"""The service closes connections of an attacker."""


async def repeat(attempt: Attempt, target: Target, seconds: float) -> int:
    """Run rounds until the time is over, at least one; return their number."""
    rounds, until = 0, time.monotonic() + seconds

    async def attacker() -> None:
        nonlocal rounds
        while not rounds or time.monotonic() < until:
            rounds += 1
            with suppress(*EXPECTED):
                async with asyncio.timeout(ROUND_S):
                    await attempt(target)

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(attacker())
    return rounds


async def run(seconds: float, port: int, key: str, names: list[str]) -> None:
    target = Target(port, key)
    for name in names:
        rounds = await repeat(ATTEMPTS[name], target, seconds)
        sys.stdout.write(f"{name}: {rounds}\n")
        sys.stdout.flush()
    await target.http.aclose()


if __name__ == "__main__":
    os.nice(19)
    asyncio.run(run(float(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:]))
