"""The commands of docs/databases.md: a ledger is backed up, used, restored and repaired while a service runs."""

import asyncio
import os
import re
import shlex
import shutil
import subprocess
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import main
from core.request_state import Arrival, RequestState
from services.accounts.accounts import Accounts, open_accounts
from services.accounts.credits.ledger import Ledger
from services.accounts.database import open_database
from services.accounts.records.archive import Filter, read_archive
from services.background import BackgroundTasks
from shared.config import Settings
from shared.deadline import Deadline
from shared.metrics import Metrics
from shared.types import Sampling, Utterance, Voice
from tests.services.accounts.paying import paying_key

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/databases.md").read_text()
BLOCKS = re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
GRANTED_MS = 100_000


def command(*words: str) -> str:
    """Return the documented command that contains these words."""
    (found,) = [line for block in BLOCKS for line in block.splitlines() if all(word in line for word in words)]
    return found


@pytest.fixture
def settings(database_url, tmp_path) -> Settings:
    if not shutil.which("sqlite3"):
        pytest.skip("SQLITE3 IS NOT INSTALLED: backups are untested; apt-get install sqlite3")
    return Settings(
        **{"database_url": database_url, "records": "full", "records_path": tmp_path / "records.db"},
        **{"credits": True, "auth_bypass_mode": False, "store_deadline_s": 60},
    )


@pytest.fixture
def run(settings, tmp_path, monkeypatch):
    """Return a function that runs a command and returns its standard output; those of `veena3` in this process."""
    named = {"DATABASE_URL": settings.database_url, "RECORDS_PATH": str(settings.records_path), "CREDITS": "true"}
    for name, value in (named | {"VEENA3_HOME": str(tmp_path)}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("api.cli.database.configure_logging", lambda _level: None)
    monkeypatch.setattr("api.cli.migrate.configure_logging", lambda _level: None)

    def run(line: str, **more: str) -> str:
        if line.startswith("veena3 "):
            words = [os.path.expandvars(word) for word in shlex.split(line.split(" || ")[0])]
            words = [more.get(word.removeprefix("$"), word) for word in words]
            done = CliRunner().invoke(main.app, words[1:])
            assert done.exit_code == 0, (done.output, done.exception)
            return done.stdout
        told = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert told.returncode == 0, told.stdout + told.stderr
        return told.stdout

    return run


@asynccontextmanager
async def serving(settings: Settings):
    metrics = Metrics()
    async with open_accounts(settings, metrics, BackgroundTasks(metrics)) as accounts:
        yield accounts


async def speak(accounts: Accounts, secret: str, *, seconds: int) -> None:
    utterance = Utterance("Hello there.", Voice("lipakshi", "Lipakshi"), Sampling(seed=7), 16_000)
    request = RequestState(Arrival("request-1", 0.0), utterance)
    caller = await accounts.caller(secret, Deadline())
    async with accounts.open(request, caller, model_version="model-1"):
        request.samples = seconds * 16_000


async def settled(settings: Settings, key_id: str, expected_ms: int) -> None:
    async with open_database(settings.database_url) as database, asyncio.timeout(20):
        while await Ledger(database).balance_ms(key_id) != expected_ms:  # noqa: ASYNC110 - the delivery has no event
            await asyncio.sleep(0.05)


def backup_and_restore(database_url: str) -> tuple[str, str]:
    if database_url.startswith("postgres"):
        return command("pg_dump"), command("pg_restore")
    return command(".backup", "veena3.db"), command(".restore")


async def test_restored_ledger_is_repaired_from_the_records_while_the_service_runs(settings, run):
    backup, restore = backup_and_restore(settings.database_url)
    replay = command("credits replay").replace("2026-11-01", f"{datetime.now(UTC):%Y-%m-%d}")
    key_id, secret = await paying_key(settings.database_url, GRANTED_MS)
    async with serving(settings) as accounts:
        await speak(accounts, secret, seconds=1)
        await settled(settings, key_id, GRANTED_MS - 1000)
        await asyncio.to_thread(run, backup)
        await speak(accounts, secret, seconds=2)
        await settled(settings, key_id, GRANTED_MS - 3000)
        await asyncio.to_thread(run, restore)
        await settled(settings, key_id, GRANTED_MS - 1000)
        await asyncio.to_thread(run, command("migrate --check"))
        for _ in range(2):
            await asyncio.to_thread(run, replay)
            await settled(settings, key_id, GRANTED_MS - 3000)
        await speak(accounts, secret, seconds=4)
        await settled(settings, key_id, GRANTED_MS - 7000)


async def test_commands_of_erasure_and_rotation_work(settings, run):
    key_id, secret = await paying_key(settings.database_url, GRANTED_MS)
    async with serving(settings) as accounts:
        await speak(accounts, secret, seconds=1)
        await settled(settings, key_id, GRANTED_MS - 1000)
        new = (await asyncio.to_thread(run, command("keys rotate"), KEY_ID=key_id)).strip()
        await speak(accounts, new, seconds=1)
        await speak(accounts, secret, seconds=1)
        await settled(settings, key_id, GRANTED_MS - 3000)
        assert len(list(read_archive(settings.records_path, Filter()))) == 3
        told = await asyncio.to_thread(run, command("erase", "--key"), KEY_ID=key_id)
        assert told.startswith("erased 3 records; 0 stay")
        assert list(read_archive(settings.records_path, Filter())) == []
        assert (await asyncio.to_thread(run, command("erase", "--request"))).startswith("erased 0 records")


def test_every_command_of_the_page_is_run_here():
    tried = {"migrate --check", "pg_dump", "pg_restore", "credits replay", "veena3-backup.db", "records-backup.db"}
    tried |= {"erase --key", "erase --request", "keys rotate", "veena3 migrate"}
    for line in filter(None, "".join(BLOCKS).splitlines()):
        assert any(words in line for words in tried), line


async def test_file_of_records_is_copied_while_it_is_written(settings, run):
    key_id, secret = await paying_key(settings.database_url, GRANTED_MS)
    async with serving(settings) as accounts:
        await speak(accounts, secret, seconds=1)
        await settled(settings, key_id, GRANTED_MS - 1000)
        await asyncio.to_thread(run, command(".backup", "records.db"))
    (copied,) = read_archive(settings.records_path.with_name("records-backup.db"), Filter())
    assert copied.key_id == key_id
