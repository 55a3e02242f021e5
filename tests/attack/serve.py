"""The service in a process of its own: `python -m tests.attack.serve '{"folder": "x", "engine": "fake", …}'`.

`folder` gets its databases. `engine` is fake, transformers or vllm, on the tiny checkpoint. `limits` sets constants of
`api.connections` and `api.middleware`, `settings` those of the service. The first line of the output is the port.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from shared.config import Settings
from shared.process import prepare_process

prepare_process()  # before anything imports torch or vllm

from api import connections, middleware, turns  # noqa: E402
from api.app import create_app  # noqa: E402
from api.server import Server, end_process  # noqa: E402
from core.checkpoint.reading import open_checkpoint  # noqa: E402
from services.runtime import Runtime, kept_for_good, open_runtime  # noqa: E402
from services.speech import OpenRuntime  # noqa: E402
from shared.logging import configure_logging  # noqa: E402
from tests.api.conftest import open_fake_runtime  # noqa: E402
from tests.fakes import FakeEngine  # noqa: E402
from tools.checkpoints.builder import build_checkpoint  # noqa: E402

DELAY_S = 0.02
"""Of the fake engine before 80 ms of sound: a listener's stream lasts for as long as its sound."""


def kept(opened: OpenRuntime) -> OpenRuntime:
    """Keep what is loaded from garbage collection, as `open_runtime` does: a collection takes 0.26 s."""

    @asynccontextmanager
    async def opened_and_kept(settings: Settings) -> AsyncIterator[Runtime]:
        async with opened(settings) as runtime:
            with kept_for_good():
                yield runtime

    return opened_and_kept


async def serve(folder: Path, engine: str, given: dict[str, Any]) -> None:
    root = build_checkpoint(folder / "checkpoint", "tiny")
    common = {
        "auth_bypass_mode": True,
        "port": 0,
        "checkpoint": root,
        "window_first": 4,
        "window_lookahead": 3,
        "records_path": folder / "records.db",
        "database_url": f"sqlite:///{folder}/keys.db",
    }
    if engine != "fake":
        common |= {"engine": engine, "vllm_kv_cache_mib": 64}
    settings = Settings(**common | given)
    checkpoint = open_checkpoint(root)
    fake = open_fake_runtime(checkpoint, FakeEngine(checkpoint.vocabulary, delay_s=DELAY_S))
    app = create_app(settings, kept(fake) if engine == "fake" else open_runtime)
    server = Server(app, settings, port=0, drain_s=15)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    await app.state.service.loading()
    sys.stdout.write(f"{server.servers[0].sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await serving


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    for name, value in asked.get("limits", {}).items():
        setattr(connections if hasattr(connections, name) else middleware, name, value)
    configure_logging("INFO")
    turns.run(serve(Path(asked["folder"]), asked["engine"], asked["settings"]))
    end_process()
