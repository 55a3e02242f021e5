"""Simulated time, and the service in it."""

import asyncio
import time
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from benchmarks import load, simulated
from shared.config import Settings
from shared.errors import StartupError


def test_simulated_clock_jumps_to_the_next_timer():
    async def sleep() -> float:
        await asyncio.sleep(3600)
        return time.perf_counter()

    started = time.perf_counter()
    assert simulated.run(sleep) == pytest.approx(3600)
    assert time.perf_counter() - started < 5


def test_simulated_clock_stands_still_while_a_thread_works():
    async def work() -> float:
        async with asyncio.timeout(5):
            await asyncio.to_thread(time.sleep, 0.05)
        return time.perf_counter()

    assert simulated.run(work) == 0.0


def test_simulated_clock_goes_on_after_a_call_in_a_thread_is_cancelled():
    async def work() -> float:
        call = asyncio.create_task(asyncio.to_thread(time.sleep, 0.05))
        await asyncio.sleep(0)
        call.cancel()
        await asyncio.sleep(60)
        return time.perf_counter()

    assert simulated.run(work) == pytest.approx(60)


def test_load_measures_one_policy_after_the_other(tiny_path: Path, tmp_path: Path):
    """Each service must have closed its records file before the next one opens it."""
    settings = Settings(
        checkpoint=tiny_path, records_path=tmp_path / "records.db", database_url="sqlite://", auth_bypass_mode=True
    )
    options = load.Search(start=4.0, step=2.0, within=2.5, seconds=1.0)
    for name in ("headroom", "order of arrival", "order of arrival, batched"):
        measure = partial(load.measure, load.POLICIES[name], settings, load.open_simulated, options)
        figures = simulated.run(measure)
        assert figures["highest_rate_without_a_gap"] >= 4, name
    assert not list(tmp_path.iterdir())


async def test_serving_raises_when_the_service_does_not_start(tmp_path: Path):
    @asynccontextmanager
    async def fail(settings: Settings):
        raise StartupError("no weights")
        yield

    settings = Settings(records_path=tmp_path / "records.db", database_url="sqlite://", auth_bypass_mode=True)
    with pytest.raises(StartupError, match="no weights"):
        async with asyncio.timeout(10), load.serving(load.POLICIES["headroom"], settings, fail):
            pass
