"""The life of the service: loading, health and closing. Leaves requests to `RequestRunner`, and HTTP to `api`."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial

from core.request_state import RequestState
from services import memory
from services.accounts.accounts import Accounts, open_accounts
from services.accounts.caller import Caller
from services.accounts.records.journal import JournalState
from services.alignment import alignment_problems, watch_alignment
from services.audio_debug import AudioDebug
from services.background import BackgroundTasks
from services.gpu_metrics import import_nvml, watch_gpu
from services.jobs.jobs import Jobs, open_jobs
from services.links import LinkSigner
from services.metrics_export import MetricsExport, open_metrics_export
from services.provenance import file_tags
from services.request_runner import RequestRunner
from services.runtime import Runtime
from services.stopping import Stopping
from services.synthesis import Synthesis
from services.tracing import NoTracing, Tracing, open_tracing
from services.voices.library import NamedVoices, open_library
from shared.config import Settings
from shared.deadline import Deadline
from shared.errors import (
    ClientStalled,
    ModelNotLoaded,
    RequestError,
    RuntimeDead,
    ServiceError,
    StartupError,
    Unavailable,
)
from shared.logging import get_logger
from shared.metrics import AnswerOutcome, Metrics

OpenRuntime = Callable[[Settings], AbstractAsyncContextManager[Runtime]]
Lost = Callable[[], Awaitable[None]]

HEALTH_EVERY_S = 0.5

log = get_logger(__name__)


async def stay() -> None:
    """Do nothing about a lost engine or GPU, so that requests are answered 503. For tests and embedding apps."""


class SpeechService:
    """Load the model in the background, then synthesize requests until the service closes or the engine dies."""

    def __init__(self, settings: Settings, open_runtime: OpenRuntime) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.background = BackgroundTasks(self.metrics)
        self.audio = AudioDebug(self.metrics)
        self.tracing: Tracing = NoTracing()
        self.links = LinkSigner(settings.link_secret.get_secret_value() if settings.link_secret else None)
        self.started = time.time()
        self.failure: StartupError | None = None
        self.loss: Unavailable | None = None
        self.ready, self.lost, self._settled = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.stopping = Stopping()
        self.metrics.stopping.set_function(self.stopping.begun.is_set)
        self._open_runtime = open_runtime
        self._runtime: Runtime | None = None
        self._accounts: Accounts | None = None
        self._jobs: Jobs | None = None
        self._export: MetricsExport | None = None
        self._runner = RequestRunner(settings, self.metrics, self.audio)

    @asynccontextmanager
    async def running(self, *, failed: Callable[[], None], lost: Lost = stay) -> AsyncIterator[None]:
        """Load in the background while this context is open.

        `failed` is called where loading fails, `lost` once engine or GPU are gone and another process is needed.
        """
        if self.settings.open_to_strangers:
            log.error("open_to_strangers", host=self.settings.host, reason="AUTH_BYPASS_MODE is on beyond this machine")
        closing = asyncio.Event()
        running = self.background.running
        async with (
            # Not restarted: a runtime that ended is replaced with its process, as after a dead engine.
            running("runtime", lambda: self._live(closing, failed), restart=False, stop=partial(self._stop, closing)),
            running("health-watch", lambda: self._watch(closing, lost)),
        ):
            yield

    def _stop(self, closing: asyncio.Event, life: "asyncio.Task[object]") -> None:
        """Ask a loaded runtime to close; cancel one that still loads."""
        closing.set()
        if self._runtime is None:
            life.cancel()

    async def _live(self, closing: asyncio.Event, failed: Callable[[], None]) -> None:
        try:
            async with (
                open_tracing(self.settings.otlp_endpoint) as self.tracing,
                open_metrics_export(self.settings, self.metrics, self.background, self._gpu_name) as self._export,
                open_accounts(self.settings, self.metrics, self.background) as self._accounts,
                self._open_runtime(self.settings) as runtime,
                open_library(runtime, self._accounts.voices, self.settings) as self.library,
            ):
                self.audio.export = self.tracing.export
                self.voices, self.recordings = self.library.book, self.library.recordings
                self._runtime = runtime
                if runtime.gpu:
                    watch_gpu(self.metrics, uuid=runtime.gpu.uuid, nvml=import_nvml())
                self.metrics.model_load_seconds.set(runtime.load_s)
                watch_alignment(runtime.pipeline, self.metrics)
                choice = runtime.codec.choice
                self.metrics.codec.info({"mode": choice.mode, "threads": str(choice.threads)})
                if super_resolution := runtime.pipeline.super_resolution:
                    self.metrics.super_resolution_loaded.set(1)
                    self.metrics.super_resolution.info({"mode": super_resolution.mode})
                self.metrics.model_loaded.set_function(lambda: float(self.healthy()))
                self.metrics.mark_enabled.set(runtime.pipeline.mark is not None)
                runtime.codec.costs.on_batch = self.metrics.decode_batch.observe
                self.metrics.least_headroom.set_function(runtime.pipeline.scheduler.least_headroom_s)
                async with self._open_jobs(self._accounts, runtime) as self._jobs:
                    self.ready.set()
                    self._settled.set()
                    await closing.wait()
        except Exception as fault:
            # A task's boundary: whatever ends a start ends the process, with one line.
            if self.ready.is_set():
                raise
            self.failure = _startup_error(fault)
            log.error("startup_failed", reason=str(self.failure))
            log.debug("startup_fault", exc_info=fault)
            self._settled.set()
            failed()
            await closing.wait()
        finally:
            self._runtime = self._accounts = self._jobs = None
            self._settled.set()

    async def voices_for(self, caller: Caller, *names: str, marked: str = "") -> NamedVoices:
        """Return the voices that a request of `caller` may name, with `names` and those in the markup `marked` found.

        Raises InvalidSpeaker, StoreUnavailable.
        """
        self.runtime()
        voices, deadline = self.library.named(caller.key_id), Deadline()
        await voices.learn(names, deadline)
        await voices.learn_from(marked, deadline)
        return voices

    def _open_jobs(self, accounts: Accounts, runtime: Runtime) -> AbstractAsyncContextManager[Jobs | None]:
        return open_jobs(
            self.settings,
            accounts.database,
            accounts,
            self.synthesize,
            stopping=self.stopping,
            metrics=self.metrics,
            background=self.background,
            tags_of=lambda job_id: file_tags(self.settings, job_id, runtime.checkpoint.model_version),
        )

    async def loading(self) -> None:
        """Wait until requests can be synthesized. Raises the StartupError of a failed start."""
        await self._settled.wait()
        if self.failure:
            raise self.failure

    async def _watch(self, closing: asyncio.Event, lost: Lost) -> None:
        """Report a dead engine even where no request runs, and return memory to the system once none runs."""
        await self.ready.wait()
        spoke = False
        while (loss := self._unavailable()) is None:
            await asyncio.sleep(HEALTH_EVERY_S)
            if spoke and not self._runner.running:
                await asyncio.to_thread(memory.trim)
            spoke = self._runner.running > 0
        log.error("runtime_lost", reason=loss.message)
        self.loss = loss
        self.lost.set()
        await lost()
        await closing.wait()

    @property
    def queue(self) -> dict[str, int]:
        return {"running": self._runner.running, "waiting": self._runner.waiting}

    @property
    def records(self) -> JournalState:
        return self._accounts.records if self._accounts else JournalState("off", 0, 0)

    def _gpu_name(self) -> str | None:
        return self._runtime.gpu.name if self._runtime and self._runtime.gpu else None

    @property
    def round_trips_s(self) -> dict[str, float]:
        """Return the measured round trips to the stores, in seconds."""
        return self._accounts.round_trips_s if self._accounts else {}

    @property
    def loaded(self) -> Runtime | None:
        return self._runtime

    def runtime(self) -> Runtime:
        """Return the runtime for a new request. Raises ServiceStopping, and as `_working_runtime` does."""
        self.stopping.refuse_new()
        return self._working_runtime()

    def _working_runtime(self) -> Runtime:
        """Return the loaded runtime. Raises ModelNotLoaded before it is loaded, RuntimeDead once the engine is gone."""
        if self._runtime is None:
            raise ModelNotLoaded("the model is still loading", retry_after_s=5)
        self._runtime.check_health()
        return self._runtime

    def accounts(self) -> Accounts:
        """Return the open accounts. Raises ModelNotLoaded before the database is open."""
        if self._accounts is None:
            raise ModelNotLoaded("the service is starting", retry_after_s=5)
        return self._accounts

    def jobs(self) -> Jobs:
        """Return the open jobs. Raises ModelNotLoaded before the model is loaded, Unavailable without jobs."""
        if self._jobs:
            return self._jobs
        if self._runtime:
            raise Unavailable("this service keeps no jobs: neither JOBS_PATH nor VEENA3_HOME is set")
        raise ModelNotLoaded("the service is starting", retry_after_s=5)

    @property
    def job_counts(self) -> dict[str, int]:
        """Return the numbers of jobs that this process speaks, and that wait or are spoken in all."""
        return {"running": self._jobs.running if self._jobs else 0, "open": self._jobs.open if self._jobs else 0}

    def degraded(self) -> list[str]:
        """Return the parts that do not work as they should, one line each."""
        reasons = self._accounts.degraded() if self._accounts else []
        reasons += [*(self._jobs.problems if self._jobs else []), *self.background.problems]
        reasons += alignment_problems(self._runtime.pipeline, self.settings) if self._runtime else []
        if self._export and self._export.unavailable:
            reasons.append("metrics: the collector does not take them")
        if self.stopping.begun.is_set():
            reasons.append(f"the service is stopping: running requests have {self.stopping.left_s:.0f} s")
        if self.settings.open_to_strangers:
            reasons.append("AUTH_BYPASS_MODE is on beyond this machine: every client that reaches it may use it")
        if not self.healthy():
            reasons.append("the engine is gone" if self._runtime else "the model is not loaded")
        return reasons

    def healthy(self) -> bool:
        return self._unavailable() is None

    def _unavailable(self) -> Unavailable | None:
        """Return the reason why no request can be synthesized now; None where one can."""
        try:
            self._working_runtime()
        except (ModelNotLoaded, RuntimeDead) as reason:
            return reason
        return None

    @asynccontextmanager
    async def synthesize(
        self, request: RequestState, caller: Caller, more: AsyncGenerator[str, None] | None = None
    ) -> AsyncIterator[Synthesis]:
        """Open the synthesis of one request, as `RequestRunner.open_synthesis` does.

        Raises as `_working_runtime` does: a request that was accepted goes on although the service stops.
        """
        runtime, accounts = self._working_runtime(), self.accounts()
        async with self._runner.open_synthesis(runtime, accounts, request, caller, more) as synthesis:
            yield synthesis

    def break_off(self) -> None:
        """End the time of the running requests: their transports break them off, and they count as interrupted."""
        self._runner.mark_stopped()
        self.stopping.over.set()

    def failed_with(self, error: ServiceError) -> None:
        """Count and log an error that a client was answered with, or that broke its stream.

        The message of a RequestError may quote the client's text, so it is kept out of the log.
        """
        self.metrics.failed.labels(error.code).inc()
        if not isinstance(error, ClientStalled):  # `RequestRunner` counts it
            by_client = isinstance(error, RequestError)
            self.metrics.answers.labels(AnswerOutcome.CLIENT if by_client else AnswerOutcome.FAILED).inc()
        reason = {} if isinstance(error, RequestError) else {"reason": error.message}
        log.warning("request_failed", code=error.code, **reason)


def _startup_error(fault: Exception) -> StartupError:
    """Return the error of a failed start; one that no part foresaw is named by its type."""
    if isinstance(fault, StartupError):
        return fault
    return StartupError(
        f"unexpected {type(fault).__name__} while loading (LOG_LEVEL=DEBUG logs it whole): {fault!s:.300}"
    )
