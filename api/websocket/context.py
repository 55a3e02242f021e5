"""One context of a socket: its text, and the task that speaks it. Knows nothing of the others."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from api.events import Event, Narrator, told
from api.responses import first_of
from api.websocket.messages import Manner
from api.websocket.outbox import Outbox, Outgoing
from api.websocket.text_feed import Mark, Run, TextFeed
from audio.frames import Frame
from services.auth.caller import Caller
from services.neighbour import Patience
from services.performance import Performance
from services.speech import SpeechService
from services.trail import Trail
from shared.errors import ClientStalled, RateLimited, ServiceError
from shared.types import Utterance


class Context:
    """Text in by `feed`, frames and events out by the outbox.

    Each run of text, up to a flush, is one performance and one complete file of the format. Between runs, while no
    text is there, nothing is held: no slot, no engine request.
    """

    def __init__(
        self,
        name: str,
        request_id: str,
        manner: Manner,
        service: SpeechService,
        caller: Caller,
        outbox: Outbox,
        *,
        trace: bool,
    ) -> None:
        """Raises InvalidSpeaker, ValidationFailed, Unavailable."""
        self.name, self.manner, self.feed = name, manner, TextFeed()
        self._service, self._caller, self._outbox, self._request_id = service, caller, outbox, request_id
        defaults = service.runtime().checkpoint.sampling
        self._utterance = replace(manner.of("", service.voices, defaults), stream=True)
        self._narrator = Narrator(request_id, verbose=manner.normalize_verbose, trace=trace)
        self._frames = 0
        self._begun = False

    async def speak(self) -> None:
        """Speak what the feed gives until it ends; tell the end, or the error. Raises ClientStalled, RateLimited."""
        try:
            mark = None
            while mark is not Mark.END:
                item = await self.feed.take()
                mark = await self._run(item) if isinstance(item, str) else item
                if mark is Mark.FLUSH:
                    await self._tell({"type": "flushed"})
            await self._tell(self._narrator.end())
        except ClientStalled:
            raise
        except ServiceError as error:
            self._service.failed_with(error)
            await self._tell(told(error, self._request_id))
            if isinstance(error, RateLimited):
                raise

    async def _run(self, text: str) -> Mark | None:
        narrator = self._narrator
        run = Run(self.feed, idle_s=self._service.settings.stall_timeout_s)
        opened = self._service.perform(
            self._said(text),
            self.manner.format,
            caller=self._caller,
            request_id=self._request_id,
            arrived=time.perf_counter(),
            patience=Patience(),
            more=run.more(),
        )
        async with opened as performance:
            narrator.follow(performance)
            try:
                await self._play(performance)
            except asyncio.CancelledError:
                if self._outbox.broken:  # why the session ends: it is to be counted as what it is
                    raise self._outbox.broken from None
                raise
        return run.mark

    def _said(self, text: str) -> Utterance:
        """Each chunk of a context has a seed of its own, as each chunk of a request has."""
        sampling = self._utterance.sampling
        seed = (sampling.seed + self._narrator.chunks) % 2**32
        return replace(self._utterance, text=text.lstrip(), sampling=replace(sampling, seed=seed))

    async def _play(self, performance: Performance) -> None:
        framed = performance.framed(self.manner.frame_ms, seq=self._frames, sample=self._narrator.samples)
        async with aclosing(framed) as frames:
            first = await first_of(frames, None, timeout_s=self._service.settings.first_audio_timeout_s)
            if not self._begun:
                await self._tell(self._narrator.start())
                self._begun = True
            await self._send(first, frames, performance.trail)
        for event in self._narrator.close():  # one at least: of the last chunk
            await self._tell(event, performance.trail)

    async def _send(self, frame: Frame | None, frames: AsyncGenerator[Frame, None], trail: Trail) -> None:
        trail.paused = lambda: self._outbox.paused_at is not None
        tagged = self.manner.framing == "tagged"
        while frame is not None:
            where: Event = {"frame": frame.seq, "seconds": round(frame.sample / self._utterance.rate, 6)}
            await self._outbox.put(Outgoing(self.name, where, frame.tagged() if tagged else frame.data, frame, trail))
            self._frames = frame.seq + 1
            for event in self._narrator.after(frame):
                await self._tell(event | ({"queued": len(self._outbox)} if event["type"] == "metrics" else {}))
            frame = await anext(frames, None)

    async def _tell(self, event: Event, sent: Trail | None = None) -> None:
        """`sent`: of the performance that this event ends."""
        await self._outbox.put(Outgoing(self.name, event, trail=sent))
