"""Fixtures of all tests. Expensive ones are created once per session."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import gettempdir

import pytest
import pytest_asyncio
import structlog
from hypothesis import settings

from shared.process import prepare_process

prepare_process()
os.environ.setdefault("AUTH_BYPASS_MODE", "true")
os.environ.setdefault("DATABASE_URL", "sqlite://")  # each app has its own database, in memory
os.environ.setdefault(
    "VEENA3_HOME", f"{gettempdir()}/veena3-tests-{os.getpid()}"
)  # never the state of the user that runs them
os.environ.setdefault("RECORDS", "off")  # tests of records set their own file
# No trials, because their outcome depends on the load of the machine.
os.environ.setdefault("CODEC_MODE", "fast")
os.environ.setdefault("CODEC_THREADS", "1")
os.environ.setdefault("SUPER_RESOLUTION_MODE", "int8")
settings.register_profile("shared-cores", deadline=None)  # a slow example on a busy machine is not a failure
settings.load_profile("shared-cores")
# By default, tracebacks are rendered with all local values, which blocks an event loop for seconds.
structlog.configure(
    [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)

from core.checkpoint.reading import Checkpoint, open_checkpoint  # noqa: E402
from services.accounts.database import Database, open_database  # noqa: E402
from tests.servers import Postgres, Redis, postgres_server, redis_server  # noqa: E402
from tools.checkpoints.builder import build_checkpoint  # noqa: E402


@pytest.fixture(scope="session")
def tiny_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a complete checkpoint directory at the smallest dimensions. Tests only read it."""
    return build_checkpoint(tmp_path_factory.mktemp("tiny") / "checkpoint", "tiny")


@pytest.fixture(scope="session")
def tiny(tiny_path: Path) -> Checkpoint:
    return open_checkpoint(tiny_path)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Start one server per session. A test that needs an empty database calls `fresh()`."""
    with postgres_server() as server:
        yield server


@pytest.fixture
def redis() -> Iterator[Redis]:
    """Start an empty Redis server, which takes 50 ms."""
    with redis_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty database, of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/veena3.db"
    server: Postgres = request.getfixturevalue("postgres")
    return server.fresh()


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Open an empty database with its tables."""
    async with open_database(database_url) as opened:
        yield opened
