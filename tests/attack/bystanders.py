"""A service with credits and records, and what must hold for its other clients while it is attacked.

A listener pays for streams and a probe asks `/live`, each in processes of their own. The attack may cause no gap in the
stream, no slow answer, no memory that stays, no wrong charge and no false health.
"""

import asyncio
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from services.accounts.caller import Limits
from services.accounts.records.archive import Filter, read_archive
from services.accounts.settlement import charge_of
from tests.attack.process import Server, server
from tests.listener import ROOT, WorstStream, listening
from tests.priority import run_at_once
from tests.services.accounts.paying import paying_key

GRANTED_MS = 10**9
LISTENER = {"text": "On and on it goes, as a story does. " * 4, "speaker": "lipakshi", "stream": True, "format": "pcm"}
MEMORY_MB = 50
"""Memory that may stay after an attack."""
SILENT_S = 0.02
"""Silence in a stream that its player hides: players hold at least one frame of 20 ms."""
LIVE_S = 0.05
"""99th percentile of the seconds that `/live` takes."""
SETTLED_S = 30.0
"""Seconds after an attack until all requests have ended and are charged."""


@dataclass(frozen=True, slots=True)
class Key:
    id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Attacked:
    """The service, and the keys of its listener and of its attacker."""

    server: Server
    folder: Path
    listener: Key
    attacker: Key


@contextmanager
def attacked_service(folder: Path, engine: str) -> Iterator[Attacked]:
    """Start a service with credits and records in SQLite; it has spoken once."""
    url = f"sqlite:///{folder}/keys.db"
    listener, attacker = asyncio.run(paying_keys(url))
    settings = {"auth_bypass_mode": False, "credits": True, "records": "full", "key_cache_ttl_s": 60}
    settings["store_deadline_s"] = 5  # SQLite has one writer: a flood of paid requests delays it beyond the default
    with server(folder, engine=engine, settings=settings) as one:
        service = Attacked(one, folder, listener, attacker)
        with httpx.Client(headers={"X-API-Key": listener.secret}) as client:
            one.speak(client)
        yield service


async def paying_keys(url: str) -> tuple[Key, Key]:
    """Return the keys of the listener and of the attacker."""
    listener, attacker = [await paying_key(url, GRANTED_MS, limits=Limits(10**6, 10**9, 16)) for _ in range(2)]
    return Key(*listener), Key(*attacker)


@contextmanager
def unharmed(service: Attacked, report: Callable[[str], object]) -> Iterator[None]:
    """Listen and probe while the context is open; assert afterwards that the attack harmed none of it."""
    one = service.server
    before = one.memory_mb()
    with listening(one.url, LISTENER, key=service.listener.secret) as heard, probing(one.url) as probe:
        yield
    settled(service)
    after = memory_back(one, before + MEMORY_MB)
    report(f"{heard}; /live p99 {probe.p99_s * 1000:.0f} ms of {probe.asked}; {before:.0f} -> {after:.0f} MB")
    assert heard.streams and heard.silent_s < SILENT_S, heard
    assert probe.p99_s < LIVE_S, probe
    assert after < before + MEMORY_MB
    charged_exactly(service, heard)


@dataclass
class Probe:
    """Answers of `/live`. Filled when the probe has stopped."""

    asked: int = 0
    p99_s: float = 0.0


@contextmanager
def probing(url: str) -> Iterator[Probe]:
    """Ask `/live` 50 times a second in a process of its own."""
    probe = Probe()
    command = [sys.executable, "-m", "tests.attack.probe", url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, preexec_fn=run_at_once, **pipes) as process:
        try:
            assert process.stdout and process.stdout.readline() == "probing\n"
            yield probe
            output, _ = process.communicate(timeout=60)
            took = sorted(map(float, output.split()))
            probe.asked, probe.p99_s = len(took), took[len(took) * 99 // 100]
        finally:
            process.kill()


def settled(service: Attacked) -> None:
    """Wait until no request runs and each is charged; the service is healthy."""
    until = time.monotonic() + SETTLED_S
    while True:
        health = httpx.get(f"{service.server.url}/health", timeout=10).json()
        pending = health["records"]["pending"] or any(health["queue"].values())
        if (not pending and health["status"] == "healthy") or time.monotonic() > until:
            break
        time.sleep(0.1)
    assert health["status"] == "healthy", health
    assert not pending, health


def memory_back(one: Server, limit: float) -> float:
    """Return the memory of the service once it is below the limit, or after a few seconds."""
    until = time.monotonic() + 5
    while (memory := one.memory_mb()) > limit and time.monotonic() < until:
        time.sleep(0.2)
    return memory


def charged_exactly(service: Attacked, heard: WorstStream) -> None:
    """Every request has one record and one entry of the same charge; balances are what remains."""
    spent: dict[str, int] = defaultdict(int)
    records = {record.id: record for record in read_archive(service.folder / "records.db", Filter())}
    with closing(sqlite3.connect(service.folder / "keys.db")) as database:
        entries = database.execute("select id, key_id, state, charged_ms, unpaid_ms from credit_entries").fetchall()
        balances = dict(database.execute("select key_id, balance_ms from credit_accounts").fetchall())
    for id, key_id, state, charged_ms, unpaid_ms in entries:
        if state != "granted":
            assert state == "settled" and charge_of(records[id]).amount_ms == charged_ms + unpaid_ms, records[id]
            spent[key_id] += charged_ms
    assert len(entries) == len(records) + 2  # the grants
    assert balances == {key.id: GRANTED_MS - spent[key.id] for key in (service.listener, service.attacker)}
    listened = [record for record in records.values() if record.key_id == service.listener.id]
    assert {record.outcome for record in listened} == {"ok"} and len(listened) > heard.streams
