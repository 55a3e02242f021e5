"""Count of every answer by its route and status."""

from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.metrics import Metrics

METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}
UPGRADED = 101
"""Status of a WebSocket that was accepted."""
NO_ANSWER = "none"
"""Status where the connection ended before the answer began."""


class ObservingMiddleware:
    """Count requests with the path of their route, never with the path that the client asked for."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app, self._requests = app, metrics.http_requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        status: int | None = None

        async def observed(message: Message) -> None:
            nonlocal status
            status = status or _status_of(message)
            await send(message)

        try:
            await self._app(scope, receive, observed)
        except Exception:
            status = status or 500  # Starlette answers it, outside this middleware
            raise
        finally:
            method = scope.get("method", "GET")
            labels = (method if method in METHODS else "other", route_of(scope), str(status or NO_ANSWER))
            self._requests.labels(*labels).inc()


def route_of(scope: Scope) -> str:
    """Return the path of the route that a request met, or would have met; "other" without one."""
    if (route := scope.get("route")) is None and (app := scope.get("app")):
        route = next((route for route in app.routes if route.matches(scope)[0] is not Match.NONE), None)
    return getattr(route, "path", None) or "other"


def _status_of(message: Message) -> int | None:
    match message["type"]:
        case "http.response.start" | "websocket.http.response.start":
            return int(message["status"])
        case "websocket.accept":
            return UPGRADED
        case "websocket.close":  # before it is accepted: the server answers 403
            return 403
    return None
