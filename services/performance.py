"""One request while it is spoken: its bytes, and what has been measured of it. Knows nothing of HTTP."""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field

from audio.encoders import ENCODERS, Encoder
from audio.frames import Frame, Framer
from core.pipeline import Speech
from services.records.record import Measures
from services.trail import Trail
from shared.aio import through
from shared.logging import get_logger
from shared.metrics import Metrics
from shared.types import Allowance, Pcm, Utterance

log = get_logger(__name__)


@dataclass(slots=True)
class Performance:
    """One request while it is spoken: its bytes, and what has been measured of it so far. Times are perf_counter's."""

    utterance: Utterance
    format: str
    allowance: Allowance
    speech: Speech
    encoder: Encoder
    arrived: float
    queued_s: float
    trail: Trail = field(repr=False)
    metrics: Metrics = field(repr=False)
    entered: Callable[[], Awaitable[None]] = field(repr=False)  # until its record is on the disk
    first_audio: float | None = None
    last_audio: float = 0.0
    blocks: int = 0
    samples: int = 0

    @property
    def seconds(self) -> float:
        return self.samples / self.utterance.rate

    @property
    def ttfb_s(self) -> float:
        return (self.first_audio or time.perf_counter()) - self.arrived

    @property
    def rtf(self) -> float:
        """Seconds since the request's arrival for each second of audio so far."""
        return (time.perf_counter() - self.arrived) / self.seconds if self.samples else 0.0

    def timings_s(self) -> dict[str, float]:
        """Seconds from the request's arrival to the end of each stage (of the queue: the wait)."""
        progress = self.speech.progress
        marks = {
            "normalize": progress.script_written,
            "first_token": progress.first_token,
            "first_audio": self.first_audio,
        }
        return {"queue": self.queued_s} | {name: at - self.arrived for name, at in marks.items() if at is not None}

    def measures(self) -> Measures:
        """What it has come to so far."""
        return Measures(
            queued_s=self.queued_s,
            ttfb_s=self.ttfb_s if self.first_audio else None,
            took_s=time.perf_counter() - self.arrived,
            audio_s=self.seconds,
            tokens=self.speech.progress.tokens,
            retries=self.speech.progress.retries,
            chunks=len(self.speech.script.chunks),
        )

    def sizes(self) -> dict[str, object]:
        """What the log tells when it has ended."""
        return {
            "audio_s": round(self.seconds, 3),
            "blocks": self.blocks,
            "tokens": self.speech.progress.tokens,
            "retries": self.speech.progress.retries,
            "chunks": len(self.speech.script.chunks),
            "took_s": round(time.perf_counter() - self.arrived, 3),
        }

    def encoded(self) -> AsyncGenerator[bytes, None]:
        """The answer's bytes; the header comes with the first block."""
        pieces = through(self._observed(), self.encoder, on_thread=ENCODERS[self.format].costly)
        return self._counted(pieces)

    def framed(self, frame_ms: int, *, seq: int = 0, sample: int = 0) -> AsyncGenerator[Frame, None]:
        """The answer's bytes in frames, the first numbered `seq` and beginning at `sample`."""
        framer = Framer(self.encoder, self.utterance.rate, frame_ms, seq=seq, sample=sample)
        frames = through(self._observed(), framer, on_thread=ENCODERS[self.format].costly)
        return self._counted_frames(frames)

    async def _counted(self, pieces: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        passage = self.trail.flow.encoder
        async with aclosing(pieces):
            async for piece in pieces:
                passage.saw(taken=self.samples - passage.taken, given=len(piece))
                yield piece

    async def _counted_frames(self, frames: AsyncGenerator[Frame, None]) -> AsyncGenerator[Frame, None]:
        passage = self.trail.flow.encoder
        async with aclosing(frames):
            async for frame in frames:
                passage.saw(taken=frame.samples, given=len(frame.data))
                yield frame

    async def _observed(self) -> AsyncGenerator[Pcm, None]:
        async with aclosing(self.speech.blocks) as blocks:
            async for block in blocks:
                if not self.blocks:
                    await self.entered()
                now = time.perf_counter()
                if self.first_audio is None:
                    self.first_audio = now
                    self.metrics.ttfb.observe(self.ttfb_s)
                    log.info("first_audio_emitted", ttfb_ms=round(self.ttfb_s * 1000, 1))
                else:
                    self.metrics.gap.observe(now - self.last_audio)
                if self.utterance.stream:
                    self._hear(block, now)
                self.last_audio = now
                self.blocks += 1
                self.samples += len(block.samples)
                yield block

    def _hear(self, block: Pcm, now: float) -> None:
        headroom_s = self.speech.listener.hear(block.seconds, now=now)
        if self.blocks:
            self.metrics.headroom.observe(headroom_s)
        if headroom_s < 0:
            self.metrics.underruns.inc()
            self.trail.late(-headroom_s)
