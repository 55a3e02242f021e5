"""What SSE and WebSocket tell beside the sound. Knows nothing of how it is sent."""

import time
from collections.abc import Iterator

from audio.encoders import ENCODERS
from audio.frames import Frame
from services.performance import Performance
from shared.errors import ServiceError

Event = dict[str, object]


class Narrator:
    """Follows an answer through its performances, one after the other, and says what is to be told of it.

    A WebSocket context that is flushed has several performances; chunks and seconds are counted through all of them.
    """

    def __init__(self, request_id: str, *, verbose: bool, trace: bool) -> None:
        self._request_id, self._verbose, self._trace = request_id, verbose, trace
        self._first: Performance | None = None
        self._now: Performance | None = None
        self._told = 0  # chunks of this performance
        self.chunks = self.tokens = self.samples = 0  # of the performances before this one

    def follow(self, performance: Performance) -> None:
        self._first = self._first or performance
        self._now, self._told = performance, 0

    @property
    def performance(self) -> Performance:
        assert self._now is not None, "follow() comes first"
        return self._now

    def start(self) -> Event:
        """To be told when the first sound exists."""
        utterance = self.performance.utterance
        event: Event = {
            "type": "start",
            "request_id": self._request_id,
            "speaker": utterance.voice.id,
            "format": self.performance.format,
            "content_type": ENCODERS[self.performance.format].media_type.format(rate=utterance.rate),
            "sample_rate": utterance.rate,
            "sr_applied": self.performance.speech.super_resolved,
            "seed": utterance.sampling.seed,
        }
        return event | ({"spoken_text": self.performance.speech.script.spoken} if self._verbose else {})

    def after(self, frame: Frame) -> Iterator[Event]:
        """Due behind this frame: chunks that have ended since, and its metrics where they are asked for."""
        yield from self._ended(self.performance.speech.begun - 1)
        if self._trace:
            yield self._metrics(frame)

    def close(self) -> Iterator[Event]:
        """Due when the performance is over: the chunks that are left."""
        yield from self._ended(self.performance.speech.begun)
        self.chunks += self._told
        self.tokens += self.performance.speech.progress.tokens
        self.samples += self.performance.samples

    def end(self) -> Event:
        """The sums over all performances, closed before."""
        first = self._first
        seconds = self.samples / first.utterance.rate if first else 0.0
        event: Event = {"type": "end", "seconds": round(seconds, 6), "tokens": self.tokens, "chunks": self.chunks}
        if first:
            event |= {"seed": first.utterance.sampling.seed, "ttfb_ms": round(first.ttfb_s * 1000, 1)}
            event |= {"rtf": round((time.perf_counter() - first.arrived) / seconds, 4) if seconds else 0.0}
        return event

    def _ended(self, upto: int) -> Iterator[Event]:
        if upto <= self._told:
            return
        before_s = self.samples / self.performance.utterance.rate
        for chunk, start_s, end_s in list(self.performance.speech.spans())[self._told : upto]:
            yield {
                "type": "chunk",
                "index": self.chunks + chunk.index,
                "text": chunk.text,
                "start_s": round(before_s + start_s, 6),
                "end_s": round(before_s + end_s, 6),
            }
        self._told = upto

    def _metrics(self, frame: Frame) -> Event:
        performance = self.performance
        return {
            "type": "metrics",
            "frame": frame.seq,
            "bytes": len(frame.data),
            "samples": frame.samples,
            "made_ms": round((time.perf_counter() - performance.arrived) * 1000, 1),
            "tokens": self.tokens + performance.speech.progress.tokens,
            "rtf": round(performance.rtf, 4),
            "timings_ms": {name: round(seconds * 1000, 1) for name, seconds in performance.timings_s().items()},
        }


def told(error: ServiceError, request_id: str) -> Event:
    """An error as an event."""
    shaped: dict[str, object] = {"code": error.code, "message": error.message}
    if error.details:
        shaped["details"] = error.details
    return {"type": "error", "error": shaped, "request_id": request_id}
