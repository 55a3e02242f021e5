"""A server for the client's tests, and the two forms of the client."""

from collections.abc import AsyncIterator, Iterator

import pytest

from core.checkpoint.reading import Checkpoint
from shared.config import Settings
from tests.api.conftest import Served, serving
from tests.fakes import FakeEngine
from veena3_client import AsyncVeena3, Veena3


@pytest.fixture(scope="package")
def server(tiny: Checkpoint) -> Iterator[Served]:
    """Start a server for tests that leave its engine as it is."""
    with serving(tiny, FakeEngine(tiny.vocabulary), Settings(window_first=4, window_lookahead=3)) as one:
        yield one


@pytest.fixture
def changing(tiny: Checkpoint) -> Iterator[Served]:
    """Start a server for one test, which may change how the engine behaves."""
    with serving(tiny, FakeEngine(tiny.vocabulary), Settings(window_first=4, window_lookahead=3)) as one:
        yield one


@pytest.fixture
def client(server: Served) -> Iterator[Veena3]:
    with Veena3(base_url=server.url) as one:
        yield one


@pytest.fixture
async def async_client(server: Served) -> AsyncIterator[AsyncVeena3]:
    async with AsyncVeena3(base_url=server.url) as one:
        yield one
