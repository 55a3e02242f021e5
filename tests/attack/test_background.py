"""Background tasks of a whole service are cancelled or given work that fails."""

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from api.schemas import SpeechRequest
from services.accounts.caller import Scope
from services.accounts.credits.ledger import Ledger
from services.accounts.database import open_database
from services.accounts.records.archive import Filter, read_archive
from shared import backoff
from shared.config import Settings
from tests.api.conftest import Served, serving
from tests.api.keys import make_key
from tests.fakes import FakeEngine

GRANTED_MS = 10**7
TASKS = {
    *("records-writer", "delivery-credits", "delivery-supabase", "retention", "credit-expiry", "stream-leases"),
    "health-watch",
}


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(backoff, "FIRST_PAUSE_S", 0.05)
    monkeypatch.setenv("STORE_DEADLINE_S", "60")  # what is charged is tested here, not this machine


@contextmanager
def paying(tiny, path: Path, **settings) -> Iterator[tuple[Served, str]]:
    """Start a server with all background tasks, and create a key with credits."""
    url = f"sqlite:///{path.parent}/keys.db"
    key, secret = make_key(url, *Scope)

    async def grant() -> None:
        async with open_database(url) as database:
            await Ledger(database).grant("first", key.id, amount_ms=GRANTED_MS)

    asyncio.run(grant())
    given = {"records": "full", "records_path": path, "credits": True, "database_url": url, "auth_bypass_mode": False}
    given |= {"window_first": 4, "window_lookahead": 3} | settings
    with serving(tiny, FakeEngine(tiny.vocabulary), Settings(**given)) as served:
        yield served, secret


def speak(served: Served, secret: str, text: str = "Hello there.") -> httpx.Response:
    body = {"text": text, "speaker": "lipakshi", "format": "pcm"}
    return httpx.post(f"{served.url}/v1/tts/generate", json=body, headers={"X-API-Key": secret}, timeout=60)


def health(served: Served) -> dict:
    return httpx.get(f"{served.url}/health").json()


def counted(served: Served, sample: str) -> float:
    for line in httpx.get(f"{served.url}/metrics").text.splitlines():
        if line.startswith(f"veena3_tts_{sample} "):
            return float(line.rpartition(" ")[2])
    raise AssertionError(sample)


def kill(served: Served, name: str) -> None:
    """Cancel a background task that was not asked to end."""
    (task,) = (task for task in asyncio.all_tasks(served.loop) if task.get_name() == name)
    served.loop.call_soon_threadsafe(task.cancel)


@pytest.mark.skipif(not shutil.which("redis-server"), reason="REDIS IS NOT INSTALLED: not every task is there")
def test_every_background_task_is_restarted_after_a_cancellation(tiny, tmp_path, redis):
    nowhere = {"supabase_url": "http://127.0.0.1:1", "supabase_key": "k", "redis_url": redis.url}
    with paying(tiny, tmp_path / "records.db", **nowhere) as (served, secret):
        names = [task.get_name() for task in asyncio.all_tasks(served.loop)]
        assert all(names.count(name) == 1 for name in TASKS | {"runtime"}), names
        for number, name in enumerate(sorted(TASKS), start=1):
            kill(served, name)
            served.until(
                lambda name=name: counted(served, f'background_failures_total{{task="{name}"}}') == 1, within_s=5
            )
            told = health(served)
            assert told["status"] == "degraded" and any(f"task {name}:" in reason for reason in told["degraded"])
            again = f"background task {name}: started again after a failure (cancelled)"
            served.until(lambda again=again: again in health(served)["degraded"], within_s=5)
            assert speak(served, secret).status_code == 200
            assert len(list(read_archive(tmp_path / "records.db", Filter()))) == number


def test_cancelled_runtime_is_reported_and_answers_503(tiny, tmp_path):
    with paying(tiny, tmp_path / "records.db") as (served, secret):
        service = served.app.state.service
        kill(served, "runtime")
        served.until(service.lost.is_set, within_s=5)
        told = health(served)
        assert told["status"] == "unhealthy" and "background task runtime: not running (cancelled)" in told["degraded"]
        assert counted(served, 'background_failures_total{task="runtime"}') == 1
        assert speak(served, secret).status_code == 503


