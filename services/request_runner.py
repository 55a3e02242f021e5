"""The synthesis of one request: what it holds (account, slot, engine, encoder), and its metrics and log. No HTTP."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, contextmanager

from audio.encoders import ENCODERS
from core.completeness import Completeness
from core.request_state import CancelReason, RequestState
from core.scheduling.admission import Admission, Slot
from core.scheduling.spare_slot import SpareSlot, spare_slot
from services.accounts.account import Account
from services.accounts.accounts import Accounts
from services.accounts.caller import Caller
from services.audio_debug import AudioDebug
from services.provenance import file_tags
from services.runtime import Runtime
from services.synthesis import Synthesis
from shared.config import Settings
from shared.errors import ClientStalled
from shared.logging import get_logger
from shared.metrics import AnswerOutcome, Metrics

log = get_logger(__name__)


class RequestRunner:
    """Admit requests to slots and hold for each one what its synthesis needs."""

    def __init__(self, settings: Settings, metrics: Metrics, debug: AudioDebug) -> None:
        self._metrics, self._debug, self._settings = metrics, debug, settings
        self._admission = Admission(
            slots=settings.max_running, queue=settings.max_waiting, timeout_s=settings.queue_timeout_s
        )
        self._open: set[RequestState] = set()
        metrics.running.set_function(lambda: self._admission.running)
        metrics.waiting.set_function(lambda: self._admission.waiting)
        metrics.frame_queue.set_function(lambda: debug.unsent_packets)

    @property
    def running(self) -> int:
        """Return the number of requests that have a slot."""
        return self._admission.running

    @property
    def waiting(self) -> int:
        """Return the number of requests in the queue."""
        return self._admission.waiting

    def mark_stopped(self) -> None:
        """Record that the service, and not their clients, ends all open requests. Call it before they are cancelled."""
        for request in self._open:
            request.cancel_reason = CancelReason.STOPPED

    @asynccontextmanager
    async def open_synthesis(
        self,
        runtime: Runtime,
        accounts: Accounts,
        request: RequestState,
        caller: Caller,
        more: AsyncGenerator[str, None] | None,
    ) -> AsyncIterator[Synthesis]:
        """Hold account, slot, engine and encoder for one request; all are released when the context has exited.

        `more` is text that follows the request's own, as `Pipeline.speak` takes it.
        """
        utterance, scheduler = request.utterance, runtime.pipeline.scheduler
        with self._observed(request, caller):
            async with (
                accounts.open(request, caller, model_version=runtime.checkpoint.model_version) as account,
                self._slot(request, scheduler.has_room) as slot,
                runtime.pipeline.speak(request, more and self._text(more, request, slot, account)) as blocks,
            ):
                request.queued_s = slot.waited_s
                if request.is_live:
                    self._metrics.queue.observe(request.queued_s)
                tags = file_tags(self._settings, request.id, runtime.checkpoint.model_version)
                with (
                    closing(ENCODERS[utterance.format].encoder(utterance.rate, tags)) as encoder,
                    self._debug.following(request),
                ):
                    yield Synthesis(
                        request,
                        account.covered(slot.giving_way(blocks) if isinstance(slot, SpareSlot) else blocks),
                        encoder,
                        scheduler=scheduler,
                        debug=self._debug,
                        metrics=self._metrics,
                        recorded=account.recorded,
                    )

    def _slot(self, request: RequestState, has_room: Callable[[int], bool]) -> AbstractAsyncContextManager[Slot]:
        """Hold a slot of the queue for a live request, and a spare one for a part of a job."""
        return self._admission.slot(has_room) if request.is_live else spare_slot(self._admission, has_room)

    def _text(
        self, more: AsyncGenerator[str, None], request: RequestState, slot: Slot, account: Account
    ) -> AsyncGenerator[str, None]:
        """Yield the text that follows, admitted by the account; while none comes and all is generated, hold no slot."""
        return account.admitted(slot.while_text_comes(more, lambda: not request.is_generating))

    @contextmanager
    def _observed(self, request: RequestState, caller: Caller) -> Iterator[None]:
        """Count and log the beginning and the end of a request. Errors are counted with the answer."""
        self._received(request, caller)
        self._open.add(request)
        try:
            yield
        except asyncio.CancelledError:
            self._cancelled(request)
            raise
        except ClientStalled:
            request.cancel_reason = CancelReason.STALLED
            self._metrics.stalls.inc()
            self._cancelled(request)
            raise
        finally:
            self._open.remove(request)
            self._metrics.store_wait.observe(request.arrival.store_deadline.waited_s)
            self._metrics.tokens.inc(request.tokens)
            self._metrics.retries.inc(request.retries)
            self._count_completeness(request.completeness)
        self._completed(request)

    def _received(self, request: RequestState, caller: Caller) -> None:
        utterance = request.utterance
        voice, stream = utterance.voice, str(utterance.stream).lower()
        self._metrics.requests.labels(voice.label, stream, utterance.format).inc()
        log.info(
            "request_received",
            key_id=caller.key_id,
            speaker=voice.id,
            characters=len(utterance.text),
            stream=utterance.stream,
        )

    def _completed(self, request: RequestState) -> None:
        utterance = request.utterance
        if request.is_live:
            self._metrics.answers.labels(AnswerOutcome.OK).inc()
            self._metrics.rtf.observe(request.rtf(time.perf_counter()))
        self._metrics.completed.labels(utterance.voice.label, str(utterance.stream).lower(), "ok").inc()
        self._metrics.audio.observe(request.seconds)
        self._metrics.chunks.observe(request.blocks)
        log.info("request_completed", **_sizes(request))

    def _count_completeness(self, found: Completeness) -> None:
        metrics = self._metrics
        metrics.chunks_judged.labels("complete").inc(found.chunks - found.incomplete)
        metrics.chunks_judged.labels("incomplete").inc(found.incomplete)
        for kind, count in found.faults.items():
            metrics.faults.labels(kind).inc(count)
        metrics.completeness_retries.inc(found.retried)
        metrics.completeness_tokens.inc(found.retry_tokens)
        metrics.babble_cut.inc(found.babble_cut)

    def _cancelled(self, request: RequestState) -> None:
        self._metrics.aborted.labels(request.cancel_reason).inc()
        if (
            request.is_live and request.cancel_reason is not CancelReason.STOPPED
        ):  # counted with the error that ends its answer
            self._metrics.answers.labels(AnswerOutcome.LEFT).inc()
        log.info("request_aborted", reason=request.cancel_reason, **_sizes(request))


def _sizes(request: RequestState) -> dict[str, object]:
    """Return the sizes of an ended request for the log."""
    return {
        "audio_s": round(request.seconds, 3),
        "blocks": request.blocks,
        "tokens": request.tokens,
        "retries": request.retries,
        "chunks": request.chunks,
        "took_s": round(request.elapsed_s(time.perf_counter()), 3),
    }
