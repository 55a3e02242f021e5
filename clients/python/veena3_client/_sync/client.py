"""The synchronous client."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self, Unpack

import httpx

from veena3_client._sync.http import Http
from veena3_client._sync.socket import SpeechSocket, open_socket
from veena3_client._sync.stream import SpeechStream, http_events, socket_events, sse_events
from veena3_client._sync.voices import Voices
from veena3_client.checks import json_object
from veena3_client.config import MAX_RETRIES, read_config
from veena3_client.errors import UsageError
from veena3_client.options import ReferenceOptions, Transport, request_body
from veena3_client.speech import Speech, speech_of, speech_of_json


class Tts:
    """Speech: whole, streamed, or over a WebSocket."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def generate(self, text: str, *, speaker: str | None = None, **options: Unpack[ReferenceOptions]) -> Speech:
        """Return the whole speech of a text. Raises Veena3Error."""
        body = request_body(text, speaker, options)
        with self._http.answer("POST", "/v1/tts/generate", json=body) as answer:
            return speech_of(answer.read(), answer.headers)

    def generate_with_timestamps(
        self, text: str, *, speaker: str | None = None, **options: Unpack[ReferenceOptions]
    ) -> Speech:
        """Return the whole speech; its `fields` have `chunks` with their times, its `words` those of words, if known.

        Raises Veena3Error.
        """
        body, headers = request_body(text, speaker, options), {"Accept": "application/json"}
        with self._http.answer("POST", "/v1/tts/generate", json=body, headers=headers) as answer:
            return speech_of_json(json_object(answer.read()), answer.headers)

    def stream(
        self,
        text: str,
        *,
        speaker: str | None = None,
        transport: Transport = "http",
        **options: Unpack[ReferenceOptions],
    ) -> SpeechStream:
        """Return the speech of a text as it arrives. The request is sent when the stream is entered or read."""
        body = request_body(text, speaker, options)
        if transport == "http":
            events = http_events(self._http, body)
        elif transport == "sse":
            events = sse_events(self._http, body)
        elif transport == "websocket":
            events = socket_events(self._http.config, body)
        else:
            raise UsageError("transport: must be one of http, sse, websocket")
        return SpeechStream(events, body.get("format", "wav"))

    def websocket(self) -> AbstractContextManager[SpeechSocket]:
        """Open a WebSocket for contexts, as a context manager. Raises Veena3Error."""
        return open_socket(self._http.config)


class Veena3:
    """Client of a Veena3 server. Leaving it as a context manager, or `close`, closes its connections.

    `base_url` and `api_key` are by default VEENA3_BASE_URL, else this machine's port 8000, and VEENA3_API_KEY.
    `timeout`: seconds for each read, or httpx.Timeout. `max_retries`: attempts after the first, made only where no work
    was begun. `default_headers` go with every request, for a
    proxy in between. `http_client`: a pool to use, which is then not closed here. Raises UsageError.
    """

    def __init__(
        self,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        timeout: float | httpx.Timeout | None = None,
        max_retries: int = MAX_RETRIES,
        default_headers: Mapping[str, str] | None = None,
        http_client: httpx.Client | None = None,
    ) -> None:
        config = read_config(base_url, api_key, timeout, max_retries, default_headers)
        self._owned = http_client is None
        self._use(Http(http_client or httpx.Client(limits=httpx.Limits(max_connections=None)), config))

    def _use(self, http: Http) -> None:
        self._http = http
        self.tts, self.voices = Tts(http), Voices(http)

    @property
    def base_url(self) -> str:
        """Return the server's address."""
        return self._http.config.url

    def with_options(self, *, timeout: float | httpx.Timeout | None = None, max_retries: int | None = None) -> "Veena3":
        """Return a client on the same connections with other limits."""
        other = Veena3.__new__(Veena3)
        other._owned = False
        other._use(Http(self._http.pool, self._http.config.changed(timeout=timeout, max_retries=max_retries)))
        return other

    def health(self) -> dict[str, Any]:
        """Return the server's health. Raises Veena3Error."""
        return self._http.json("GET", "/health")

    def open(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None,
    ) -> AbstractContextManager[httpx.Response]:
        """Open the answer of another route, whose body is still to be read. Raises Veena3Error, also in its context."""
        return self._http.answer(method, path, json=json, headers=headers, params=params)

    def request(self, method: str, path: str, *, json: object = None) -> httpx.Response:
        """Return the answer of another route. Raises Veena3Error, also for a refusal."""
        with self.open(method, path, json=json) as answer:
            answer.read()
            return answer

    def close(self) -> None:
        """Close the connections."""
        if self._owned:
            self._http.pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
