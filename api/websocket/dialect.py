"""Protocol of a socket: its messages as those of this service, and this service's events and audio as its own.

The session knows one set of messages and events. A dialect translates them, and does nothing else.
"""

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Protocol

from pydantic_core import from_json
from starlette.datastructures import QueryParams
from starlette.requests import HTTPConnection

from api.auth import secret_of
from api.events import Event
from api.websocket.messages import Message, read
from api.websocket.send_queue import Outgoing

PROGRESS_EVERY = 50
"""Frames between two `progress` events."""


class Dialect(Protocol):
    """Translator of one socket; it may keep state of it.

    `accepts_strangers`: the key may come in a message, so that the socket is accepted before its client is known.
    `ends_on_error`: the socket is closed after an error. `awaits_playback`: the client tells when its audio was heard,
    and drops what it has not played once the socket is closed. `keep_alive`: advice for a client whose socket was idle.
    `subprotocols`: those that the handshake may agree on.
    """

    accepts_strangers: bool
    ends_on_error: bool
    awaits_playback: bool
    keep_alive: str
    subprotocols: tuple[str, ...]

    def secret(self, socket: HTTPConnection) -> str | None:
        """Return the API key of the handshake."""
        ...

    def secret_in(self, data: str) -> str | None:
        """Return the API key of a first message."""
        ...

    def is_greeting(self, data: str) -> bool:
        """Return whether a first message comes before the one that holds the key."""
        ...

    def read(self, data: str, *, first: bool) -> Iterable[Message]:
        """Return what a message of the client asks for, in order. Raise ServiceError for a wrong one."""
        ...

    def context_of(self, data: str) -> str | None:
        """Return the context that a refused message names, if it names one."""
        ...

    def event(self, event: Event, context_id: str | None) -> Iterable[str | bytes]:
        """Return the messages for an event, in order."""
        ...

    def audio(self, item: Outgoing) -> Iterable[str | bytes]:
        """Return the messages for a frame of audio, in order."""
        ...


class NativeDialect:
    """Messages of `WS /v1/tts/ws`: numbers and stamps events, and announces the context of each frame."""

    accepts_strangers, ends_on_error, awaits_playback = True, False, False
    keep_alive = "`ping` keeps a socket open"
    subprotocols: tuple[str, ...] = ()

    def __init__(self) -> None:
        self._opened = time.perf_counter()
        self._sent = self._since_progress = 0
        self._announced: str | None = None  # context to which the client assigns the next frame

    def secret(self, socket: HTTPConnection) -> str | None:
        return handshake_secret(socket)

    def secret_in(self, data: str) -> str | None:
        return string_in(data, "api_key")

    def is_greeting(self, data: str) -> bool:
        return False

    def read(self, data: str, *, first: bool) -> Iterable[Message]:
        return (read(data, first=first),)

    def context_of(self, data: str) -> str | None:
        return string_in(data, "context_id")

    def event(self, event: Event, context_id: str | None) -> Iterator[str]:
        if event["type"] == "start":
            self._announced = context_id
        yield self._stamped(event, context_id)

    def audio(self, item: Outgoing) -> Iterator[str | bytes]:
        assert item.audio is not None
        if self._announced != item.context_id or self._since_progress >= PROGRESS_EVERY:
            self._announced, self._since_progress = item.context_id, 0
            yield self._stamped({"type": "progress"} | item.event, item.context_id)
        self._since_progress += 1
        yield item.audio

    def _stamped(self, event: Event, context_id: str | None) -> str:
        ts_ms = round((time.perf_counter() - self._opened) * 1000, 1)
        stamped = event | {"context_id": context_id, "seq": self._sent, "ts_ms": ts_ms}
        self._sent += 1
        return json.dumps(stamped, ensure_ascii=False)


def handshake_secret(socket: HTTPConnection) -> str | None:
    """Return the API key of the headers or of `?api_key=`."""
    query: QueryParams = socket.query_params
    return secret_of(socket) or query.get("api_key")


def string_in(data: str, *names: str) -> str | None:
    """Return the first string, at most 128 characters, under one of `names` in a JSON object; None without one."""
    with suppress(ValueError, AttributeError):
        fields = from_json(data)
        for name in names:
            if isinstance(value := fields.get(name), str):
                return value[:128]
    return None
