"""Events of Cartesia's routes and socket."""

import base64
import time
from collections.abc import Iterator

from api.adapters.cartesia.error_shape import error_body
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

    def flushed(self, flush_id: int) -> Event:
        flush: Event = {"type": "flush_done", "flush_done": True, "flush_id": flush_id}
        return flush | {"done": False, "status_code": PARTIAL} | self._names

    def notice(self, words: str) -> None:
        """Add a notice to the next event: clients take an event of a type that they do not know for an error."""
        self._told["notice"] = words

    def done(self) -> Event:
        return {"type": "done", "done": True, "status_code": COMPLETE} | self._names | self._told


class ChunkEvents:
    """Format of `/tts/sse`: chunks, then `done` or `error`."""

    def __init__(self, request_id: str, chunks: Chunks) -> None:
        self._request_id, self._chunks = request_id, chunks

    def begin(self, request: RequestState) -> Iterator[Event]:
        return iter(())

    def audio(self, frame: Frame) -> Iterator[Event]:
        yield self._chunks.chunk(frame.data)

    def close(self) -> Iterator[Event]:
        return iter(())

    def end(self) -> Iterator[Event]:
        yield self._chunks.done()

    def fail(self, error: ServiceError) -> Iterator[Event]:
        yield {"type": "error", "done": True} | error_body(
            error.status, error.code, error.message, error.details or {}, self._request_id
        )
