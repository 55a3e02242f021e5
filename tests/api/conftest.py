"""The real app under a real uvicorn, with a fake engine and codec; tests/test_line.py has real ones."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
import torch
from fastapi import FastAPI
from playwright.async_api import Browser, async_playwright

from api.app import create_app
from api.server import Server
from core.bicodec.checkpoint import open_bicodec
from core.checkpoint.reading import Checkpoint
from core.cloning.worker import open_cloning
from core.text_worker import TextWorker
from services.runtime import Runtime, build_pipeline
from services.sound import open_super_resolution
from shared.config import Settings
from tests.fakes import FakeAligner, FakeCodec, FakeEngine
from tests.servers import on_a_thread

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
WORD_TOKENS = 12
"""Tokens of each word for the fake aligner."""


@dataclass
class Served:
    """A running server, the fake engine inside it, and the event loop of its thread."""

    app: FastAPI
    engine: FakeEngine
    port: int
    loop: asyncio.AbstractEventLoop

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def generate(self, **body: object) -> httpx.Response:
        return httpx.post(
            f"{self.url}/v1/tts/generate", json={"text": "Hello there.", "speaker": "lipakshi"} | body, timeout=60
        )

    def until(self, condition, *, within_s: float = 1.0) -> float:
        """Wait until `condition()` holds, and return the seconds that it took."""
        begun = time.perf_counter()
        while not condition():
            assert time.perf_counter() - begun < within_s, "the condition did not become true in time"
            time.sleep(0.001)
        return time.perf_counter() - begun

    def metric(self, name: str, **labels: str) -> float:
        """Return the value of a metric; 0 for labels that have not been counted yet."""
        families = list(self.app.state.service.metrics.registry.collect())
        full = f"veena3_tts_{name}"
        assert any(full.startswith(family.name) for family in families), f"{full} is not a metric"
        samples = (sample for family in families for sample in family.samples)
        return sum(sample.value for sample in samples if sample.name == full and sample.labels == labels)

    def turn(self, times: int = 20) -> None:
        """Let the server's event loop handle this many requests, after all that it could do before them."""
        with httpx.Client(base_url=self.url) as client:
            for _ in range(times):
                assert client.get("/live").status_code == 200

    def stand_still(self, *, turns: int = 30, within_s: float = 10.0) -> float:
        """Wait until the engine gives no token for this many turns of the event loop; return its last token's time."""
        deadline, last = time.perf_counter() + within_s, -1.0
        while (now := self.engine.last_token_at) != last or not now:
            assert time.perf_counter() < deadline, "generation does not wait for its reader"
            last = now
            self.turn(turns)
        return last


def open_fake_runtime(checkpoint: Checkpoint, engine: FakeEngine, word_tokens: int | None = WORD_TOKENS):
    pinned = replace(checkpoint, voices=tuple(replace(v, global_tokens=(1,) * 32) for v in checkpoint.voices))

    @asynccontextmanager
    async def opened(settings: Settings):
        codec = FakeCodec()
        with closing(TextWorker()) as texts:
            async with (
                open_super_resolution(settings, torch.device("cpu"), rate=codec.rate) as super_resolution,
                open_cloning(
                    checkpoint.root, open_bicodec(checkpoint.codec_path), settings.cloning, threads=1
                ) as cloning,
            ):
                pipeline = build_pipeline(settings, pinned, engine, codec, super_resolution, texts=texts)
                aligner = None if word_tokens is None else FakeAligner(word_tokens=word_tokens)
                pipeline = replace(pipeline, aligner=aligner)
                yield Runtime(pinned, engine, codec, pipeline, cloning, gpu=None, load_s=0.0)

    return opened


@contextmanager
def running(app: FastAPI, *, send_buffer: int | None = None) -> Iterator[int]:
    """Serve `app` as the service serves it."""
    server = Server(app, app.state.service.settings, port=0, drain_s=2)
    with on_a_thread(server, send_buffer=send_buffer) as port:
        yield port


@contextmanager
def serving(
    checkpoint: Checkpoint,
    engine: FakeEngine,
    settings: Settings,
    *,
    word_tokens: int | None = WORD_TOKENS,
    send_buffer: int | None = None,
) -> Iterator[Served]:
    """Serve a fake engine and codec, and an aligner whose words have `word_tokens` tokens; None: no aligner."""
    loops: list[asyncio.AbstractEventLoop] = []
    open_runtime = open_fake_runtime(checkpoint, engine, word_tokens)

    @asynccontextmanager
    async def on_its_loop(given: Settings):
        loops.append(asyncio.get_running_loop())
        async with open_runtime(given) as runtime:
            yield runtime

    app = create_app(settings, on_its_loop)
    with running(app, send_buffer=send_buffer) as port:
        begun = time.perf_counter()
        while not app.state.service.loaded:
            assert time.perf_counter() - begun < 60, "the runtime did not open in time"
            time.sleep(0.001)
        yield Served(app, engine, port, loops[0])


def open_sockets() -> int:
    """Count the sockets of this process: both ends of each connection to a server that runs in it."""
    count = 0
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since it was listed
            count += str(descriptor.readlink()).startswith("socket:")
    return count


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Start a Chromium for the tests of one module. It takes `lan.example` for this machine."""
    rules = ["--no-sandbox", "--host-resolver-rules=MAP lan.example 127.0.0.1"]
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=rules)
        yield opened
        await opened.close()


@pytest.fixture
def served(tiny: Checkpoint) -> Iterator[Served]:
    """Start a server for one test, which may change how the engine behaves."""
    with serving(tiny, FakeEngine(tiny.vocabulary), Settings(window_first=4, window_lookahead=3)) as one:
        yield one


@pytest.fixture(scope="session")
def common(tiny: Checkpoint) -> Iterator[Served]:
    """Start the server of all tests that only send requests."""
    with serving(tiny, FakeEngine(tiny.vocabulary), Settings(window_first=4, window_lookahead=3)) as one:
        yield one
