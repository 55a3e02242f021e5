"""A real uvicorn around the real app; engine and codec are fakes here, and real in tests/test_line.py."""

import time
from collections.abc import Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
import torch
from fastapi import FastAPI

from api.app import create_app
from api.server import server_config
from core.checkpoint.reading import Checkpoint
from core.text_worker import TextWorker
from services.runtime import Runtime, build_pipeline, open_super_resolution
from shared.config import Settings
from tests.fakes import FakeCodec, FakeEngine
from tests.servers import on_a_thread


@dataclass
class Served:
    """A running server, and the fake engine inside it."""

    app: FastAPI
    engine: FakeEngine
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def generate(self, **body: object) -> httpx.Response:
        return httpx.post(
            f"{self.url}/v1/tts/generate", json={"text": "Hello there.", "speaker": "lipakshi"} | body, timeout=60
        )

    def until(self, condition, *, within_s: float = 1.0) -> float:
        """Wait until `condition()`; give the seconds it took."""
        begun = time.perf_counter()
        while not condition():
            assert time.perf_counter() - begun < within_s, "it did not come about in time"
            time.sleep(0.001)
        return time.perf_counter() - begun


def open_fake_runtime(checkpoint: Checkpoint, engine: FakeEngine):
    pinned = replace(checkpoint, voices=tuple(replace(v, global_tokens=(1,) * 32) for v in checkpoint.voices))

    @asynccontextmanager
    async def opened(settings: Settings):
        codec = FakeCodec()
        with closing(TextWorker()) as texts:
            async with open_super_resolution(settings, torch.device("cpu"), rate=codec.rate) as wide:
                pipeline = build_pipeline(settings, pinned, engine, codec, wide, texts=texts)
                yield Runtime(pinned, engine, codec, pipeline, gpu=None, load_s=0.0)

    return opened


@contextmanager
def running(app: FastAPI, *, send_buffer: int | None = None) -> Iterator[int]:
    """Serve `app` as the service serves it."""
    config = server_config(app, app.state.service.settings, port=0, drain_s=2)
    with on_a_thread(config, send_buffer=send_buffer) as port:
        yield port


@contextmanager
def serving(
    checkpoint: Checkpoint, engine: FakeEngine, settings: Settings, *, send_buffer: int | None = None
) -> Iterator[Served]:
    app = create_app(settings, open_fake_runtime(checkpoint, engine))
    with running(app, send_buffer=send_buffer) as port:
        served = Served(app, engine, port)
        served.until(lambda: app.state.service.loaded, within_s=60)
        yield served


def open_sockets() -> int:
    """Of this process: both ends of what a test connects to a server that runs in it."""
    count = 0
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since it was listed
            count += str(descriptor.readlink()).startswith("socket:")
    return count


@pytest.fixture
def served(tiny: Checkpoint) -> Iterator[Served]:
    """A server of its own for a test that changes how the engine behaves."""
    with serving(tiny, FakeEngine(tiny.vocabulary), Settings(window_first=4, window_lookahead=3)) as one:
        yield one


@pytest.fixture(scope="session")
def common(tiny: Checkpoint) -> Iterator[Served]:
    """One server for all tests that only ask."""
    with serving(tiny, FakeEngine(tiny.vocabulary), Settings(window_first=4, window_lookahead=3)) as one:
        yield one
