"""Checks of the stores for `veena3 doctor`: whether they answer, how far away they are, and the state of the schema."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from services.accounts.database import database_state
from services.accounts.round_trips import trips_of
from shared.config import Settings
from shared.errors import ServiceError, StartupError

_MEASURED = 3
"""Round trips measured of each store, of which the least is shown."""

Finding = tuple[str, bool, str]
"""Name of a check, whether it passed, and details."""


def store_findings(settings: Settings) -> list[Finding]:
    """Return the checks of database and Redis, and whether both are near enough for STORE_DEADLINE_S."""
    return asyncio.run(_findings(settings))


async def _findings(settings: Settings) -> list[Finding]:
    findings: list[Finding] = []
    seconds: dict[str, float] = {}
    for name, url, look in (("database", settings.database_url, _database), ("redis", settings.redis_url, _redis)):
        if url is None:
            continue
        try:
            took_s, details = await look(url)
        except (ServiceError, StartupError) as fault:
            findings.append((name, False, str(fault)))
            continue
        if took_s is not None:
            seconds[name] = took_s
            details = f"{details}, round trip {took_s * 1000:.1f} ms"
        findings.append((name, True, details))
    needed_s = sum(trips.count * seconds.get(trips.store, 0.0) for trips in trips_of(settings))
    if seconds:
        allowed_s = settings.store_deadline_s
        told = f"a request needs {needed_s:.2f} s for its round trips; STORE_DEADLINE_S allows {allowed_s:g} s"
        findings.append(("distance of stores", needed_s <= allowed_s, told))
    return findings


async def _database(url: str) -> tuple[float | None, str]:
    """Look at the database without changing it. Raises StartupError, StoreUnavailable."""
    if url.startswith("sqlite://"):
        return None, f"SQLite, {_shown(Path(url.removeprefix('sqlite://').removeprefix('/')))}"
    state, took_s = await database_state(url, trips=_MEASURED)
    schema = f"{len(state.missing)} migrations missing (veena3 migrate)" if state.missing else "schema complete"
    return took_s, f"PostgreSQL at {urlsplit(url).hostname}, {schema}"


def _shown(path: Path) -> str:
    return str(path) if path.name and path.exists() else "created at the first start"


async def _redis(url: str) -> tuple[float | None, str]:
    """Ask Redis. Raises StartupError, StoreUnavailable."""
    from services.accounts.limits.script import AdmissionScript  # only where Redis is set
    from services.accounts.limits.shared import redis_pool

    pool = redis_pool(url)
    try:
        took_s = await _least(AdmissionScript(pool).round_trip_s)
    finally:
        await pool.disconnect()
    return took_s, f"Redis at {urlsplit(url).hostname or 'a socket'}"


async def _least(measure: Callable[[], Awaitable[float]]) -> float:
    await measure()  # opens the connection
    return min([await measure() for _ in range(_MEASURED)])
