"""Which web pages may use the service: its own, and those of the setting CORS_ORIGINS.

Clients that are not browsers send no `Origin` and are not affected. Browsers send it with every WebSocket handshake and
every request that may change something. A page under a foreign name that resolves to this machine (DNS rebinding) has
the foreign name in `Host`: where no key is asked for on loopback, only names of this machine are answered.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import answer
from api.middleware import SAFE_METHODS
from shared.config import Settings, is_loopback
from shared.errors import Forbidden


def install(app: FastAPI, settings: Settings) -> None:
    """Let pages of CORS_ORIGINS in, and refuse foreign ones."""
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "HEAD", "POST", "PATCH", "DELETE"],
            allow_headers=["*"],
            expose_headers=["*"],
        )
    app.add_middleware(OriginMiddleware, settings=settings)


class OriginMiddleware:
    """Answer 403 to pages of foreign origins: on WebSockets always, on HTTP where no key protects the request."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app, self._origins = app, settings.cors_origins
        self._keyless = settings.auth_bypass_mode
        self._check_host = settings.auth_bypass_mode and is_loopback(settings.host)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or (refusal := self._refusal(scope)) is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": refusal})  # before `accept`: HTTP 403
        else:
            await answer(Request(scope), Forbidden(refusal))(scope, receive, send)

    def _refusal(self, scope: Scope) -> str | None:
        headers = Headers(scope=scope)
        host, origin = headers.get("host"), headers.get("origin")
        if self._check_host and host is not None and not self._is_own(host):
            return "this host name is not served; name it in CORS_ORIGINS, or ask for API keys"
        changes = scope["type"] == "websocket" or (self._keyless and scope["method"] not in SAFE_METHODS)
        if changes and origin is not None and origin not in self._origins and origin.partition("://")[2] != host:
            return "pages of this origin may not use the service; the setting CORS_ORIGINS lists those that may"
        return None

    def _is_own(self, host: str) -> bool:
        name = _name_of(f"//{host}")
        return name is not None and (is_loopback(name) or name in _names(self._origins))


def _names(origins: Sequence[str]) -> set[str | None]:
    return {_name_of(origin) for origin in origins}


def _name_of(url: str) -> str | None:
    """Return the host's name, without the port; None where there is none."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
