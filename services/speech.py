"""The service: its life from loading to closing, and what a request holds meanwhile. Knows nothing of HTTP."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, closing
from functools import partial

from audio.encoders import ENCODERS
from core.request_state import CancelReason, RequestState
from core.scheduling.admission import Admission
from services import memory
from services.accounts.accounts import Access, open_access
from services.accounts.caller import Caller
from services.accounts.database import Database, open_database
from services.accounts.limits.rate_limiter import Limiter
from services.accounts.records.journal import Entry, Journal, JournalState, open_journal
from services.audio_debug import AudioDebug
from services.background import BackgroundTasks
from services.runtime import Runtime
from services.synthesis import Synthesis
from services.tracing import open_tracing
from services.voices import VoiceBook
from shared.config import RecordKind, Settings
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
from shared.metrics import Metrics

OpenRuntime = Callable[[Settings], AbstractAsyncContextManager[Runtime]]
Lost = Callable[[], Awaitable[None]]

HEALTH_EVERY_S = 0.5

log = get_logger(__name__)


async def stay() -> None:
    """Do nothing about a lost engine or GPU: requests are answered 503. For tests, and apps that embed the service."""


class SpeechService:
    """Loads the model in the background, then performs requests until it is closed or the engine dies."""

    def __init__(self, settings: Settings, open_runtime: OpenRuntime) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.background = BackgroundTasks(self.metrics)
        self.audio = AudioDebug(self.metrics)
        self.started = time.time()
        self.failure: StartupError | None = None
        self.loss: Unavailable | None = None
        self.ready, self.lost, self._settled = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._open_runtime = open_runtime
        self._runtime: Runtime | None = None
        self._journal = Journal(RecordKind.OFF)
        self._access: Access | None = None
        self._database: Database | None = None
        self._admission = Admission(
            slots=settings.max_running, queue=settings.max_waiting, timeout_s=settings.queue_timeout_s
        )
        self.metrics.running.set_function(lambda: self._admission.running)
        self.metrics.waiting.set_function(lambda: self._admission.waiting)
        self.metrics.frame_queue.set_function(lambda: self.audio.unsent_pieces)

    @asynccontextmanager
    async def running(self, *, failed: Callable[[], None], lost: Lost = stay) -> AsyncIterator[None]:
        """Load in the background while this context is open.

        `failed` is called when that cannot be done, `lost` when engine or GPU are gone and another process is needed.
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
        """Let what is loaded close by itself; interrupt what still loads."""
        closing.set()
        if self._runtime is None:
            life.cancel()

    async def _live(self, closing: asyncio.Event, failed: Callable[[], None]) -> None:
        try:
            async with (
                open_tracing(self.settings.otlp_endpoint) as self.audio.export,
                open_database(self.settings.database_url) as database,
                open_journal(self.settings, database, self.metrics, self.background) as self._journal,
                open_access(self.settings, database, self.background) as self._access,
                self._open_runtime(self.settings) as runtime,
            ):
                self._database = database
                self._access.watch(self.metrics)
                self.voices = VoiceBook(runtime.checkpoint.voices)
                self._runtime = runtime
                self.metrics.model_load_seconds.set(runtime.load_s)
                if wide := runtime.pipeline.super_resolution:
                    self.metrics.super_resolution_loaded.set(1)
                    self.metrics.super_resolution.info({"mode": wide.mode})
                self.metrics.model_loaded.set_function(lambda: float(self.healthy()))
                runtime.codec.costs.on_batch = self.metrics.decode_batch.observe
                self.metrics.least_headroom.set_function(runtime.pipeline.scheduler.least_headroom_s)
                self.ready.set()
                self._settled.set()
                await closing.wait()
        except StartupError as failure:
            self.failure = failure
            log.error("startup_failed", reason=str(failure))
            self._settled.set()
            failed()
            await closing.wait()
        finally:
            self._runtime = self._access = self._database = None
            self._settled.set()

    async def loading(self) -> None:
        """Until it can speak. Raises the StartupError that says why it cannot."""
        await self._settled.wait()
        if self.failure:
            raise self.failure

    async def _watch(self, closing: asyncio.Event, lost: Lost) -> None:
        """Tells whoever runs this process of a dead engine even if nobody speaks, and gives memory back then."""
        await self.ready.wait()
        spoke = False
        while (loss := self._unavailable()) is None:
            await asyncio.sleep(HEALTH_EVERY_S)
            if spoke and not self._admission.running:
                await asyncio.to_thread(memory.give_back)
            spoke = self._admission.running > 0
        log.error("runtime_lost", reason=loss.message)
        self.loss = loss
        self.lost.set()
        await lost()
        await closing.wait()

    @property
    def queue(self) -> dict[str, int]:
        return {"running": self._admission.running, "waiting": self._admission.waiting}

    @property
    def records(self) -> JournalState:
        return self._journal.state

    @property
    def loaded(self) -> Runtime | None:
        return self._runtime

    def runtime(self) -> Runtime:
        """Raises ModelNotLoaded before loading has ended, RuntimeDead once the engine is gone."""
        if self._runtime is None:
            raise ModelNotLoaded("the model is still loading", retry_after_s=5)
        self._runtime.check_health()
        return self._runtime

    def access(self) -> Access:
        """Raises ModelNotLoaded before the database is open."""
        if self._access is None:
            raise ModelNotLoaded("the service is starting", retry_after_s=5)
        return self._access

    def degraded(self) -> list[str]:
        """What does not work as it should, one reason each."""
        reasons = [*self.records.problems, *(self._access.degraded() if self._access else ())]
        if self._database and self._database.problem:
            reasons.append(self._database.problem)
        reasons += self.background.problems
        if self.settings.open_to_strangers:
            reasons.append("AUTH_BYPASS_MODE is on beyond this machine: anybody who reaches it may use it")
        if not self.healthy():
            reasons.append("the engine is gone" if self._runtime else "the model is not loaded")
        return reasons

    def healthy(self) -> bool:
        return self._unavailable() is None

    def _unavailable(self) -> Unavailable | None:
        """Return why it cannot speak now; None where it can."""
        try:
            self.runtime()
        except (ModelNotLoaded, RuntimeDead) as reason:
            return reason
        return None

    @asynccontextmanager
    async def synthesize(
        self, request: RequestState, caller: Caller, more: AsyncGenerator[str, None] | None = None
    ) -> AsyncIterator[Synthesis]:
        """Hold limits, record, slot and engine for one request; all are free when the context has exited.

        `more` is text that follows the request's own, as `Pipeline.speak` takes it.
        """
        runtime, limiter = self.runtime(), self.access().limiter
        utterance, scheduler = request.utterance, runtime.pipeline.scheduler
        self._accept(request, caller)
        try:
            async with (
                limiter.admitted(caller, len(utterance.text), request.arrival.deadline) as request.allowance,
                self._journal.entry(request, caller, model_version=runtime.checkpoint.model_version) as entry,
                self._admission.slot(scheduler.has_room) as request.queued_s,
                runtime.pipeline.speak(request, more and _admitted(more, caller, limiter, entry)) as blocks,
            ):
                self.metrics.queue.observe(request.queued_s)
                with (
                    closing(ENCODERS[utterance.format].encoder(utterance.rate)) as encoder,
                    self.audio.following(request),
                ):
                    yield Synthesis(
                        request,
                        blocks,
                        encoder,
                        scheduler=scheduler,
                        debug=self.audio,
                        metrics=self.metrics,
                        recorded=entry.entered,
                    )
        except asyncio.CancelledError:
            self._cancelled(request)
            raise
        except ClientStalled:
            request.cancel_reason = CancelReason.STALLED
            self.metrics.stalls.inc()
            self._cancelled(request)
            raise
        finally:
            self.metrics.store_wait.observe(request.arrival.deadline.waited_s)
            self.metrics.tokens.inc(request.tokens)
            self.metrics.retries.inc(request.retries)
        self._completed(request)

    def _accept(self, request: RequestState, caller: Caller) -> None:
        utterance = request.utterance
        voice, stream = utterance.voice.id, str(utterance.stream).lower()
        self.metrics.requests.labels(voice, stream, utterance.format).inc()
        log.info(
            "request_received",
            key_id=caller.key_id,
            speaker=voice,
            characters=len(utterance.text),
            stream=utterance.stream,
        )

    def _completed(self, request: RequestState) -> None:
        utterance = request.utterance
        self.metrics.completed.labels(utterance.voice.id, str(utterance.stream).lower(), "ok").inc()
        self.metrics.audio.observe(request.seconds)
        self.metrics.chunks.observe(request.blocks)
        self.metrics.rtf.observe(request.rtf(time.perf_counter()))
        log.info("request_completed", **_sizes(request))

    def _cancelled(self, request: RequestState) -> None:
        self.metrics.aborted.labels(request.cancel_reason).inc()
        log.info("request_aborted", reason=request.cancel_reason, **_sizes(request))

    def failed_with(self, error: ServiceError) -> None:
        """Count an error that a client was answered with, or that broke its stream.

        What was wrong with a request may name what the client wrote: the client is told, the log is not.
        """
        self.metrics.failed.labels(error.code).inc()
        reason = {} if isinstance(error, RequestError) else {"reason": error.message}
        log.warning("request_failed", code=error.code, **reason)


async def _admitted(
    more: AsyncGenerator[str, None], caller: Caller, limiter: Limiter, entry: Entry
) -> AsyncGenerator[str, None]:
    """The text that follows, each piece once it is within the limits and can be paid for."""
    async with aclosing(more):
        async for text in more:
            deadline = Deadline()
            await limiter.charge(caller, len(text), deadline)
            await entry.add(text, deadline)
            yield text


def _sizes(request: RequestState) -> dict[str, object]:
    """Return the sizes that the log tells of an ended request."""
    return {
        "audio_s": round(request.seconds, 3),
        "blocks": request.blocks,
        "tokens": request.tokens,
        "retries": request.retries,
        "chunks": request.chunks,
        "took_s": round(request.elapsed_s(time.perf_counter()), 3),
    }
