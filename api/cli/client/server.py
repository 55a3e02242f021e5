"""Connection of a command to a server, whose failures are CommandFailed with a message of one line."""

import re
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

import httpx
import typer

from api.cli.client.printing import printable
from shared.config import Settings, read_settings
from shared.errors import CommandFailed
from veena3_client import APIConnectionError, APIStatusError, AsyncVeena3, UsageError, Veena3Error, Voice
from veena3_client.checks import BoundedBody
from veena3_client.config import FOREIGN, client_errors

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")  # RFC 9110, section 5.6.2

Url = Annotated[str | None, typer.Option(help="the server; default: the settings' own HOST and PORT")]
Key = Annotated[str | None, typer.Option(envvar="VEENA3_API_KEY", help="API key, if the server requires one")]


@dataclass(frozen=True, slots=True)
class Server:
    """A server and its client, which repeats nothing: a command reports what happened."""

    client: AsyncVeena3

    @property
    def url(self) -> str:
        """Return the server's address."""
        return self.client.base_url

    @asynccontextmanager
    async def open(self, method: str, path: str, **more: Any) -> AsyncIterator[httpx.Response]:
        """Open an answer whose body is still to be read. Raises CommandFailed, also for a ValueError in its context."""
        with command_failures():
            async with self.client.open(method, path, **more) as answer:
                yield answer

    async def ask(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        """Return the JSON object of an answer. Raises CommandFailed."""
        async with self.open(method, path, **more) as answer:
            body = BoundedBody()
            async for piece in answer.aiter_bytes():
                body.feed(piece)
            return body.json()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Turn the ValueErrors of checks of an answer into CommandFailed."""
        with command_failures(), client_errors(self.url):
            yield

    async def health(self) -> dict[str, Any]:
        """Return the server's health. Raises CommandFailed."""
        with command_failures():
            return await self.client.health()

    async def voices(self) -> list[Voice]:
        """Return the server's voices. Raises CommandFailed."""
        with command_failures():
            return await self.client.voices.list()


@asynccontextmanager
async def open_server(url: str | None, *, key: str | None, headers: Iterable[str] = ()) -> AsyncIterator[Server]:
    """Open a pool to `url`, by default to the address of `veena3 serve`; it allows any number of streams at once.

    `headers`, each `NAME:VALUE`, go with every request, for a proxy in between. Raises CommandFailed.
    """
    if url is None:
        settings = read_settings(Settings)
        host = "127.0.0.1" if settings.host == "0.0.0.0" else settings.host
        url = f"http://{host}:{settings.port}"
    sent = dict(map(_header, headers))
    try:
        client = AsyncVeena3(base_url=url, api_key=key, max_retries=0, default_headers=sent)
    except UsageError:
        raise CommandFailed("--url: an address starts with http:// or https://") from None
    async with client:
        yield Server(client)


def _header(given: str) -> tuple[str, str]:
    name, colon, value = given.partition(":")
    if not colon or not _HEADER_NAME.fullmatch(name) or not value.strip().isprintable():
        raise CommandFailed(f"--header {printable(name)}: must be NAME:VALUE")
    return name, value.strip()


@contextmanager
def command_failures() -> Iterator[None]:
    """Turn the client's errors into CommandFailed with the server's code, or one of the kind of failure."""
    try:
        yield
    except APIStatusError as error:
        if error.code.startswith(FOREIGN):
            raise CommandFailed(error.message) from None
        message, code = printable(error.message), printable(error.code)
        raise CommandFailed(f"the server refuses: {message} ({code})", code=code) from None
    except APIConnectionError as error:
        if not error.request_sent:
            raise CommandFailed(f"{error}; `veena3 serve` starts one") from None
        raise CommandFailed(printable(str(error)), code="BROKEN_OFF") from None
    except Veena3Error as error:
        raise CommandFailed(printable(str(error)), code="INVALID_ANSWER") from None
