"""Random attacks on the files of both databases while they are in use. Seeds are fixed, timing is not."""

import asyncio
import os
import random
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from services.accounts.database import open_database
from services.accounts.records import file as module
from services.accounts.records.archive import Filter, read_archive
from services.accounts.records.file import RecordsFile
from services.accounts.records.record import Destination
from shared.errors import StartupError, StoreUnavailable
from tests.services.accounts.records.conftest import ended

SECONDS = 4.0
MAX_WAIT_S = 15.0  # SQLite itself tries up to 10 s to read a garbled log


@pytest.fixture
def records_path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "records.db"


class Attacker(threading.Thread):
    """Thread that damages the files of a database at random times."""

    def __init__(
        self, path: Path, chance: random.Random, *, within_s: float, more: dict[str, Callable[[], None]]
    ) -> None:
        super().__init__()
        self._path, self._chance, self._within_s, self._over = path, chance, within_s, threading.Event()
        log = path.with_name(f"{path.name}-wal")
        self._actions: dict[str, Callable[[], None]] = {
            "delete": path.unlink,
            "delete the log": log.unlink,
            "delete its index": path.with_name(f"{path.name}-shm").unlink,
            "delete the folder": lambda: shutil.rmtree(path.parent),
            "garble": lambda: self._garble(path, path.stat().st_size),
            "garble a page": lambda: self._garble(path, 4096),
            "garble the log": lambda: self._garble(log, 500),
            "cut": lambda: os.truncate(path, chance.randrange(path.stat().st_size)),
            "empty": lambda: os.truncate(path, 0),
            "empty the log": lambda: os.truncate(log, 0),
            "replace": self._replace,
            "settle": self._settle,
            **more,
        }
        self.attacks = 0

    def run(self) -> None:
        while not self._over.wait(self._chance.uniform(0, self._within_s)):
            # A file that is gone cannot be damaged.
            with suppress(OSError, ValueError, sqlite3.Error, StartupError):
                self._chance.choice(list(self._actions.values()))()
                self.attacks += 1

    def stop(self) -> None:
        self._over.set()
        self.join()

    def _garble(self, path: Path, size: int) -> None:
        with path.open("r+b") as damaged:
            damaged.seek(self._chance.randrange(max(1, path.stat().st_size - size + 1)))
            damaged.write(os.urandom(size))

    def _replace(self) -> None:
        other = self._path.with_name("other")
        other.write_bytes(os.urandom(5000))
        other.rename(self._path)

    def _settle(self) -> None:
        with closing(sqlite3.connect(self._path)) as stranger:
            stranger.execute("pragma wal_checkpoint(truncate)")


@pytest.mark.parametrize("seed", range(2))
def test_records_are_delivered_while_their_file_is_attacked(records_path, monkeypatch, seed):
    """After `write` returns, no damage to the file prevents the record's charge."""
    monkeypatch.setattr(module, "MOVE_EVERY_S", 0)
    written, paid, chance, last = set(), set(), random.Random(seed), time.monotonic() + SECONDS

    def deliver(file: RecordsFile) -> int:
        records = file.next_batch(Destination.CREDITS, most=100, characters=10**9)
        file.delivered(Destination.CREDITS, [record.id for record in records])
        paid.update(record.id for record in records)
        return len(records)

    reading = {"read": lambda: list(read_archive(records_path, Filter(), newest=5)) and None}
    reading["unlock"] = records_path.with_name(f"{records_path.name}.lock").unlink
    attacker = Attacker(records_path, random.Random(seed), within_s=0.1, more=reading)
    with closing(RecordsFile(records_path)) as file:
        file.open()
        attacker.start()
        try:
            while time.monotonic() < last or attacker.attacks <= 20 or len(file.recoveries) <= 10:
                assert time.monotonic() < last + 10 * SECONDS, "the attacks do not get through"
                batch = [
                    (ended("x" * chance.randrange(3000)), (Destination.CREDITS,)) for _ in range(chance.randrange(1, 6))
                ]
                tried(lambda batch=batch: file.write(batch))
                written |= {record.id for record, _ in batch}
                if chance.random() < 0.3:
                    tried(lambda: deliver(file))
        finally:
            attacker.stop()
        while tried(lambda: deliver(file)):
            pass
        assert paid == written and len(written) > 100 and attacker.attacks > 20 and len(file.recoveries) > 10


def tried(work: Callable[[], object]) -> object:
    """Repeat work that the file refuses, as the outbox does."""
    deadline = time.monotonic() + MAX_WAIT_S
    while True:
        try:
            return work()
        except (sqlite3.Error, OSError):
            assert time.monotonic() < deadline
            time.sleep(0.01)


async def test_database_answers_or_is_unavailable_while_its_file_is_attacked(tmp_path):
    path, backup = tmp_path / "state" / "keys.db", tmp_path / "backup"
    last = time.monotonic() + SECONDS
    answered = {"yes": 0, "away": 0}

    def restore() -> None:
        path.parent.mkdir(exist_ok=True)
        other = shutil.copy(backup, path.with_name("restored"))
        other.rename(path)

    async with open_database(f"sqlite:///{path}") as database:

        async def ask() -> None:
            while time.monotonic() < last:
                try:
                    async with asyncio.timeout(MAX_WAIT_S), database.transaction() as work:
                        await work.execute("UPDATE credit_accounts SET balance_ms = balance_ms + 1")
                        await work.fetch("SELECT * FROM credit_accounts")
                    answered["yes"] += 1
                except StoreUnavailable:
                    answered["away"] += 1
                await asyncio.sleep(0.002)

        await database.execute("INSERT INTO credit_accounts VALUES ('key-1', 1)")
        with closing(sqlite3.connect(path)) as here, closing(sqlite3.connect(backup)) as there:
            here.backup(there)
        restoring = {f"restore {n}": restore for n in range(6)} | {
            "in its place": lambda: shutil.copy(backup, path) and None
        }
        attacker = Attacker(path, random.Random(1), within_s=0.05, more=restoring)
        attacker.start()
        try:
            await asyncio.gather(*(ask() for _ in range(4)))
        finally:
            await asyncio.to_thread(attacker.stop)
        restore()
        assert await database.fetch("SELECT key_id FROM credit_accounts") == [{"key_id": "key-1"}]
        assert database.problem is None and min(answered.values()) > 20 and attacker.attacks > 20
