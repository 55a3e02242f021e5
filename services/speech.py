"""The service: its life from loading to closing, and what a request holds meanwhile. Knows nothing of HTTP."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, closing

from audio.encoders import ENCODERS
from services import memory
from services.access import Access, open_access
from services.admission import Admission
from services.audio_debug import AudioDebug
from services.auth.caller import Caller
from services.database import open_database
from services.limits.limiter import Limiter
from services.neighbour import Patience
from services.performance import Performance
from services.records.journal import Entry, Journal, JournalState, open_journal
from services.runtime import Runtime
from services.tracing import open_tracing
from services.voices import VoiceBook
from shared.config import RecordKind, Settings
from shared.errors import ClientStalled, ModelNotLoaded, RequestError, RuntimeDead, ServiceError, StartupError
from shared.logging import get_logger
from shared.metrics import Metrics
from shared.types import Utterance

OpenRuntime = Callable[[Settings], AbstractAsyncContextManager[Runtime]]
Lost = Callable[[], Awaitable[None]]

HEALTH_EVERY_S = 0.5

CALLED_OFF = "cancelled"
"""The message that a performing task is cancelled with when the client, who stays, asked for silence."""

log = get_logger(__name__)


async def stay() -> None:
    """What a process does that has lost its engine where nobody replaces it: it answers 503."""


class SpeechService:
    """Loads the model in the background, then performs requests until it is closed or the engine dies."""

    def __init__(self, settings: Settings, open_runtime: OpenRuntime) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.audio = AudioDebug(self.metrics)
        self.started = time.time()
        self.failure: StartupError | None = None
        self.ready, self.lost, self._settled = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._open_runtime = open_runtime
        self._runtime: Runtime | None = None
        self._journal = Journal(RecordKind.OFF)
        self._access: Access | None = None
        self._admission = Admission(
            slots=settings.max_running, queue=settings.max_waiting, timeout_s=settings.queue_timeout_s
        )
        self.metrics.running.set_function(lambda: self._admission.running)
        self.metrics.waiting.set_function(lambda: self._admission.waiting)
        self.metrics.frame_queue.set_function(lambda: self.audio.queued)

    @asynccontextmanager
    async def running(self, *, failed: Callable[[], None], lost: Lost = stay) -> AsyncIterator[None]:
        """Load in the background while this context is open.

        `failed` is called when that cannot be done, `lost` when engine or GPU are gone and another process is needed.
        """
        if self.settings.open_to_strangers:
            log.error("open_to_strangers", host=self.settings.host, reason="AUTH_BYPASS_MODE is on beyond this machine")
        closing = asyncio.Event()
        life = asyncio.create_task(self._live(closing, failed), name="runtime")
        watch = asyncio.create_task(self._watch(lost), name="health-watch")
        try:
            yield
        finally:
            watch.cancel()
            await asyncio.wait({watch})
            closing.set()
            if self._runtime is None:
                life.cancel()
            await asyncio.wait({life})

    async def _live(self, closing: asyncio.Event, failed: Callable[[], None]) -> None:
        try:
            async with (
                open_tracing(self.settings.otlp_endpoint) as self.audio.record,
                open_database(self.settings.database_url) as database,
                open_journal(self.settings, database, self.metrics) as self._journal,
                open_access(self.settings, database) as self._access,
                self._open_runtime(self.settings) as runtime,
            ):
                self.database = database
                self._access.watch(self.metrics)
                self.voices = VoiceBook(runtime.checkpoint.voices)
                self._runtime = runtime
                self.metrics.model_load_seconds.set(runtime.load_s)
                if wide := runtime.pipeline.super_resolution:
                    self.metrics.super_resolution_loaded.set(1)
                    self.metrics.super_resolution.info({"mode": wide.mode})
                self.metrics.model_loaded.set_function(lambda: float(self.healthy()))
                runtime.codec.times.batch_seen = self.metrics.decode_batch.observe
                self.metrics.least_headroom.set_function(runtime.pipeline.audience.least_headroom_s)
                self.ready.set()
                self._settled.set()
                await closing.wait()
        except StartupError as failure:
            self.failure = failure
            log.error("startup_failed", reason=str(failure))
            failed()
        finally:
            self._runtime = self._access = None
            self._settled.set()

    async def loading(self) -> None:
        """Until it can speak. Raises the StartupError that says why it cannot."""
        await self._settled.wait()
        if self.failure:
            raise self.failure

    async def _watch(self, lost: Lost) -> None:
        """Tells whoever runs this process of a dead engine even if nobody speaks, and gives memory back then."""
        await self.ready.wait()
        spoke = False
        while self.healthy():
            await asyncio.sleep(HEALTH_EVERY_S)
            if spoke and not self._admission.running:
                await asyncio.to_thread(memory.give_back)
            spoke = self._admission.running > 0
        log.error("runtime_lost")
        self.lost.set()
        await lost()

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
        if self.settings.open_to_strangers:
            reasons.append("AUTH_BYPASS_MODE is on beyond this machine: anybody who reaches it may use it")
        if not self.healthy():
            reasons.append("the engine is gone" if self._runtime else "the model is not loaded")
        return reasons

    def healthy(self) -> bool:
        try:
            self.runtime()
        except (ModelNotLoaded, RuntimeDead):
            return False
        return True

    @asynccontextmanager
    async def perform(
        self,
        utterance: Utterance,
        format: str,
        *,
        caller: Caller,
        request_id: str,
        arrived: float,
        patience: Patience,
        more: AsyncGenerator[str, None] | None = None,
    ) -> AsyncIterator[Performance]:
        """Hold a slot and the engine for one request; both are free when this context has exited, however it exits.

        `more`: text that follows the utterance's own, as `Pipeline.speak` takes it.
        """
        runtime, limiter = self.runtime(), self.access().limiter
        labels = utterance.voice.id, str(utterance.stream).lower()
        self.metrics.requests.labels(*labels, format).inc()
        log.info(
            "request_received",
            key_id=caller.key_id,
            speaker=utterance.voice.id,
            characters=len(utterance.text),
            stream=utterance.stream,
        )
        performance = None
        try:
            async with (
                limiter.admitted(caller, len(utterance.text), patience) as allowance,
                self._journal.entry(
                    utterance,
                    format,
                    caller=caller,
                    request_id=request_id,
                    model_version=runtime.checkpoint.model_version,
                    patience=patience,
                ) as entry,
                self._admission.slot(runtime.pipeline.audience.has_room) as queued_s,
                runtime.pipeline.speak(utterance, more and _admitted(more, caller, limiter, entry)) as speech,
            ):
                self.metrics.queue.observe(queued_s)
                with (
                    closing(ENCODERS[format].encoder(utterance.rate)) as encoder,
                    self.audio.following(request_id, utterance, speech, arrived=arrived) as trail,
                ):
                    performance = Performance(
                        utterance,
                        format,
                        allowance,
                        speech,
                        encoder,
                        arrived,
                        queued_s,
                        trail,
                        self.metrics,
                        entry.entered,
                    )
                    entry.measure = performance.measures
                    yield performance
        except asyncio.CancelledError as cancelled:
            self._gave_up(performance, CALLED_OFF if CALLED_OFF in cancelled.args else "client_left")
            raise
        except ClientStalled:
            self.metrics.stalls.inc()
            self._gave_up(performance, "stalled")
            raise
        finally:
            self.metrics.store_wait.observe(patience.waited_s)
            if performance:
                self.metrics.tokens.inc(performance.speech.progress.tokens)
                self.metrics.retries.inc(performance.speech.progress.retries)
        self.metrics.completed.labels(*labels, "ok").inc()
        self.metrics.audio.observe(performance.seconds)
        self.metrics.chunks.observe(performance.blocks)
        self.metrics.rtf.observe(performance.rtf)
        log.info("request_completed", **performance.sizes())

    def _gave_up(self, performance: Performance | None, reason: str) -> None:
        self.metrics.aborted.labels(reason).inc()
        log.info("request_aborted", reason=reason, **(performance.sizes() if performance else {}))

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
            patience = Patience()
            await limiter.charge(caller, len(text), patience)
            await entry.add(text, patience)
            yield text