def test_record_that_cannot_be_written_is_set_aside_and_charged(tiny, tmp_path, monkeypatch):
    """Ten other records are written as they are; the wrong one is written without its text, and all are settled."""
    of = SpeechRequest.build_utterance

    def poisoned(self, text, *more):
        utterance = of(self, text, *more)
        return replace(utterance, lexicon={"x": "\ud800"}) if "poison" in text else utterance

    monkeypatch.setattr(SpeechRequest, "build_utterance", poisoned)
    path = tmp_path / "records.db"
    with paying(tiny, path) as (served, secret):
        texts = [f"Number {n}." for n in range(10)]
        answers = [speak(served, secret, text) for text in (*texts[:5], "This is poison.", *texts[5:])]
        assert {answer.status_code for answer in answers} == {200}
        served.until(lambda: counted(served, "outbox_delivered_total") == 11, within_s=10)
        records = list(read_archive(path, Filter()))
        assert [record.text for record in records] == [*texts[:5], None, *texts[5:]]
        assert {record.outcome for record in records} == {"ok"}
        told = health(served)
        assert told["status"] == "degraded" and "1 records could not be written as they are" in told["degraded"]
        assert counted(served, "records_set_aside_total") == 1
        assert not any("background" in reason for reason in told["degraded"])
    spoken_ms = sum(round(len(answer.content) / 2 / 16) for answer in answers)
    with closing(sqlite3.connect(tmp_path / "keys.db")) as database:
        assert database.execute("select balance_ms from credit_accounts").fetchone() == (GRANTED_MS - spoken_ms,)


def test_locked_records_file_delays_one_request_only(tiny, tmp_path, monkeypatch):
    """Only the first request waits; health reports the fault, and all records are written in the end."""
    monkeypatch.setattr("services.accounts.records.journal.WRITTEN_S", 1.0)
    path = tmp_path / "records.db"
    with paying(tiny, path) as (served, secret):
        assert speak(served, secret).status_code == 200
        with closing(sqlite3.connect(path, isolation_level=None)) as stranger:
            stranger.execute("begin immediate")
            first_ms = [float(speak(served, secret).headers["x-ttfb-ms"]) for _ in range(6)]
            assert first_ms[0] >= 1000 and max(first_ms[1:]) < 1000
            told = health(served)["degraded"]
            assert any("records cannot be written" in reason or "written late" in reason for reason in told)
        served.until(lambda: counted(served, "outbox_delivered_total") == 7, within_s=15)
        served.until(lambda: health(served)["status"] == "healthy", within_s=5)
        assert len(list(read_archive(path, Filter()))) == 7


def test_deleted_key_database_is_reported_and_recovers(tiny, tmp_path):
    """A cached key stays valid; its charges wait until the file is restored."""
    with paying(tiny, tmp_path / "records.db", credits_away="serve") as (served, secret):
        assert speak(served, secret).status_code == 200
        served.until(lambda: counted(served, "outbox_delivered_total") == 1, within_s=10)
        keys = tmp_path / "keys.db"
        with closing(sqlite3.connect(keys)) as here, closing(sqlite3.connect(tmp_path / "backup")) as there:
            here.backup(there)
        keys.unlink()
        told = health(served)
        assert told["status"] == "degraded" and any(
            "database file was deleted" in reason for reason in told["degraded"]
        )
        answers = [speak(served, secret) for _ in range(3)]
        (tmp_path / "backup").rename(keys)
        served.until(lambda: counted(served, "outbox_delivered_total") == 4, within_s=30)

        def is_healthy_again() -> bool:
            """Send a request, for only a request finds out that the store is back."""
            answers.append(speak(served, secret))
            return health(served)["status"] == "healthy"

        served.until(is_healthy_again, within_s=30)
        assert {answer.status_code for answer in answers} == {200}
        served.until(lambda: counted(served, "outbox_delivered_total") == 1 + len(answers), within_s=30)
        with closing(sqlite3.connect(keys)) as database:
            states = database.execute("select state, count(*) from credit_entries group by state").fetchall()
        assert dict(states) == {"granted": 1, "settled": 1 + len(answers)}
