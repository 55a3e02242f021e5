"""The asynchronous client."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Self, Unpack

import httpx

from veena3_client._async.http import AsyncHttp
from veena3_client._async.socket import AsyncSpeechSocket, open_socket
from veena3_client._async.stream import AsyncSpeechStream, http_events, socket_events, sse_events
from veena3_client._async.voices import AsyncVoices
from veena3_client.checks import json_object
from veena3_client.config import MAX_RETRIES, read_config
from veena3_client.errors import UsageError
from veena3_client.options import ReferenceOptions, Transport, request_body
from veena3_client.speech import Speech, speech_of, speech_of_json


class AsyncTts:
    """Speech: whole, streamed, or over a WebSocket."""

    def __init__(self, http: AsyncHttp) -> None:
        self._http = http

    async def generate(self, text: str, *, speaker: str | None = None, **options: Unpack[ReferenceOptions]) -> Speech:
        """Return the whole speech of a text. Raises Veena3Error."""
        body = request_body(text, speaker, options)
        async with self._http.answer("POST", "/v1/tts/generate", json=body) as answer:
            return speech_of(await answer.aread(), answer.headers)

    async def generate_with_timestamps(
        self, text: str, *, speaker: str | None = None, **options: Unpack[ReferenceOptions]
    ) -> Speech:
        """Return the whole speech; its `fields` have `chunks` with their times, its `words` those of words, if known.

        Raises Veena3Error.
        """
        body, headers = request_body(text, speaker, options), {"Accept": "application/json"}
        async with self._http.answer("POST", "/v1/tts/generate", json=body, headers=headers) as answer:
            return speech_of_json(json_object(await answer.aread()), answer.headers)

    def stream(
        self,
        text: str,
        *,
        speaker: str | None = None,
        transport: Transport = "http",
        **options: Unpack[ReferenceOptions],
    ) -> AsyncSpeechStream:
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
        return AsyncSpeechStream(events, body.get("format", "wav"))

    def websocket(self) -> AbstractAsyncContextManager[AsyncSpeechSocket]:
        """Open a WebSocket for contexts, as a context manager. Raises Veena3Error."""
        return open_socket(self._http.config)


class AsyncVeena3:
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
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        config = read_config(base_url, api_key, timeout, max_retries, default_headers)
        self._owned = http_client is None
        self._use(AsyncHttp(http_client or httpx.AsyncClient(limits=httpx.Limits(max_connections=None)), config))

    def _use(self, http: AsyncHttp) -> None:
        self._http = http
        self.tts, self.voices = AsyncTts(http), AsyncVoices(http)

    @property
    def base_url(self) -> str:
        """Return the server's address."""
        return self._http.config.url

    def with_options(
        self, *, timeout: float | httpx.Timeout | None = None, max_retries: int | None = None
    ) -> "AsyncVeena3":
        """Return a client on the same connections with other limits."""
        other = AsyncVeena3.__new__(AsyncVeena3)
        other._owned = False
        other._use(AsyncHttp(self._http.pool, self._http.config.changed(timeout=timeout, max_retries=max_retries)))
        return other

    async def health(self) -> dict[str, Any]:
        """Return the server's health. Raises Veena3Error."""
        return await self._http.json("GET", "/health")

    def open(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None,
    ) -> AbstractAsyncContextManager[httpx.Response]:
        """Open the answer of another route, whose body is still to be read. Raises Veena3Error, also in its context."""
        return self._http.answer(method, path, json=json, headers=headers, params=params)

    async def request(self, method: str, path: str, *, json: object = None) -> httpx.Response:
        """Return the answer of another route. Raises Veena3Error, also for a refusal."""
        async with self.open(method, path, json=json) as answer:
            await answer.aread()
            return answer

    async def close(self) -> None:
        """Close the connections."""
        if self._owned:
            await self._http.pool.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
