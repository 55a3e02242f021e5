"""Speech as it arrives."""

import os
from collections.abc import Generator, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from veena3_client._sync.http import Http
from veena3_client._sync.socket import open_socket
from veena3_client._sync.waiting import in_thread
from veena3_client.config import ClientConfig
from veena3_client.decoding import BodyDecoder, SseDecoder
from veena3_client.events import Event
from veena3_client.files import open_file
from veena3_client.player import Player, check_player
from veena3_client.samples import SampleDecoder
from veena3_client.speech import Speech
from veena3_client.stream_state import StreamState

if TYPE_CHECKING:
    from veena3_client.samples import Samples

CONTEXT_ID = "speech"
"""Context of a socket that is opened for one text."""


def http_events(http: Http, body: dict[str, Any]) -> Generator[Event, None, None]:
    """Yield the events of a chunked body. Raises Veena3Error."""
    with http.answer("POST", "/v1/tts/generate", json={**body, "stream": True}) as answer:
        decoder = BodyDecoder(answer.headers)
        for event in decoder.start():
            yield event
        for piece in answer.iter_bytes():
            for event in decoder.feed(piece):
                yield event
        for event in decoder.finish():
            yield event


def sse_events(http: Http, body: dict[str, Any]) -> Generator[Event, None, None]:
    """Yield Server-Sent Events. Raises Veena3Error."""
    with http.answer("POST", "/v1/tts/sse", json=body, headers={"Accept": "text/event-stream"}) as answer:
        decoder = SseDecoder()
        for piece in answer.iter_bytes():
            for event in decoder.feed(piece):
                yield event
        decoder.finish()


def socket_events(config: ClientConfig, body: dict[str, Any]) -> Generator[Event, None, None]:
    """Yield the events of a socket that is opened for this text. Raises Veena3Error."""
    text, options = body["text"], {name: value for name, value in body.items() if name != "text"}
    with open_socket(config) as socket:
        context = socket.context(context_id=CONTEXT_ID, **{"format": "wav"} | options)
        context.speak(text)
        socket.end()
        for event in context:
            yield event


class SpeechStream:
    """Speech as it arrives. Iteration yields its bytes; `events` yields more. Either is done once.

    The request is sent when iteration begins, or when the stream is entered as a context manager, which waits for the
    first audio and frees the engine when it is left early.
    """

    def __init__(self, source: Generator[Event, None, None], format: str) -> None:
        self._source, self._format = source, format
        self._first: Event | None = None
        self.state = StreamState()

    @property
    def format(self) -> str:
        """Return the format of the audio."""
        return self.state.start.fields["format"] if self.state.start else self._format

    @property
    def sample_rate(self) -> int:
        """Return the sample rate in Hz. Raises UsageError before the stream is entered or read."""
        return self.state.sample_rate

    @property
    def request_id(self) -> str | None:
        """Return the id of the request in the service's logs. Raises UsageError before the stream has begun."""
        return self.state.request_id

    @property
    def seconds(self) -> float | None:
        """Return the length of the audio, once its end has arrived and where the transport gives it."""
        return self.state.seconds

    def events(self) -> Generator[Event, None, None]:
        """Yield every event. Raises Veena3Error."""
        try:
            if self._first:
                first, self._first = self._first, None
                yield first
            for event in self._source:
                self.state.observe(event)
                yield event
        finally:
            self.close()

    def __iter__(self) -> Iterator[bytes]:
        for event in self.events():
            if event.audio:
                yield event.audio

    def read(self) -> Speech:
        """Return the whole speech, with the events beside its audio."""
        audio, beside = bytearray(), list[Event]()
        for event in self.events():
            audio += event.audio
            if not event.audio:
                beside.append(event)
        return self.state.speech(bytes(audio), beside)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the audio to a file as it arrives; lengths in its header are completed at the end. Raises OSError.

        The file is opened when the first audio has arrived, so that a refusal leaves an existing one as it is.
        """
        with self:
            with open_file(path) as file:
                for piece in self:
                    file.write(piece)
                file.samples = self.state.samples

    def play(self) -> None:
        """Play the audio as it arrives with a player of this machine, to its end. Raises PlaybackError."""
        check_player(self._format)
        with self:
            player = Player(self._format)
            try:
                for piece in self:
                    player.write(piece)
                in_thread(player.finish, self.seconds)
            finally:
                player.close()

    def to_numpy(self) -> "Iterator[Samples]":
        """Yield the samples as they arrive, from -1 to 1. Shape of each: (samples,). Raises UsageError."""
        decoder = SampleDecoder(self._format)
        for piece in self:
            samples = decoder.feed(piece)
            if len(samples):
                yield samples

    def close(self) -> None:
        """Close the stream; the engine is free at once."""
        self._source.close()

    def __enter__(self) -> Self:
        if self._first is None and self.state.start is None:
            self._first = next(self._source)
            self.state.observe(self._first)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
