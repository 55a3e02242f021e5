"""The service around the fake engine, in a process: `python -m tests.attack.serve_fake '{"HEAD_S": 1}'`.

The argument sets limits of `api.connections` and `api.middleware`. The first line of the output is the port.
"""

import asyncio
import json
import sys
import tempfile
from pathlib import Path

import uvicorn

from api import connections, middleware
from api.app import create_app
from api.server import server_config
from core.checkpoint.reading import open_checkpoint
from shared.config import Settings
from shared.logging import configure_logging
from tests.api.conftest import open_fake_runtime
from tests.fakes import FakeEngine
from tools.checkpoints.builder import build_checkpoint


async def serve(folder: Path) -> None:
    settings = Settings(
        auth_bypass_mode=True, port=0, window_first=4, window_lookahead=3, records_path=folder / "records.db"
    )
    checkpoint = open_checkpoint(build_checkpoint(folder / "checkpoint", "tiny"))
    app = create_app(settings, open_fake_runtime(checkpoint, FakeEngine(checkpoint.vocabulary)))
    server = uvicorn.Server(server_config(app, settings, port=0, drain_s=15))
    serving = asyncio.create_task(server.serve())
    await app.state.service.loading()
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    sys.stdout.write(f"{server.servers[0].sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await serving


if __name__ == "__main__":
    for name, value in json.loads(sys.argv[1]).items():
        setattr(connections if hasattr(connections, name) else middleware, name, value)
    configure_logging("INFO")
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(serve(Path(folder)))
