"""Events that SSE and WebSocket send beside the audio. The transports number and send them."""

import math
import time
from collections.abc import Iterator

from api.completeness import completeness_entry
from api.reports import mark_times, markup_info
from api.word_times import WordHistory, told_entry
from audio.encoders import ENCODERS
from audio.frames import Frame
from core.completeness import Completeness
from core.request_state import RequestState
from shared.errors import ServiceError

Event = dict[str, object]


class EventBuilder:
    """Build the events of one answer through its requests, one after the other.

    A WebSocket context that is flushed consists of several requests; chunks and seconds count through all of them.
    """

    def __init__(self, request_id: str, *, verbose: bool, trace: bool) -> None:
        self._request_id, self._verbose, self._trace = request_id, verbose, trace
        self._first: RequestState | None = None
        self._current: RequestState | None = None
        self._ended_chunks = self._sent_marks = self._told_words = 0  # of the current request
        self.chunks = self.tokens = self.samples = self.words = 0  # of the requests before it
        self._words_so_far = WordHistory()
        self._completeness = Completeness()  # of the requests before it
        self._told_until_s, self._broke_off = 0.0, False  # of the current request
        self._alignment_failure: str | None = None  # in any of the requests

    def follow(self, request: RequestState) -> None:
        """Continue with this request."""
        self._first = self._first or request
        self._current, self._ended_chunks, self._sent_marks, self._told_words = request, 0, 0, 0
        self._told_until_s, self._broke_off = 0.0, False

    @property
    def request(self) -> RequestState:
        """Return the current request."""
        assert self._current is not None, "follow() comes first"
        return self._current

    def start(self) -> Event:
        """Build the first event, due once the first audio has been generated."""
        utterance = self.request.utterance
        event: Event = {
            "type": "start",
            "request_id": self._request_id,
            "speaker": utterance.voice.id,
            "format": utterance.format,
            "content_type": ENCODERS[utterance.format].media_type.format(rate=utterance.rate),
            "sample_rate": utterance.rate,
            "sr_applied": self.request.super_resolved,
            "mark_applied": self.request.marked,
            "seed": utterance.sampling.seed,
        }
        if self._verbose and self.request.script:
            event["spoken_text"] = self.request.script.spoken
        if utterance.markup:
            event["markup"] = markup_info(utterance.markup)
        if self.request.alignment_unavailable:
            event["alignment_unavailable"] = self.request.alignment_unavailable
        return event

    def before(self, frame: Frame) -> Iterator[Event]:
        """Build the events due before a frame: the words that begin in it."""
        end = frame.sample - self.samples + frame.samples
        return self._words(end / self.request.utterance.rate)

    def after(self, frame: Frame) -> Iterator[Event]:
        """Build the events due after a frame: the chunks that have ended, and with `trace` the frame's metrics."""
        yield from self._marked()
        yield from self._ended(len(self.request.timeline.starts) - 1)
        if self._trace:
            yield self._metrics(frame)

    def close(self) -> Iterator[Event]:
        """Build the events due at the end of a request: the remaining words, marks and chunks."""
        yield from self._words(math.inf)
        yield from self._marked()
        yield from self._ended(len(self.request.timeline.starts))
        self.words += self._told_words
        self.chunks += self._ended_chunks
        self.tokens += self.request.tokens
        self.samples += self.request.samples
        self._completeness.add(self.request.completeness)
        if self.request.alignment_failed:
            self._alignment_failure = self.request.alignment_unavailable

    def end(self) -> Event:
        """Build the last event: the sums over all requests, which have been closed."""
        first, now = self._first, time.perf_counter()
        seconds = self.samples / first.utterance.rate if first else 0.0
        event: Event = {"type": "end", "seconds": round(seconds, 6), "tokens": self.tokens, "chunks": self.chunks}
        if first:
            event |= {"seed": first.utterance.sampling.seed, "ttfb_ms": round(first.ttfb_s(now) * 1000, 1)}
            event |= {"rtf": round(first.elapsed_s(now) / seconds, 4) if seconds else 0.0}
        if self._alignment_failure:
            event["alignment_unavailable"] = self._alignment_failure
        elif found := completeness_entry(self._completeness):
            event["completeness"] = found
        return event

    def spoken_to(self, seconds: float) -> Event | None:
        """Return the last word that begins before `seconds` of all sound; None before the first one, or if unknown."""
        return self._words_so_far.spoken_to(seconds)

    def _words(self, until_s: float) -> Iterator[Event]:
        words = self.request.words
        shift_s = self.samples / self.request.utterance.rate
        if words and (told := words.told_until(until_s)):
            self._told_words = told[-1].index + 1
            entries = [told_entry(word, shift_s=shift_s, first=self.words) for word in told]
            self._words_so_far.add(entries)
            yield {"type": "words", "words": entries}
        if self.request.alignment_failed and not self._broke_off:
            self._broke_off = True
            self._words_so_far.break_off(shift_s + self._told_until_s)
        self._told_until_s = until_s

    def _marked(self) -> Iterator[Event]:
        """Build the events of the marks whose time has become known."""
        script = self.request.script
        if script is None or self._sent_marks == len(script.marks):
            return
        before_s = self.samples / self.request.utterance.rate
        times = mark_times(self.request, self._sent_marks)
        for mark in times:
            yield {"type": "mark", **mark, "at_s": round(before_s + mark["at_s"], 6)}
        self._sent_marks += len(times)

    def _ended(self, upto: int) -> Iterator[Event]:
        if upto <= self._ended_chunks:
            return
        before_s = self.samples / self.request.utterance.rate
        for chunk, start_s, end_s in list(self.request.spans())[self._ended_chunks : upto]:
            yield {
                "type": "chunk",
                "index": self.chunks + chunk.index,
                "text": chunk.text,
                "start_s": round(before_s + start_s, 6),
                "end_s": round(before_s + end_s, 6),
            }
        self._ended_chunks = upto

    def _metrics(self, frame: Frame) -> Event:
        request, now = self.request, time.perf_counter()
        return {
            "type": "metrics",
            "frame": frame.seq,
            "bytes": len(frame.data),
            "samples": frame.samples,
            "made_ms": round(request.elapsed_s(now) * 1000, 1),
            "tokens": self.tokens + request.tokens,
            "rtf": round(request.rtf(now), 4),
            "timings_ms": {name: round(seconds * 1000, 1) for name, seconds in request.timings_s().items()},
        }


def error_event(error: ServiceError, request_id: str) -> Event:
    """Return an error as an event."""
    shaped: dict[str, object] = {"code": error.code, "message": error.message}
    if error.details:
        shaped["details"] = error.details
    return {"type": "error", "error": shaped, "request_id": request_id}
