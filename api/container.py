"""The service in a container that a platform starts, may snapshot and restore, and stops. Independent of the platform.

Runtime and app are those of `veena3 serve`; here the platform decides when each step happens.
"""

from shared.config import Settings, SnapshotMode, read_settings
from shared.process import prepare_process

prepare_process()  # before anything imports torch or vllm

import asyncio  # noqa: E402
import socket  # noqa: E402
from collections.abc import AsyncIterator  # noqa: E402
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager  # noqa: E402
from typing import Any  # noqa: E402

from fastapi import FastAPI  # noqa: E402

from api.app import create_app  # noqa: E402
from api.preemption import PreemptionMiddleware  # noqa: E402
from api.server import Server  # noqa: E402
from services import snapshots  # noqa: E402
from services.background import BackgroundTasks  # noqa: E402
from services.runtime import Runtime, open_runtime  # noqa: E402
from services.speech import Lost, OpenRuntime  # noqa: E402
from shared.errors import StartupError  # noqa: E402
from shared.logging import configure_logging, get_logger  # noqa: E402

log = get_logger(__name__)


class ServiceContainer:
    """Life of the service in a container: `load`, an optional memory snapshot, `wake`, `app` or `listen`, `close`.

    All calls are made on one event loop. If `load` or `wake` raises StartupError, everything is released.
    """

    def __init__(self, settings: Settings, open_runtime: OpenRuntime = open_runtime) -> None:
        self.settings = settings
        self._open_runtime = open_runtime
        self._held = AsyncExitStack()
        self._asleep: snapshots.Asleep | None = None
        self._runtime: Runtime | None = None

    @classmethod
    def from_environment(cls) -> "ServiceContainer":
        """Return a container with the settings of the environment. Raise StartupError for a wrong one."""
        settings = read_settings(Settings, host="0.0.0.0")  # always: requests reach a container from outside
        configure_logging(settings.log_level)
        return cls(settings)

    async def load(self) -> None:
        """Load the content of a snapshot: with `gpu` the model, with `cpu` and `off` only the imported code.

        vLLM is not part of a `cpu` snapshot: its import looks for a GPU, and none is there before the snapshot.
        """
        if self.settings.snapshot is SnapshotMode.GPU:
            async with self._reported():
                self._asleep = await snapshots.freeze(await self._open())

    async def wake(self) -> None:
        """Open or restore the runtime. Then the model has generated audio in this container."""
        async with self._reported():
            self._runtime = await (snapshots.thaw(self._asleep) if self._asleep else self._open())

    def app(self, lost: Lost) -> FastAPI:
        """Return the app around the runtime that is awake; `lost` is as in `create_app`, and called at SIGINT, too.

        Requests arrive as soon as the app has started, so it loads first: none is answered MODEL_NOT_LOADED.
        """
        app = create_app(self.settings, self._opened, lost=lost, load_first=True)
        app.add_middleware(PreemptionMiddleware, service=app.state.service, leave=lost)
        return app

    async def listen(self, *, port: int, drain_s: float, lost: Lost) -> None:
        """Serve on the settings' host until `close`, which gives open requests `drain_s` seconds to finish."""
        try:
            listener = self._held.enter_context(socket.create_server((self.settings.host, port)))
        except OSError as error:
            raise StartupError(f"port {port}: {error.strerror}") from None
        app = self.app(lost)
        server = _Server(app, self.settings, port=port, drain_s=drain_s)
        await self._held.enter_async_context(_serving(server, listener, app.state.service.background))

    async def close(self) -> None:
        """Stop serving and release everything."""
        await self._held.aclose()

    async def _open(self) -> Runtime:
        return await self._held.enter_async_context(self._open_runtime(self.settings))

    @asynccontextmanager
    async def _reported(self) -> AsyncIterator[None]:
        """Log a failure to start in one line, and release everything."""
        try:
            yield
        except StartupError as failure:
            log.error("startup_failed", reason=str(failure))
            await self.close()
            raise

    @asynccontextmanager
    async def _opened(self, _settings: Settings) -> AsyncIterator[Runtime]:
        """Yield the runtime that is awake to the app's lifespan, which ends before `close`."""
        assert self._runtime is not None
        yield self._runtime


class _Server(Server):
    @contextmanager
    def capture_signals(self) -> Any:
        """Leave signals to the platform, which calls `close`."""
        yield


@asynccontextmanager
async def _serving(server: Server, listener: socket.socket, background: BackgroundTasks) -> AsyncIterator[None]:
    def leave(_: "asyncio.Task[object]") -> None:
        server.stop()

    async with background.running("server", lambda: server.serve([listener]), restart=False, stop=leave) as serving:
        while not server.started:
            if serving.problem:
                raise StartupError("the app did not start; the log has the reason")
            await asyncio.sleep(0.01)
        yield
