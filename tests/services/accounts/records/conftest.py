"""Records as requests make them, and an outbox of its own for each test."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, closing
from pathlib import Path

import pytest

from core.request_state import Arrival, RequestState
from services.accounts.records.file import RecordsFile
from services.accounts.records.outbox import Outbox, open_outbox
from services.accounts.records.record import Destination, Measures, Outcome, RequestRecord
from services.accounts.records.store import FileStore
from services.background import BackgroundTasks
from shared.config import Settings
from shared.metrics import Metrics
from shared.types import Sampling, Utterance, Voice


def begun(text: str = "Hello there.", *, kept: bool = True, **more: str) -> RequestRecord:
    utterance = Utterance(text, Voice("lipakshi", "Lipakshi"), Sampling(seed=7), 16_000, lexicon={"AP": "ए पी"})
    request = RequestState(Arrival(more.pop("request_id", "request-1"), 0.0), utterance)
    return RequestRecord.begun(request, kept=kept, **{"key_id": "key-1", "model_version": "model-1"} | more)


def ended(text: str = "Hello there.", *, kept: bool = True, **more: str) -> RequestRecord:
    measures = Measures(queued_s=0.001, ttfb_s=0.125, took_s=0.5, audio_s=1.5, tokens=75, chunks=1)
    return begun(text, kept=kept, **more).ended(Outcome.OK, None, measures, text=text, kept=kept)


def opened(path: Path, metrics: Metrics | None = None) -> AbstractAsyncContextManager[Outbox]:
    """An outbox with metrics of its own."""
    metrics = metrics or Metrics()
    return open_outbox(FileStore(path), metrics, BackgroundTasks(metrics))


@pytest.fixture
def records_path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "records.sqlite"


@pytest.fixture
def settings(records_path: Path) -> Settings:
    return Settings(records="full", records_path=records_path)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.005)


@pytest.fixture
def file(records_path):
    with closing(RecordsFile(records_path)) as one:
        one.open()
        yield one


@pytest.fixture
def filled(file):
    """A file of some pages: history, a pending record, and one whose request runs."""
    history = [ended("नमस्ते " * 50) for _ in range(300)]
    file.write([(record, ()) for record in history])
    file.ready().execute("pragma wal_checkpoint(truncate)")
    file.ready()  # which finds its own write of the main file good
    waiting, running = ended("This is pending."), begun("This runs.")
    file.write([(one, (Destination.CREDITS,)) for one in (waiting, running)])
    return file, history, waiting, running
