"""Synthesis of one request as its transport sees it: the bytes, and reports of their delivery. No HTTP."""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from audio.encoders import ENCODERS, Encoder
from audio.frames import Frame, Framer
from core.request_state import Phase, RequestState
from core.scheduling.scheduler import StreamScheduler
from services.audio_debug import AudioDebug
from services.tracing import exemplar_of
from shared.aio import through
from shared.logging import get_logger
from shared.metrics import Metrics
from shared.types import Pcm

log = get_logger(__name__)


class Synthesis:
    """The transport's handle: `encoded` or `framed` give the bytes; `sent`, `delivered` and `abandon` report.

    `recorded` is awaited before the first sound is given, so that the request's record is on the disk.
    """

    def __init__(
        self,
        request: RequestState,
        blocks: AsyncGenerator[Pcm, None],
        encoder: Encoder,
        *,
        scheduler: StreamScheduler,
        debug: AudioDebug,
        metrics: Metrics,
        recorded: Callable[[], Awaitable[None]],
    ) -> None:
        self.request, self.encoder = request, encoder
        self._blocks, self._scheduler, self._debug, self._metrics = blocks, scheduler, debug, metrics
        self._recorded = recorded

    def encoded(self) -> AsyncGenerator[bytes, None]:
        """Give the answer's bytes; the header comes with the first block."""
        packets = through(self._report_blocks(), self.encoder, on_thread=ENCODERS[self.request.utterance.format].costly)
        return self._count_packets(packets)

    def framed(self, frame_ms: int, *, seq: int = 0, sample: int = 0) -> AsyncGenerator[Frame, None]:
        """Give the answer's bytes in frames, the first numbered `seq` and beginning at `sample`."""
        utterance = self.request.utterance
        framer = Framer(self.encoder, utterance.rate, frame_ms, seq=seq, sample=sample)
        return self._count_frames(through(self._report_blocks(), framer, on_thread=ENCODERS[utterance.format].costly))

    def sent(self, size: int, *, samples: int = 0) -> None:
        """Report that the connection has taken `size` bytes, which hold so many samples where that is known."""
        transport, now = self.request.stages.transport, time.perf_counter()
        if transport.steps and samples:
            self._metrics.jitter.observe(abs(now - transport.last_at - samples / self.request.utterance.rate))
        transport.record(now, given=size)
        self.request.sent_samples += samples

    def delivered(self) -> None:
        """Report that the connection has taken everything. Credits are charged elsewhere, when the record ends."""
        self._debug.close(self.request, Phase.SENT)

    def abandon(self) -> None:
        """Report that nothing more will be sent. Has no effect once everything was."""
        self._debug.close(self.request, Phase.ABANDONED)

    async def _count_packets(self, packets: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        request, encoder = self.request, self.request.stages.encoder
        async with aclosing(packets):
            async for packet in packets:
                encoder.record(time.perf_counter(), taken=request.samples - encoder.taken, given=len(packet))
                yield packet

    async def _count_frames(self, frames: AsyncGenerator[Frame, None]) -> AsyncGenerator[Frame, None]:
        encoder = self.request.stages.encoder
        async with aclosing(frames):
            async for frame in frames:
                encoder.record(time.perf_counter(), taken=frame.samples, given=len(frame.data))
                yield frame

    async def _report_blocks(self) -> AsyncGenerator[Pcm, None]:
        request = self.request
        async with aclosing(self._blocks) as blocks:
            async for block in blocks:
                if not request.blocks:
                    await self._recorded()
                now = time.perf_counter()
                if request.first_audio_at is None:
                    request.first_audio_at = now
                    if request.is_live:
                        self._metrics.ttfb.observe(request.ttfb_s(now), exemplar_of(request.arrival.traceparent))
                    log.info("first_audio_emitted", ttfb_ms=round(request.ttfb_s(now) * 1000, 1))
                elif request.is_live:
                    self._metrics.gap.observe(now - request.last_audio_at)
                if request.utterance.stream:
                    self._play(block)
                request.last_audio_at = now
                request.blocks += 1
                request.samples += len(block.samples)
                yield block

    def _play(self, block: Pcm) -> None:
        assert self.request.playback is not None, "the pipeline sets it before the first block"
        headroom_s = self._scheduler.block_sent(self.request.playback, block.seconds)
        if self.request.blocks:
            self._metrics.headroom.observe(headroom_s)
        if headroom_s < 0:
            self._metrics.underruns.inc()
            late_ms = round(-headroom_s * 1000, 1)
            self._debug.note("transport", "underrun", self.request.id, {"late_ms": late_ms})
