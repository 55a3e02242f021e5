"""Events of Cartesia's routes and socket."""

import base64
import math
import time
from collections.abc import Iterator

from api.adapters.cartesia.error_shape import error_body
from api.adapters.cartesia.timestamps import WordTimestamps
from api.adapters.told_words import tell
from api.events import Event
from audio.frames import Frame
from core.request_state import RequestState
from shared.errors import ServiceError

PARTIAL, COMPLETE = 206, 200
"""Statuses that Cartesia gives to events before the last one, and to the last one."""


class Chunks:
    """Events of one context; each chunk states the milliseconds since the one before."""

    def __init__(self, context_id: str | None, without_effect: list[str] | None = None) -> None:
        self._names: Event = {"context_id": context_id} if context_id else {}
        self._told: Event = {"without_effect": without_effect} if without_effect else {}  # with the next event
        self._last_at = time.perf_counter()

    def chunk(self, data: bytes) -> Event:
        now = time.perf_counter()
        step_ms, self._last_at = round((now - self._last_at) * 1000, 1), now
        event: Event = {"type": "chunk", "data": base64.b64encode(data).decode("ascii"), "done": False}
        event |= {"status_code": PARTIAL, "step_time": step_ms} | self._names
        told, self._told = self._told, {}
        return event | told

    def timestamps(self, words: dict[str, list[object]]) -> Event:
        """Return the event of words and their times."""
        event: Event = {"type": "timestamps", "word_timestamps": words, "done": False, "status_code": PARTIAL}
        return event | self._names

    def flushed(self, flush_id: int) -> Event:
        flush: Event = {"type": "flush_done", "flush_done": True, "flush_id": flush_id}
        return flush | {"done": False, "status_code": PARTIAL} | self._names

    def notice(self, words: str) -> None:
        """Add a notice to the next event: clients take an event of a type that they do not know for an error."""
        self._told["notice"] = words

    def done(self) -> Event:
        return {"type": "done", "done": True, "status_code": COMPLETE} | self._names | self._told


class ChunkEvents:
    """Format of `/tts/sse`: chunks, words of `text` with their times where they are told, then `done` or `error`."""

    def __init__(self, request_id: str, chunks: Chunks, text: str) -> None:
        self._request_id, self._chunks = request_id, chunks
        self._timestamps = WordTimestamps(text)
        self._request: RequestState | None = None

    def begin(self, request: RequestState) -> Iterator[Event]:
        self._request = request
        return iter(())

    def audio(self, frame: Frame) -> Iterator[Event]:
        assert self._request, "begin() comes first"
        yield from self._told((frame.sample + frame.samples) / self._request.utterance.rate)
        yield self._chunks.chunk(frame.data)

    def close(self) -> Iterator[Event]:
        return self._told(math.inf)

    def _told(self, until_s: float) -> Iterator[Event]:
        assert self._request
        tell(self._request, until_s)
        if words := self._timestamps.take(self._request):
            yield self._chunks.timestamps(words)

    def end(self) -> Iterator[Event]:
        yield self._chunks.done()

    def fail(self, error: ServiceError) -> Iterator[Event]:
        yield {"type": "error", "done": True} | error_body(
            error.status, error.code, error.message, error.details or {}, self._request_id
        )
