"""The real app on the fake engine, in a process that a test can kill: `python -m tests.fake_server CHECKPOINT DELAY_S`.

The engine generates four tokens, 80 ms of sound, every DELAY_S. Settings come from the environment. The first line of
output is the port. `GET /waits` returns the seconds that each request has waited for stores. `GET /held` returns the
most CPU seconds that this process has used between two rounds of the event loop since the last such request.
"""

import asyncio
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastapi import FastAPI

ROOT = Path(__file__).parents[1]
START_S = 240  # longest start of a server, on a busy machine


@dataclass
class FakeServer:
    process: subprocess.Popen[str]
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def fake_server(
    checkpoint: Path, *, delay_s: float = 0.01, log: IO[str] | None = None, **settings: object
) -> Iterator[FakeServer]:
    """Start a server and wait until it is ready; kill it when the context exits. Its standard error goes to `log`."""
    environment = os.environ | {"LOG_LEVEL": "ERROR"} | {name.upper(): str(value) for name, value in settings.items()}
    command = [sys.executable, "-m", "tests.fake_server", str(checkpoint), str(delay_s)]
    pipes = {"stdout": subprocess.PIPE, "stderr": log}
    with subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **pipes) as process:
        try:
            assert process.stdout and select.select([process.stdout], [], [], START_S)[0], "it did not start"
            yield FakeServer(process, int(process.stdout.readline()))
        finally:
            process.kill()


async def _serve(checkpoint: Path, delay_s: float) -> None:
    from api.app import create_app
    from api.server import Server
    from core.checkpoint.reading import open_checkpoint
    from services.accounts.records import journal
    from services.runtime import kept_for_good
    from shared.config import Settings
    from shared.logging import configure_logging
    from tests.api.conftest import open_fake_runtime
    from tests.fakes import FakeEngine

    settings = Settings()
    configure_logging(settings.log_level)
    journal.WRITTEN_S = 10.0  # tolerates a slow disk
    read = open_checkpoint(checkpoint)
    engine = FakeEngine(read.vocabulary, length=60, delay_s=delay_s)
    app = create_app(settings, open_fake_runtime(read, engine), failed=partial(os._exit, 1))
    server = Server(app, settings, port=0)
    with kept_for_good():
        _tell_waits(app)
        watch = _tell_held(app)
        serving = asyncio.create_task(server.serve())
        await app.state.service.ready.wait()
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        sys.stdout.write(f"{server.servers[0].sockets[0].getsockname()[1]}\n")
        sys.stdout.flush()
        await serving
        watch.cancel()


def _tell_waits(app: "FastAPI") -> None:
    from services.accounts.store_guard import StoreGuard
    from shared.deadline import Deadline

    asked: dict[int, Deadline] = {}
    answer = StoreGuard.answer

    async def noted(self, asking: asyncio.Task[Any], deadline: Deadline) -> Any:
        asked[id(deadline)] = deadline
        return await answer(self, asking, deadline)

    StoreGuard.answer = noted
    app.get("/waits")(lambda: [deadline.waited_s for deadline in asked.values()])


def _tell_held(app: "FastAPI") -> asyncio.Task[None]:
    """Serve `/held`. Measures CPU time, which does not include waits for a busy machine's processor."""
    most = 0.0

    async def watch() -> None:
        nonlocal most
        before = time.process_time()
        while True:
            await asyncio.sleep(0.001)
            now = time.process_time()
            before, most = now, max(most, now - before)

    async def held() -> float:
        nonlocal most
        answer, most = most, 0.0
        return answer

    app.get("/held")(held)
    return asyncio.create_task(watch())


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), float(sys.argv[2])))
    from api.server import end_process

    end_process()
