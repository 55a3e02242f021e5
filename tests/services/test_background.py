"""A background task that ends without being asked to is reported, counted and restarted."""

import ast
import asyncio
from pathlib import Path
from types import SimpleNamespace

import pytest

from services import background as module
from services.background import BackgroundTasks
from shared import backoff
from shared.metrics import Metrics
from tests.services.accounts.conftest import sample
from tests.services.accounts.records.conftest import until

ROOT = Path(__file__).parents[2]
OF_A_REQUEST = {  # modules whose tasks end with a request, a connection, a question, a job or a command
    "api/responses.py",
    "api/websocket/session.py",
    "services/accounts/store_guard.py",
    "api/cli/serve.py",
    "api/cli/client/arrivals.py",
    "api/cli/wyoming/handler.py",
    "api/preemption.py",  # of the process: it ends with it
    "services/accounts/batches.py",
    "services/accounts/database/connections.py",
    "services/jobs/worker.py",
}


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    for name in ("FIRST_PAUSE_S", "LONGEST_PAUSE_S"):
        monkeypatch.setattr(backoff, name, 0.01)


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def background(metrics) -> BackgroundTasks:
    return BackgroundTasks(metrics)


def failures(metrics: Metrics, name: str = "work") -> float:
    return sample(metrics, "background_failures_total", task=name)


class Work:
    """Work that ends in each way of `how`, then runs until it is cancelled."""

    def __init__(self, *how: str) -> None:
        self.how, self.starts = list(how), 0

    async def __call__(self) -> None:
        self.starts += 1
        if not self.how:
            await asyncio.Event().wait()
        match self.how.pop(0):
            case "raise":
                raise UnicodeEncodeError("utf-8", "SECRET", 0, 1, "surrogates not allowed")
            case "cancel":
                asyncio.current_task().cancel()
                await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("how", "reason"), [("raise", "UnicodeEncodeError"), ("return", "returned"), ("cancel", "cancelled")]
)
async def test_task_that_ends_is_reported_counted_and_restarted(background, metrics, how, reason):
    work = Work(how)
    async with background.running("work", work):
        assert not background.problems and failures(metrics) == 0
        await until(lambda: work.starts == 2)
        assert failures(metrics) == 1
        assert background.problems == [f"background task work: started again after a failure ({reason})"]
    assert not background.problems and failures(metrics) == 1


async def test_task_counts_as_recovered_when_it_runs_steadily(background, metrics, monkeypatch):
    clock = SimpleNamespace(now=1000.0, monotonic=lambda: clock.now)
    monkeypatch.setattr(module, "time", clock)
    async with background.running("work", work := Work("raise", "raise")):
        await until(lambda: work.starts == 3)
        assert background.problems
        clock.now += module.STEADY_S
        assert not background.problems
        assert failures(metrics) == 2


async def test_pauses_grow_with_failures_in_a_row(background, monkeypatch):
    asked = []
    monkeypatch.setattr(module, "pause_s", lambda failures: asked.append(failures) or 0)
    async with background.running("work", work := Work(*["raise"] * 4)):
        await until(lambda: work.starts == 5)
    assert asked == [1, 2, 3, 4]


async def test_task_without_restart_stays_ended(background, metrics):
    async with background.running("work", work := Work("raise"), restart=False):
        await until(lambda: failures(metrics))
        await asyncio.sleep(0.05)  # five pauses
        assert work.starts == 1 and background.problems == ["background task work: not running (UnicodeEncodeError)"]


async def test_task_that_is_asked_to_end_has_not_failed(background, metrics):
    asked = asyncio.Event()
    async with background.running("work", asked.wait, stop=lambda _: asked.set()):
        await asyncio.sleep(0)
    async with background.running("work", Work()):
        await asyncio.sleep(0)
    assert failures(metrics) == 0


async def test_failure_while_a_task_ends_is_reported(background, metrics, capsys):
    async def fail_at_the_end() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise OSError("the last word")

    async with background.running("work", fail_at_the_end):
        await asyncio.sleep(0)
    assert failures(metrics) == 1
    assert "background_task_failed" in capsys.readouterr().out


async def test_failed_task_is_not_restarted_after_its_context_has_ended(background, metrics):
    async with background.running("work", work := Work("raise")):
        await until(lambda: failures(metrics))
    await asyncio.sleep(0.05)  # five pauses
    assert work.starts == 1


def test_no_other_module_starts_tasks_that_outlive_a_request():
    found = set()
    for path in [*ROOT.glob("services/**/*.py"), *ROOT.glob("api/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in {"create_task", "ensure_future"}:
                found.add(str(path.relative_to(ROOT)))
    assert found == OF_A_REQUEST | {"services/background.py"}
