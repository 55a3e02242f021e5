"""WebSocket with contexts: text that arrives piece by piece is spoken as soon as a sentence is complete."""

import json
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Self, Unpack

from websockets.exceptions import ConnectionClosed, ConnectionClosedOK

from veena3_client._sync.waiting import ClientConnection, Lock, close, open_connection, receive, sleep
from veena3_client.config import ClientConfig, client_errors, connect_options, handshake_errors
from veena3_client.decoding import EARLY_END, MessageDecoder
from veena3_client.errors import (
    APIConnectionError,
    APITimeoutError,
    StreamInterruptedError,
    UsageError,
    Veena3Error,
)
from veena3_client.events import Event, Word, add_words, last_before, refusal
from veena3_client.options import ContextOptions, request_options

_LAST = ("end", "cancelled")


class SpeechContext:
    """One stream of text on a socket, and its audio. Leaving it as a context manager cancels what is still spoken.

    Iteration yields events until `end` or `cancelled`; it may stop, for example at `flushed`, and begin again. Events
    are kept until they are read, also while another context is read.
    """

    def __init__(self, socket: "SpeechSocket", context_id: str, options: dict[str, Any]) -> None:
        self.id = context_id
        self._socket, self._options = socket, options
        self._unread: deque[Event] = deque()
        self.begun = self._ended = self._cancelling = False
        self._words: list[Word] = []
        self._spoken_to: Word | None = None

    def send(self, text: str) -> None:
        """Send the next piece of the text. Whole sentences are spoken as soon as they are complete."""
        self._tell("text", text=text, **self._first_options())

    def speak(self, text: str) -> None:
        """Send the whole text at once. The context then takes no other text."""
        self._tell("speak", text=text, **self._first_options())

    def flush(self) -> None:
        """Have the text so far spoken, even if its last sentence is incomplete; the event `flushed` follows."""
        self._tell("flush")

    def end(self) -> None:
        """End the text. The event `end` follows its audio."""
        self._tell("end")

    def cancel(self, *, played_s: float | None = None) -> Word | None:
        """Stop at once, and drop the audio that was not read. On return the engine is free.

        With `timestamps`, return the last word that was heard. `played_s`: seconds of the context's audio that were
        played; without it, all that was sent counts, in real time, and after the end of the context all of it.
        """
        if not self.begun or self._ended:
            return self._spoken_to if played_s is None else last_before(self._words, played_s)
        self._cancelling = True
        self._unread.clear()
        self._tell("cancel", **({} if played_s is None else {"played_s": played_s}))
        self._socket.receive_until(lambda: self._ended)
        return self._spoken_to

    def close(self) -> None:
        """Cancel the context, if it still speaks; a closed connection is no error."""
        with suppress(APIConnectionError):
            self.cancel()

    def audio(self) -> Iterator[bytes]:
        """Yield the audio alone. Raises Veena3Error."""
        for event in self:
            if event.audio:
                yield event.audio

    def __iter__(self) -> Iterator[Event]:
        while self._unread or not self._ended:
            self._socket.receive_until(lambda: bool(self._unread) or self._ended)
            while self._unread:
                event = self._unread.popleft()
                if event.type == "error":
                    raise refusal(event.fields)
                yield event

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def take(self, event: Event) -> None:
        """Keep an event until it is read."""
        self._ended |= event.type in _LAST
        add_words(self._words, event.words)
        if event.type in _LAST:
            self._spoken_to = event.spoken_to if event.type == "cancelled" else last_before(self._words)
        if not self._cancelling or event.type in _LAST:
            self._unread.append(event)

    def drop(self) -> None:
        """End the context: it has no text."""
        self._ended = True

    def _first_options(self) -> dict[str, Any]:
        options = {} if self.begun else self._options
        self.begun = True
        return options

    def _tell(self, kind: str, **fields: object) -> None:
        if not self.begun:
            raise UsageError("the context has no text yet: send some first")
        self._socket.send({"type": kind, "context_id": self.id, **fields})


class SpeechSocket:
    """Open WebSocket. One thread may send while another one reads; contexts may be read at the same time."""

    def __init__(self, connection: ClientConnection, config: ClientConfig) -> None:
        self.stopping = False
        """Whether the service stops: what was sent is spoken, and another context needs another socket."""
        self._connection, self._config = connection, config
        self._decoder, self._lock = MessageDecoder(), Lock()
        self._contexts: dict[str, SpeechContext] = {}
        self._ending = False

    def context(
        self, *, speaker: str | None = None, context_id: str | None = None, **options: Unpack[ContextOptions]
    ) -> SpeechContext:
        """Return a new context; the server opens it with its first text. Its format is `pcm` by default.

        It speaks as `speaker`, or with the voice of `reference_audio`.
        """
        name = context_id or uuid.uuid4().hex
        opening = {"format": "pcm", **request_options(speaker, options), "framing": "tagged"}
        self._contexts[name] = context = SpeechContext(self, name, opening)
        return context

    def end(self) -> None:
        """End the text of all contexts. The server closes the connection when everything is sent."""
        self._ending = True
        self.send({"type": "end"})

    def close(self) -> None:
        """Close the connection; what is still spoken stops."""
        close(self._connection)

    def send(self, message: dict[str, Any]) -> None:
        """Send a message as it is. Raises the server's reason, if it has closed the connection with one."""
        with client_errors(self._config.url):
            try:
                self._connection.send(json.dumps(message))
            except ConnectionClosed:
                self.receive_until(lambda: False)

    def receive_until(self, condition: Callable[[], bool]) -> None:
        """Receive events for all contexts until a condition holds. Raises Veena3Error."""
        while not condition():
            with self._lock:  # another reader may have received the event meanwhile
                if not condition():
                    self._receive()

    def _receive(self) -> None:
        url = self._config.url
        with client_errors(url):
            try:
                event = self._decoder.feed(receive(self._connection, self._config.timeout.read))
            except ConnectionClosedOK:
                if not self._end_idle_contexts():
                    raise StreamInterruptedError(EARLY_END) from None
                return
            except TimeoutError:
                raise APITimeoutError(f"{url} sends nothing", request_sent=True) from None
            if event.type == "stopping":
                self.stopping = True
            elif context := self._contexts.get(event.context_id or ""):
                context.take(event)
                if event.type in _LAST:
                    del self._contexts[context.id]
            elif event.type == "error":
                raise refusal(event.fields)

    def _end_idle_contexts(self) -> bool:
        """End the contexts without text, where the socket was ended; return whether no other context is left."""
        idle = [context for context in self._contexts.values() if self._ending and not context.begun]
        for context in idle:
            context.drop()
        return len(idle) == len(self._contexts) > 0


@contextmanager
def open_socket(config: ClientConfig) -> Iterator[SpeechSocket]:
    """Open a WebSocket, after retries where there is no connection or the service is full. Raises Veena3Error."""
    connection = _open(config)
    try:
        yield SpeechSocket(connection, config)
    finally:
        close(connection)


def _open(config: ClientConfig) -> ClientConnection:
    attempt = 0
    while True:
        try:
            with handshake_errors(config.url):
                return open_connection(config.socket_url, connect_options(config))
        except Veena3Error as error:
            wait_s = config.wait_s(error, attempt, idempotent=False)
            if wait_s is None:
                raise
        sleep(wait_s)
        attempt += 1
