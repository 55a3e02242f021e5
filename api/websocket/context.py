"""One context of a socket: its text and its synthesis."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace

from api.events import Event, EventBuilder, error_event
from api.markup import open_segmenter, with_text
from api.pronunciation import add_dictionaries
from api.reports import markup_info
from api.responses import first_of
from api.websocket.opening import Opening
from api.websocket.send_queue import Outgoing, SendQueue
from api.websocket.text_feed import Mark, TextFeed, TextRun
from audio.frames import Frame
from core.request_state import Arrival, CancelReason, RequestState
from services.accounts.caller import Caller
from services.speech import SpeechService
from services.synthesis import Synthesis
from shared.deadline import Deadline
from shared.errors import ClientStalled, RateLimited, ServiceError, Unauthorized
from shared.passages import MarkedText, MarkupReport
from shared.types import Utterance

MAX_TAG = 300
"""Characters of a tag that names a voice: its attribute may be split between two messages."""


class Context:
    """Synthesize the text of `feed`, and put frames and events into the queue.

    Each run of text, up to a flush, is one request and one complete file of the format. Between runs a context without
    text holds no slot and no engine request.
    """

    def __init__(
        self,
        name: str,
        request_id: str,
        opening: Opening,
        service: SpeechService,
        authenticate: Callable[[RequestState], Awaitable[Caller]],
        queue: SendQueue,
        *,
        trace: bool,
        traceparent: str,
    ) -> None:
        """Raise InvalidSpeaker, ValidationFailed, Unavailable for wrong options or a service that is not ready.

        `authenticate` returns the caller of a run, whose key may have been revoked since the last one.
        """
        self.name, self.options = name, opening.options
        self.voices, self._recorded = opening.voices, opening.recorded
        self._tail = ""  # of the text before, in which a tag may have begun
        self.feed = TextFeed(
            open_segmenter(self.options, self.voices), rich=self.options.normalize, sourced=self.options.timestamps
        )
        self._report: MarkupReport | None = None
        self._service, self._authenticate, self._queue, self._request_id = service, authenticate, queue, request_id
        defaults = service.runtime().checkpoint.sampling
        self._utterance = replace(opening.build_utterance(defaults), stream=True)
        self._events = EventBuilder(request_id, verbose=self.options.normalize_verbose, trace=trace)
        self._traceparent = traceparent
        self._request: RequestState | None = None
        self._frames = 0
        self._begin_s = 0.0  # seconds of audio before that of the current request
        self._started = False
        self.error: ServiceError | None = None  # that ended this context

    async def speak(self) -> None:
        """Speak the feed until it ends, then send `end` or `error`. Raise ClientStalled, RateLimited, Unauthorized."""
        try:
            if self._recorded:
                self._utterance = replace(self._utterance, voice=await self._recorded.voice())
            mark = None
            while mark is not Mark.END:
                item = await self.feed.take_first()
                mark = await self._run(item) if isinstance(item, str) else item
                if mark is Mark.FLUSH:
                    await self._put_event({"type": "flushed"})
            report = self._markup()
            await self._put_event(self._events.end() | ({"markup": markup_info(report)} if report else {}))
        except ClientStalled:
            raise
        except ServiceError as error:
            self.error = error.with_traceback(None)  # whose frames refer to this context
            self._service.failed_with(error)
            await self._put_event(error_event(error, self._request_id))
            if isinstance(error, RateLimited | Unauthorized):
                raise

    async def add(self, text: str) -> None:
        """Take the next piece of the text, after the voices that its markup names are looked up. Raises as the feed."""
        if self.feed.markup:
            await self.voices.learn_from(self._tail + text, Deadline())
            self._tail = (self._tail + text)[-MAX_TAG:]
        await self.feed.add(text)

    def add_whole(self, text: str, report: MarkupReport | None) -> None:
        """Take a whole text, which was checked before, with the report of its markup."""
        self._report = report
        self.feed.add_whole(text)

    def mark_cancelled(self, reason: CancelReason = CancelReason.CANCELLED) -> None:
        """Record why this context is cancelled, by default by its client. Call it before the task is cancelled."""
        if self._request:
            self._request.cancel_reason = reason

    def cancelled_event(self, played_s: float | None) -> Event:
        """Build the answer to a cancel. `played_s`: seconds of this context's audio that the client has played.

        Without it, the client is taken to have played what was sent, from the first frame on, in real time.
        """
        event: Event = {"type": "cancelled"}
        if self.options.timestamps:
            event["spoken_to"] = self._events.spoken_to(self._heard_s() if played_s is None else played_s)
        return event

    def _heard_s(self) -> float:
        """Return the seconds of audio that a client has heard at most."""
        request = self._request
        if request is None or not request.stages.transport.steps:
            return self._begin_s
        heard_s = time.perf_counter() - request.stages.transport.first_at
        return self._begin_s + min(heard_s, request.sent_samples / request.utterance.rate)

    async def _run(self, text: str) -> Mark | None:
        run = TextRun(self.feed, idle_s=self._service.settings.stall_timeout_s)
        self._request = RequestState(
            Arrival(self._request_id, time.perf_counter(), traceparent=self._traceparent), self._utterance_of(text)
        )
        caller = await self._authenticate(self._request)
        locators = self.options.pronunciation_dictionaries
        self._request.utterance = await add_dictionaries(self._request.utterance, locators, caller, self._service)
        async with self._service.synthesize(self._request, caller, run.more()) as synthesis:
            self._events.follow(self._request)
            self._begin_s = self._events.samples / self._utterance.rate
            try:
                await self._play(synthesis)
            except asyncio.CancelledError:
                if self._queue.broken:  # the session ends for this reason, which is counted
                    raise self._queue.broken from None
                raise
        return run.mark

    def _utterance_of(self, text: str) -> Utterance:
        """Return an utterance of `text`. Each chunk of a context has its own seed, like the chunks of a request."""
        sampling = self._utterance.sampling
        seed = (sampling.seed + self._events.chunks) % 2**32
        utterance = replace(self._utterance, sampling=replace(sampling, seed=seed))
        return with_text(utterance, text if isinstance(text, MarkedText) else text.lstrip(), self._markup())

    def _markup(self) -> MarkupReport | None:
        """Return the report of the markup that has arrived; None for plain text."""
        return self.feed.markup.report if self.feed.markup and not self._report else self._report

    async def _play(self, synthesis: Synthesis) -> None:
        framed = synthesis.framed(self.options.frame_ms, seq=self._frames, sample=self._events.samples)
        async with aclosing(framed) as frames:
            first = await first_of(frames, None, timeout_s=self._service.settings.first_audio_timeout_s)
            if not self._started:
                await self._put_event(self._events.start())
                self._started = True
            await self._send(first, frames, synthesis)
        for event in self._events.close():  # at least the last chunk's
            await self._put_event(event, synthesis)

    async def _send(self, frame: Frame | None, frames: AsyncGenerator[Frame, None], synthesis: Synthesis) -> None:
        tagged = self.options.framing == "tagged"
        while frame is not None:
            for event in self._events.before(frame):
                await self._put_event(event)
            position: Event = {"frame": frame.seq, "seconds": round(frame.sample / self._utterance.rate, 6)}
            data = frame.tagged() if tagged else frame.data
            await self._queue.put(Outgoing(self.name, position, data, frame, synthesis))
            self._frames = frame.seq + 1
            for event in self._events.after(frame):
                await self._put_event(event | ({"queued": len(self._queue)} if event["type"] == "metrics" else {}))
            frame = await anext(frames, None)

    async def _put_event(self, event: Event, ended: Synthesis | None = None) -> None:
        """Queue an event; with it, all audio of `ended` has been sent."""
        await self._queue.put(Outgoing(self.name, event, synthesis=ended))
