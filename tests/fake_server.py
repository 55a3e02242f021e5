"""The real app on the fake engine, in a process that a test may kill: `python -m tests.fake_server CHECKPOINT`.

Settings come from the environment; the port is the first line of its output. `GET /waits` tells what each request has
waited for stores: seconds by the wall clock and by the event loop's own (tests/loop_clock.py).
"""

import asyncio
import os
import select
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import uvicorn

if TYPE_CHECKING:
    from fastapi import FastAPI

    from tests.loop_clock import LoopClock

ROOT = Path(__file__).parents[1]
START_S = 240  # on a busy machine


@dataclass
class FakeServer:
    process: subprocess.Popen[str]
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def fake_server(checkpoint: Path, *, log: IO[str] | None = None, **settings: object) -> Iterator[FakeServer]:
    """Started and ready; killed at the end where it still runs. What it writes to standard error goes to `log`."""
    environment = os.environ | {"LOG_LEVEL": "ERROR"} | {name.upper(): str(value) for name, value in settings.items()}
    command = [sys.executable, "-m", "tests.fake_server", str(checkpoint)]
    pipes = {"stdout": subprocess.PIPE, "stderr": log}
    with subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **pipes) as process:
        try:
            assert process.stdout and select.select([process.stdout], [], [], START_S)[0], "it did not start"
            yield FakeServer(process, int(process.stdout.readline()))
        finally:
            process.kill()


async def _serve(checkpoint: Path) -> None:
    from api.app import create_app
    from api.server import server_config
    from core.checkpoint.reading import open_checkpoint
    from services.records import journal
    from shared.config import Settings
    from shared.logging import configure_logging
    from tests.api.conftest import open_fake_runtime
    from tests.fakes import FakeEngine
    from tests.loop_clock import loop_clock

    settings = Settings()
    configure_logging(settings.log_level)
    journal.WRITTEN_S = 10.0  # however slow this machine's disk is just now
    read = open_checkpoint(checkpoint)
    engine = FakeEngine(read.vocabulary, length=60, delay_s=0.01)
    app = create_app(settings, open_fake_runtime(read, engine), failed=partial(os._exit, 1))
    server = uvicorn.Server(server_config(app, settings, port=0, drain_s=2))
    async with loop_clock() as clock:
        _tell_waits(app, clock)
        serving = asyncio.create_task(server.serve())
        await app.state.service.ready.wait()
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        sys.stdout.write(f"{server.servers[0].sockets[0].getsockname()[1]}\n")
        sys.stdout.flush()
        await serving


def _tell_waits(app: "FastAPI", clock: "LoopClock") -> None:
    from services.neighbour import Neighbour, Patience

    waits: defaultdict[Patience, float] = defaultdict(float)
    answer = Neighbour.answer

    async def timed(self, asking: asyncio.Task[Any], patience) -> Any:
        begun = clock.now
        try:
            return await answer(self, asking, patience)
        finally:
            waits[patience] += clock.now - begun

    Neighbour.answer = timed
    app.get("/waits")(lambda: [(patience.waited_s, loop_s) for patience, loop_s in waits.items()])


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
