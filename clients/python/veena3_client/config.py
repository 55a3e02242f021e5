"""Settings of a client, and the rules that its synchronous and asynchronous form share: errors and retries."""

import os
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from veena3_client._version import VERSION
from veena3_client.checks import MAX_BYTES, json_object
from veena3_client.errors import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    InvalidAnswerError,
    StreamInterruptedError,
    UsageError,
    Veena3Error,
    class_of,
)
from veena3_client.events import refusal

DEFAULT_URL = "http://127.0.0.1:8000"
CONNECT_S, READ_S = 5.0, 120.0
"""Default seconds allowed for a connection, and for each read of an answer. A whole file arrives in one read."""
MAX_RETRIES = 2
"""Default number of attempts after the first."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0
"""Seconds before the first retry where the server names none; each further wait is twice as long. A server that asks
for more than the longest wait is not tried again."""
FOREIGN = "HTTP_"
"""Beginning of the code of a refusal that no Veena3 server gave; its status follows."""
_REFUSED_BEFORE_WORK = (429, 503)
_TEMPORARY = (429, 502, 503, 504)


@dataclass(frozen=True, slots=True)
class ClientConfig:
    """Address, headers, timeouts and number of retries of a client."""

    url: str
    headers: Mapping[str, str]
    timeout: httpx.Timeout
    max_retries: int

    @property
    def socket_url(self) -> str:
        """Return the address of the WebSocket."""
        return f"ws{self.url.removeprefix('http')}/v1/tts/ws"

    def changed(self, *, timeout: float | httpx.Timeout | None, max_retries: int | None) -> "ClientConfig":
        """Return a copy with other limits; None keeps one."""
        retries = self.max_retries if max_retries is None else max_retries
        return replace(self, timeout=self.timeout if timeout is None else timeout_of(timeout), max_retries=retries)

    def wait_s(self, error: Veena3Error, attempt: int, *, idempotent: bool) -> float | None:
        """Return the seconds until attempt number `attempt` + 1, counted from 0, or None where it is not safe.

        Speech is asked for again only if no work was begun: there was no connection, or the service refused with 429 or
        503. Requests that only read are also repeated after broken answers and errors of proxies.
        """
        if attempt >= self.max_retries:
            return None
        if isinstance(error, APIStatusError):
            if error.status_code not in (_TEMPORARY if idempotent else _REFUSED_BEFORE_WORK):
                return None
            if error.retry_after is not None:
                return error.retry_after if error.retry_after <= LONGEST_WAIT_S else None
        elif not isinstance(error, APIConnectionError) or (error.request_sent and not idempotent):
            return None
        return min(FIRST_WAIT_S * 2.0**attempt, LONGEST_WAIT_S) * random.uniform(0.75, 1.0)


def timeout_of(timeout: float | httpx.Timeout) -> httpx.Timeout:
    """Return timeouts of which one number is that of reads and writes."""
    if isinstance(timeout, httpx.Timeout):
        return timeout
    return httpx.Timeout(timeout, connect=min(timeout, CONNECT_S))


def read_config(
    base_url: str | None,
    api_key: str | None,
    timeout: float | httpx.Timeout | None,
    max_retries: int,
    default_headers: Mapping[str, str] | None,
) -> ClientConfig:
    """Return the settings of a client. VEENA3_BASE_URL and VEENA3_API_KEY replace arguments that are None.

    Raises UsageError.
    """
    url = (base_url or os.environ.get("VEENA3_BASE_URL") or DEFAULT_URL).rstrip("/")
    if not url.startswith(("http://", "https://")):
        raise UsageError("base_url: an address starts with http:// or https://")
    key = api_key or os.environ.get("VEENA3_API_KEY")
    headers = {"User-Agent": f"veena3-client/{VERSION}"} | dict(default_headers or {})
    headers |= {"Authorization": f"Bearer {key}"} if key else {}
    return ClientConfig(url, headers, timeout_of(READ_S if timeout is None else timeout), max_retries)


def refusal_of(status: int, body: bytes, headers: Mapping[str, str], url: str) -> APIStatusError:
    """Return the error of an answer whose status is no success; that of a proxy has the code `HTTP_` and its status."""
    given = headers.get("retry-after", "")
    retry_after = float(given) if given.isdigit() else None
    try:
        return refusal(json_object(body), status=status, retry_after=retry_after)
    except ValueError:
        message, code = f"{url} answers {status} and is not a Veena3 server", f"{FOREIGN}{status}"
        return class_of(code, status)(message, code=code, status_code=status, retry_after=retry_after)


@contextmanager
def client_errors(url: str) -> Iterator[None]:
    """Turn errors of the network, and the ValueErrors of a server's answer, into errors of this package."""
    try:
        yield
    except Veena3Error:
        raise
    except httpx.ConnectTimeout:
        raise APITimeoutError(f"no server answers at {url}") from None
    except (httpx.ConnectError, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL):
        raise APIConnectionError(f"no server answers at {url}") from None
    except httpx.TimeoutException as error:
        raise APITimeoutError(f"{url} closed the answer early: {type(error).__name__}", request_sent=True) from None
    except (httpx.RequestError, ConnectionClosed) as error:
        raise StreamInterruptedError(f"{url} closed the answer early: {type(error).__name__}") from None
    except WebSocketException as error:
        raise InvalidAnswerError(f"{url} refuses a WebSocket: {error}") from None
    except ValueError:
        raise InvalidAnswerError(f"{url} does not answer as a Veena3 server does") from None


@contextmanager
def handshake_errors(url: str) -> Iterator[None]:
    """Turn the errors of opening a WebSocket into errors of this package."""
    with client_errors(url):
        try:
            yield
        except TimeoutError:
            raise APITimeoutError(f"no server answers at {url}") from None
        except OSError:
            raise APIConnectionError(f"no server answers at {url}") from None
        except InvalidStatus as error:
            answer = error.response
            raise refusal_of(answer.status_code, answer.body or b"", answer.headers, url) from None


def connect_options(config: ClientConfig) -> dict[str, Any]:
    """Return the options with which both forms open a WebSocket."""
    return {
        "additional_headers": {name: value for name, value in config.headers.items() if name != "User-Agent"},
        "user_agent_header": config.headers["User-Agent"],
        "open_timeout": config.timeout.connect,
        "max_size": MAX_BYTES,
        "compression": None,
        "ping_timeout": None,  # a reader that plays as it receives answers pings late
    }
