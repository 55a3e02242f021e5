"""HTTP client of a Veena3 server, whose failures are CommandFailed with a message of one line."""

import re
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

import httpx
import typer
from websockets.exceptions import ConnectionClosed, WebSocketException

from api.cli.client.answers import checked_voices, explained, json_object, printable, read_bounded
from shared.config import Settings, read_settings
from shared.errors import CommandFailed

CONNECT_S, ANSWER_S = 5.0, 120.0
"""Seconds allowed for a connection, and for each read of an answer."""
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")  # RFC 9110, section 5.6.2

Url = Annotated[str | None, typer.Option(help="the server; default: the settings' own HOST and PORT")]
Key = Annotated[str | None, typer.Option(envvar="VEENA3_API_KEY", help="API key, if the server requires one")]


@dataclass(frozen=True, slots=True)
class Server:
    """Open connection pool to the server at `url`; `headers` hold the key."""

    url: str
    headers: dict[str, str]
    http: httpx.AsyncClient

    async def get(self, path: str) -> dict[str, Any]:
        """Return the JSON object at `path`. Raises CommandFailed."""
        with one_line_errors(self.url):
            async with self.http.stream("GET", path) as answer:
                await check(answer)
                return json_object(await read_bounded(answer.aiter_bytes()))

    async def voices(self) -> list[dict[str, Any]]:
        """Return the server's voices. Raises CommandFailed."""
        fields = await self.get("/v1/voices")
        with one_line_errors(self.url):
            return checked_voices(fields)


@asynccontextmanager
async def open_server(url: str | None, *, key: str | None, headers: Iterable[str] = ()) -> AsyncIterator[Server]:
    """Open a pool to `url`, by default to the address of `veena3 serve`; it allows any number of streams at once.

    `headers`, each `NAME:VALUE`, go with every request, for a proxy in between. Raises CommandFailed.
    """
    if url is None:
        settings = read_settings(Settings)
        host = "127.0.0.1" if settings.host == "0.0.0.0" else settings.host
        url = f"http://{host}:{settings.port}"
    if not url.startswith(("http://", "https://")):
        raise CommandFailed("--url: an address starts with http:// or https://")
    sent = dict(map(_header, headers)) | ({"Authorization": f"Bearer {key}"} if key else {})
    timeout, limits = httpx.Timeout(ANSWER_S, connect=CONNECT_S), httpx.Limits(max_connections=None)
    with one_line_errors(url):
        http = httpx.AsyncClient(base_url=url.rstrip("/"), headers=sent, timeout=timeout, limits=limits)
    async with http:
        yield Server(url.rstrip("/"), sent, http)


def _header(given: str) -> tuple[str, str]:
    name, colon, value = given.partition(":")
    if not colon or not _HEADER_NAME.fullmatch(name) or not value.strip().isprintable():
        raise CommandFailed(f"--header {printable(name)}: must be NAME:VALUE")
    return name, value.strip()


async def check(answer: httpx.Response) -> None:
    """Raise CommandFailed with the server's own message if the answer is an error."""
    if answer.is_success:
        return
    try:
        code, message = explained(json_object(await read_bounded(answer.aiter_bytes())))
    except ValueError:
        raise CommandFailed(f"{answer.url} answers {answer.status_code} and is not a Veena3 server") from None
    raise refusal(code, message)


def refusal(code: str, message: str) -> CommandFailed:
    """Return the error for a refusal that the server explains."""
    return CommandFailed(f"the server refuses: {message} ({code})", code=code)


@contextmanager
def one_line_errors(url: str) -> Iterator[None]:
    """Turn network errors, and the ValueErrors of a server's answer, into CommandFailed."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL):
        raise CommandFailed(f"no server answers at {url}; `veena3 serve` starts one") from None
    except (httpx.RequestError, ConnectionClosed) as error:
        raise CommandFailed(f"{url} closed the answer early: {type(error).__name__}", code="BROKEN_OFF") from None
    except WebSocketException as error:
        raise CommandFailed(f"{url} refuses a WebSocket: {printable(str(error))}") from None
    except ValueError:
        raise CommandFailed(f"{url} does not answer as a Veena3 server does", code="INVALID_ANSWER") from None
