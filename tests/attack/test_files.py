"""Random attacks on the files of both databases while they are in use. Seeds are fixed, timing is not."""

import asyncio
import multiprocessing
import os
import random
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from services.accounts.database import open_database
from services.accounts.database.files import side
from services.accounts.records import file as module
from services.accounts.records.archive import Filter, read_archive
from services.accounts.records.file import RecordsFile
from services.accounts.records.record import Destination
from shared.errors import StartupError, StoreUnavailable
from tests.services.accounts.records.conftest import ended

ATTACKS = 60  # at least
MAX_S = 90.0  # for them: some make SQLite wait for seconds
MAX_WAIT_S = 15.0  # SQLite itself tries up to 10 s to read a garbled log


@pytest.fixture
def records_path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "records.db"


class Attacker:
    """Process that damages the files of a database at random times, until it is stopped.

    In a process of its own, since SQLite's locks count between processes: a second connection in this one, to another
    file at the path, would cut the index that the first has mapped (a bus error), and `close` would drop its locks.
    """

    def __init__(self, path: Path, seed: int, *, within_s: float, backup: Path | None = None) -> None:
        """With `backup` the path is a database of keys, which is restored now and then; else it is a records file."""
        spawn = multiprocessing.get_context("spawn")
        self._over, self._attacks = spawn.Event(), spawn.Value("i", 0)
        self._process = spawn.Process(target=self._run, args=(path, seed, within_s, backup))

    @property
    def attacks(self) -> int:
        return self._attacks.value

    def start(self) -> None:
        self._process.start()

    def stop(self) -> None:
        self._over.set()
        self._process.join()
        assert self._process.exitcode == 0

    def _run(self, path: Path, seed: int, within_s: float, backup: Path | None) -> None:
        chance = random.Random(seed)
        actions = list(attacks(path, chance) + (restoring(path, backup) if backup else of_records(path)))
        while not self._over.wait(chance.uniform(0, within_s)):
            # A file that is gone cannot be damaged.
            with suppress(OSError, ValueError, sqlite3.Error, StartupError):
                chance.choice(actions)()
                self._attacks.value += 1

    def __getstate__(self) -> dict[str, object]:
        return {"_over": self._over, "_attacks": self._attacks}


def attacks(path: Path, chance: random.Random) -> list[Callable[[], object]]:
    log = side(path, "-wal")

    def garble(file: Path, size: int) -> None:
        with file.open("r+b") as damaged:
            damaged.seek(chance.randrange(max(1, file.stat().st_size - size + 1)))
            damaged.write(os.urandom(size))

    def replace() -> None:
        other = path.with_name("other")
        other.write_bytes(os.urandom(5000))
        other.rename(path)

    def settle() -> None:
        with closing(sqlite3.connect(path)) as stranger:
            stranger.execute("pragma wal_checkpoint(truncate)")

    return [
        path.unlink,
        log.unlink,
        side(path, "-shm").unlink,
        lambda: shutil.rmtree(path.parent),
        lambda: garble(path, path.stat().st_size),
        lambda: garble(path, 4096),
        lambda: garble(log, 500),
        lambda: os.truncate(path, chance.randrange(path.stat().st_size)),
        lambda: os.truncate(path, 0),
        lambda: os.truncate(log, 0),
        replace,
        settle,
    ]


def of_records(path: Path) -> list[Callable[[], object]]:
    return [lambda: list(read_archive(path, Filter(), newest=5)), side(path, ".lock").unlink]


def restoring(path: Path, backup: Path) -> list[Callable[[], object]]:
    return [lambda: restore(path, backup)] * 6 + [lambda: shutil.copy(backup, path)]


def restore(path: Path, backup: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    shutil.copy(backup, path.with_name("restored")).rename(path)


@pytest.mark.parametrize("seed", range(2))
def test_records_are_delivered_while_their_file_is_attacked(records_path, monkeypatch, seed):
    """After `write` returns, no damage to the file prevents the record's charge."""
    monkeypatch.setattr(module, "MOVE_EVERY_S", 0)
    written, paid, chance = set(), set(), random.Random(seed)

    def deliver(file: RecordsFile) -> int:
        records = file.next_batch(Destination.CREDITS, most=100, characters=10**9)
        file.delivered(Destination.CREDITS, [record.id for record in records])
        paid.update(record.id for record in records)
        return len(records)

    attacker = Attacker(records_path, seed, within_s=0.1)
    with closing(RecordsFile(records_path)) as file:
        file.open()
        attacker.start()
        last = time.monotonic() + MAX_S
        try:
            while attacker.attacks < ATTACKS or len(file.recoveries) < ATTACKS / 4:
                assert time.monotonic() < last, "the attacks do not get through"
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
        assert paid == written and len(written) > ATTACKS


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
    answered = {"yes": 0, "away": 0}

    async with open_database(f"sqlite:///{path}") as database:

        async def ask() -> None:
            while attacker.attacks < ATTACKS or min(answered.values()) < ATTACKS / 4:
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
        attacker = Attacker(path, 1, within_s=0.05, backup=backup)
        attacker.start()
        try:
            async with asyncio.timeout(MAX_S):
                await asyncio.gather(*(ask() for _ in range(4)))
        finally:
            await asyncio.to_thread(attacker.stop)
        restore(path, backup)
        assert await database.fetch("SELECT key_id FROM credit_accounts") == [{"key_id": "key-1"}]
        assert database.problem is None
