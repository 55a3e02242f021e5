"""Requests over HTTP, with errors and retries."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from veena3_client._sync.waiting import sleep
from veena3_client.checks import BoundedBody
from veena3_client.config import ClientConfig, client_errors, refusal_of
from veena3_client.errors import Veena3Error

Files = list[tuple[str, tuple[str, bytes]]]
"""Files of a form: each the name of its field, its own name, and its bytes."""


@dataclass(frozen=True, slots=True)
class Http:
    """Pool of connections with the rules of `config`."""

    pool: httpx.Client
    config: ClientConfig

    @contextmanager
    def answer(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None,
        data: Mapping[str, str] | None = None,
        files: Files | None = None,
    ) -> Iterator[httpx.Response]:
        """Open an answer whose body is still to be read, after retries where they are safe. Raises Veena3Error.

        `data` and `files` make a form in place of `json`.
        """
        content = {"json": json, "params": params, "data": data, "files": files}
        answer = self._open(method, path, content, headers or {})
        try:
            with client_errors(self.config.url):
                yield answer
        finally:
            answer.close()

    def json(self, method: str, path: str, **content: Any) -> dict[str, Any]:
        """Return the JSON object of an answer; `content` as in `answer`. Raises Veena3Error."""
        with self.answer(method, path, **content) as answer:
            body = BoundedBody()
            for piece in answer.iter_bytes():
                body.feed(piece)
            return body.json()

    def _open(self, method: str, path: str, content: dict[str, Any], headers: Mapping[str, str]) -> httpx.Response:
        attempt = 0
        while True:
            try:
                return self._attempt(method, path, content, headers)
            except Veena3Error as error:
                wait_s = self.config.wait_s(error, attempt, idempotent=method == "GET")
                if wait_s is None:
                    raise
            sleep(wait_s)
            attempt += 1

    def _attempt(self, method: str, path: str, content: dict[str, Any], headers: Mapping[str, str]) -> httpx.Response:
        config = self.config
        with client_errors(config.url):
            sent = dict(config.headers) | dict(headers)
            request = self.pool.build_request(
                method, f"{config.url}{path}", headers=sent, timeout=config.timeout, **content
            )
            answer = self.pool.send(request, stream=True)
            if answer.is_success:
                return answer
            try:
                body = BoundedBody()
                for piece in answer.iter_bytes():
                    body.feed(piece)
            finally:
                answer.close()
            raise refusal_of(answer.status_code, body.bytes, answer.headers, str(answer.url))
