"""Life of the service: loading, health and closing. Over HTTP: tests/api/test_health.py."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from services import speech as module
from services.speech import SpeechService
from shared.config import Settings
from shared.errors import ModelNotLoaded, RuntimeDead, StartupError
from tests.api.conftest import open_fake_runtime
from tests.fakes import FakeEngine


@pytest.fixture
def engine(tiny) -> FakeEngine:
    return FakeEngine(tiny.vocabulary)


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(records="full", records_path=tmp_path / "records.sqlite", database_url="sqlite://")


@pytest.fixture
def service(tiny, engine, settings) -> SpeechService:
    return SpeechService(settings, open_fake_runtime(tiny, engine))


def never_called() -> None:
    pytest.fail("the start did not fail")


async def test_service_is_ready_once_loaded_and_lets_go_at_its_end(service):
    assert not service.healthy() and service.degraded() == ["the model is not loaded"]
    for part in (service.runtime, service.accounts):
        with pytest.raises(ModelNotLoaded):
            part()
    assert (service.records.store, service.loaded) == ("off", None)
    async with service.running(failed=never_called):
        await asyncio.wait_for(service.loading(), 10)
        assert service.healthy() and service.degraded() == [] and service.loaded is service.runtime()
        assert service.records.store == "local" and service.queue == {"running": 0, "waiting": 0}
        service.accounts()
    assert service.loaded is None and not service.healthy()
    with pytest.raises(ModelNotLoaded):
        service.accounts()


async def test_accounts_are_open_while_the_model_loads(tiny, engine, settings):
    """Keys can be made and refused before the first request can be synthesized."""
    loading, may_load = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def slow(settings: Settings):
        loading.set()
        await may_load.wait()
        async with open_fake_runtime(tiny, engine)(settings) as runtime:
            yield runtime

    service = SpeechService(settings, slow)
    async with service.running(failed=never_called):
        await asyncio.wait_for(loading.wait(), 10)
        assert service.accounts().degraded() == [] and service.loaded is None
        may_load.set()
        await asyncio.wait_for(service.loading(), 10)


async def test_service_that_still_loads_can_be_closed(settings):
    loading = asyncio.Event()

    @asynccontextmanager
    async def endless(settings: Settings):
        loading.set()
        await asyncio.Event().wait()
        yield

    async with SpeechService(settings, endless).running(failed=never_called):
        await asyncio.wait_for(loading.wait(), 10)


async def test_failed_start_is_reported_once_and_raised_to_waiters(settings):
    @asynccontextmanager
    async def broken(settings: Settings):
        raise StartupError("no such checkpoint")
        yield

    failures = []
    service = SpeechService(settings, broken)
    async with service.running(failed=lambda: failures.append(1)):
        with pytest.raises(StartupError, match="no such checkpoint"):
            await asyncio.wait_for(service.loading(), 10)
        assert failures == [1] and not service.healthy()
        assert service.failure is not None and service.loss is None


@pytest.mark.parametrize("fault", [ValueError("a\nb" * 500), KeyError("x"), RecursionError(), MemoryError()])
async def test_every_exception_of_a_start_is_reported_in_one_line(settings, fault):
    @asynccontextmanager
    async def broken(settings: Settings):
        raise fault
        yield

    service, failures = SpeechService(settings, broken), []
    async with service.running(failed=lambda: failures.append(service.failure)):
        with pytest.raises(StartupError, match=f"unexpected {type(fault).__name__}") as failure:
            await asyncio.wait_for(service.loading(), 10)
        assert failures == [failure.value] and "\n" not in str(failure.value) and len(str(failure.value)) < 500


async def test_dead_engine_is_reported_although_no_request_runs(service, engine, monkeypatch):
    monkeypatch.setattr(module, "HEALTH_EVERY_S", 0.01)
    lost = asyncio.Event()

    async def note() -> None:
        lost.set()

    async with service.running(failed=never_called, lost=note):
        await asyncio.wait_for(service.loading(), 10)
        engine.dead = True
        await asyncio.wait_for(lost.wait(), 10)
        assert isinstance(service.loss, RuntimeDead) and service.lost.is_set()
        assert service.degraded() == ["the engine is gone"]
        with pytest.raises(RuntimeDead):
            service.runtime()


async def test_bypass_beyond_this_machine_is_degraded(tiny, engine, settings):
    open_settings = settings.model_copy(update={"auth_bypass_mode": True, "host": "0.0.0.0"})
    service = SpeechService(open_settings, open_fake_runtime(tiny, engine))
    async with service.running(failed=never_called):
        await asyncio.wait_for(service.loading(), 10)
        (reason,) = service.degraded()
        assert reason.startswith("AUTH_BYPASS_MODE is on beyond this machine")
