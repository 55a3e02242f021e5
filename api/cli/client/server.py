"""Where a server is, and one way to ask it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

import httpx
import typer
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from shared.config import Settings, read_settings
from shared.errors import CommandFailed

CONNECT_S, ANSWER_S = 5.0, 120.0

Url = Annotated[str | None, typer.Option(help="the server; default: the settings' own HOST and PORT")]
Key = Annotated[str | None, typer.Option(envvar="VEENA3_API_KEY", help="API key, where the server asks for one")]


@dataclass(frozen=True, slots=True)
class Server:
    """An open connection pool to the server at `url`; `headers` hold the key."""

    url: str
    headers: dict[str, str]
    http: httpx.AsyncClient

    async def get(self, path: str) -> Any:
        """The JSON at `path`. Raises CommandFailed."""
        with one_line_errors(self.url):
            answer = await self.http.get(path)
            await check(answer)
            return answer.json()


@asynccontextmanager
async def open_server(url: str | None, *, key: str | None) -> AsyncIterator[Server]:
    """The server at `url`, or where `veena3 serve` would be; any number of streams at once. Raises CommandFailed."""
    if url is None:
        settings = read_settings(Settings)
        host = "127.0.0.1" if settings.host == "0.0.0.0" else settings.host
        url = f"http://{host}:{settings.port}"
    if not url.startswith(("http://", "https://")):
        raise CommandFailed("--url: an address begins with http:// or https://")
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    timeout, limits = httpx.Timeout(ANSWER_S, connect=CONNECT_S), httpx.Limits(max_connections=None)
    with one_line_errors(url):
        http = httpx.AsyncClient(base_url=url.rstrip("/"), headers=headers, timeout=timeout, limits=limits)
    async with http:
        yield Server(url.rstrip("/"), headers, http)


async def check(answer: httpx.Response) -> None:
    """Raises CommandFailed with the server's own words for what it refuses."""
    if answer.is_success:
        return
    await answer.aread()
    try:
        error = answer.json()["error"]
        code, message = str(error["code"]), str(error["message"])
    except (ValueError, KeyError, TypeError):
        raise CommandFailed(f"{answer.url} answers {answer.status_code}, and is no Veena3 server") from None
    raise refusal(code, message)


def refusal(code: str, message: str) -> CommandFailed:
    """What a server says with an error of its own."""
    return CommandFailed(f"the server refuses: {message} ({code})", code=code)


@contextmanager
def one_line_errors(url: str) -> Iterator[None]:
    """What can go wrong between here and a server, as CommandFailed."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL):
        raise CommandFailed(f"no server answers at {url}; `veena3 serve` starts one") from None
    except (httpx.TransportError, ConnectionClosed) as error:
        raise CommandFailed(f"{url} broke the answer off: {type(error).__name__}", code="BROKEN_OFF") from None
    except InvalidHandshake as error:
        raise CommandFailed(f"{url} refuses a WebSocket: {error}") from None
