"""ServiceContainer with fakes: loading, snapshots, serving, and failures."""

import asyncio
import os
import signal
import socket
from contextlib import asynccontextmanager

import httpx
import pytest

from api.container import ServiceContainer
from services.runtime import open_runtime
from shared.config import EngineKind, Settings
from shared.errors import StartupError
from tests.api.conftest import open_fake_runtime
from tests.fakes import FakeEngine

LOCAL = "http://127.0.0.1"
SETTINGS = Settings(database_url="sqlite://", auth_bypass_mode=True)


@pytest.fixture
def engine(tiny):
    return FakeEngine(tiny.vocabulary)


@pytest.fixture
def opened(tiny, engine):
    """Return a function that opens a runtime, and the list of its events."""
    story, inner = [], open_fake_runtime(tiny, engine)

    @asynccontextmanager
    async def open_runtime(settings):
        async with inner(settings) as runtime:
            story.append("opened")
            try:
                yield runtime
            finally:
                story.append("closed")

    return open_runtime, story


@pytest.mark.parametrize("snapshot", ["off", "cpu"])
async def test_model_is_loaded_after_a_snapshot_of_the_code(opened, snapshot):
    open_runtime, story = opened
    container = ServiceContainer(SETTINGS.model_copy(update={"snapshot": snapshot}), open_runtime)
    await container.load()
    assert story == []
    await container.wake()
    assert story == ["opened"]
    await container.close()
    assert story == ["opened", "closed"]


async def test_model_sleeps_during_a_snapshot_of_the_gpu(opened, engine):
    open_runtime, story = opened
    container = ServiceContainer(Settings(snapshot="gpu"), open_runtime)
    await container.load()
    assert story == ["opened"] and engine.asleep
    await container.wake()
    assert story == ["opened"] and not engine.asleep
    await container.close()


async def test_model_that_generates_other_audio_after_a_snapshot_is_closed(opened, engine):
    open_runtime, story = opened
    container = ServiceContainer(Settings(snapshot="gpu"), open_runtime)
    await container.load()
    engine.length //= 2
    with pytest.raises(StartupError, match="differently"):
        await container.wake()
    assert story == ["opened", "closed"]


async def test_first_request_finds_the_model_ready(opened):
    """A request that is open when the container closes is finished."""
    open_runtime, story = opened
    container = ServiceContainer(SETTINGS, open_runtime)
    await container.load()
    await container.wake()
    port = free_port()
    await container.listen(port=port, drain_s=30, lost=asyncio.Event().wait)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        assert (await client.get("/ready")).status_code == 200
        body = {"text": "Hello there.", "speaker": "lipakshi", "stream": True}
        async with client.stream("POST", "/v1/tts/generate", json=body) as answer:
            pieces = answer.aiter_raw()
            received = await anext(pieces)
            closing = asyncio.create_task(container.close())
            async for piece in pieces:
                received += piece
        await closing
    assert len(received) > 10_000 and story == ["opened", "closed"]


async def test_sigint_drains_a_container(opened):
    open_runtime, _ = opened
    left = asyncio.Event()

    async def leave() -> None:
        left.set()

    container = ServiceContainer(SETTINGS.model_copy(update={"drain_s": 0.2}), open_runtime)
    await container.wake()
    app = container.app(leave)
    transport = httpx.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url=LOCAL) as client:
        assert (await client.get("/ready")).status_code == 200
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.wait_for(left.wait(), 1)
        assert (await client.get("/ready")).status_code == 503
        stopping = app.state.service.stopping
        assert stopping.left_s > 0 and not stopping.over.is_set()
        await asyncio.wait_for(stopping.over.wait(), 2)
    asyncio.get_running_loop().remove_signal_handler(signal.SIGINT)
    await container.close()


async def test_occupied_port_fails_the_start(opened):
    open_runtime, _ = opened
    container = ServiceContainer(SETTINGS, open_runtime)
    await container.wake()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(StartupError, match="port"):
            await container.listen(port=taken.getsockname()[1], drain_s=1, lost=asyncio.Event().wait)
    await container.close()


async def test_database_that_cannot_be_opened_fails_the_start(opened):
    open_runtime, _ = opened
    container = ServiceContainer(Settings(database_url="sqlite:////proc/nowhere/x.db"), open_runtime)
    await container.wake()
    app = container.app(asyncio.Event().wait)
    with pytest.raises(StartupError):
        async with app.router.lifespan_context(app):
            pass
    await container.close()


@pytest.mark.parametrize("damaged", ["LLM/model.safetensors", "BiCodec/model.safetensors", "LLM/config.json"])
async def test_corrupt_weights_fail_in_one_line(tiny_path, tmp_path, damaged):
    for path in tiny_path.rglob("*"):
        if path.is_file():
            (copy := tmp_path / path.relative_to(tiny_path)).parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    victim = tmp_path / damaged
    victim.write_bytes(victim.read_bytes()[: victim.stat().st_size // 2])
    container = ServiceContainer(
        Settings(checkpoint=tmp_path, engine=EngineKind.TRANSFORMERS, device="cpu"), open_runtime
    )
    with pytest.raises(StartupError) as refused:
        await container.wake()
    assert damaged.split("/")[0] in str(refused.value) and "\n" not in str(refused.value)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
