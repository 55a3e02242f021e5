"""Modal on loopback: control plane, workers and ingress on one event loop, in its own thread."""

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from grpclib.server import Server

from tests.modal.control_plane import ControlPlane
from tests.modal.ingress import Ingress
from tests.modal.invocation import Invocation
from tests.modal.worker import Worker

ROOT = Path(__file__).parents[2]
START_S = 600
"""Longest time that a command or a container may take, in seconds."""

run = partial(subprocess.run, capture_output=True, text=True, check=False, timeout=START_S)


class Modal:
    """Platform of one test: `url` is the address of the deployment, `workers` are its containers in order of start.

    `mounts` maps the path of a volume to the local directory that replaces it. `secrets` are environments by name.
    """

    def __init__(self, path: Path, mounts: dict[str, Path], secrets: dict[str, dict[str, str]]) -> None:
        self.plane, self._path, self._mounts = ControlPlane(secrets, invoked=self._invoked), path, mounts
        self.workers: list[Worker] = []
        self.url = ""
        self._servers: list[Server] = []

    @contextmanager
    def running(self) -> Iterator["Modal"]:
        ready, self._over = threading.Event(), asyncio.Event()
        thread = threading.Thread(target=lambda: asyncio.run(self._run(ready)))
        thread.start()
        assert ready.wait(10)
        try:
            yield self
        finally:
            for worker in self.workers:
                worker.kill()
            self._loop.call_soon_threadsafe(self._over.set)
            thread.join()

    async def _run(self, ready: threading.Event) -> None:
        self._loop, self.ingress = asyncio.get_running_loop(), Ingress()
        self._plane_url = await self._served(self.plane)
        config = uvicorn.Config(self.ingress, port=0, log_config=None, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.005)
        self.url = f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        ready.set()
        await self._over.wait()
        server.should_exit = True
        await serving
        for grpc in self._servers:
            grpc.close()
            await grpc.wait_closed()

    async def _served(self, servicer: Any) -> str:
        server = Server([servicer])
        await server.start("127.0.0.1", 0)
        self._servers.append(server)
        return f"http://127.0.0.1:{server._server.sockets[0].getsockname()[1]}"

    def deploy(self, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run `modal deploy app.py` with these settings in the environment."""
        return self.command("deploy", "app.py", **settings)

    def command(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run `modal …` as a process."""
        return run([sys.executable, "-m", "modal", *arguments], cwd=ROOT, env=self.environment() | settings)

    def environment(self) -> dict[str, str]:
        """Return the environment of a user of this platform."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("MODAL_", "DEPLOY_"))}
        return environment | {
            "MODAL_SERVER_URL": self._plane_url,
            "MODAL_TOKEN_ID": "ak-loopback",
            "MODAL_TOKEN_SECRET": "as-loopback",
            "MODAL_CONFIG_PATH": "/nonexistent",
            "MODAL_DISABLE_API_PROXY": "1",
            "COLUMNS": "200",
        }

    def start(self, name: str = "Speech", *, snapshot: bool = False, **environment: str) -> Worker:
        """Start a container of the deployed class `name`; `environment` overrides the deployment's."""
        return asyncio.run_coroutine_threadsafe(
            self._start(name, snapshot=snapshot, environment=environment), self._loop
        ).result()

    async def _start(self, name: str, *, snapshot: bool, environment: dict[str, str]) -> Worker:
        root = self._path / f"container-{len(self.workers)}"
        root.mkdir()

        def replace() -> None:
            self._starting = asyncio.create_task(self._start(name, snapshot=snapshot, environment=environment))

        worker = Worker(self.plane, self.ingress, name, root, replace=replace)
        url = await self._served(worker)
        worker.start(url, mounts=self._mounts, snapshot=snapshot, environment=environment)
        self.workers.append(worker)
        return worker

    def _invoked(self, invocation: Invocation) -> None:
        """Start a container for a function call."""
        functions = self.plane.functions.items()
        (name,) = [name for name, made in functions if made.existing_function_id == invocation.function_id]
        self.ingress.put(invocation)
        self._starting = asyncio.create_task(self._start(name, snapshot=False, environment={}))

    def stop(self, worker: Worker) -> None:
        """Stop a container gracefully."""
        self._loop.call_soon_threadsafe(worker.stop)


def until(condition: Callable[[], object], *, worker: Worker, within_s: float = START_S) -> None:
    """Wait for a condition; fail with the worker's log."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, (
            f"the condition is not met after {within_s} s:\n{worker.log.read_text()[-4000:]}"
        )
        time.sleep(0.02)
