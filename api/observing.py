"""Count and span of every answer, by its route and status."""

from dataclasses import replace

from starlette.datastructures import Headers
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.middleware import SAFE_METHODS
from services.speech import SpeechService
from services.tracing import NoSpan, ServerSpan

METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}
UPGRADED = 101
"""Status of a WebSocket that was accepted."""
NO_ANSWER = "none"
"""Status where the connection ended before the answer began."""


class ObservingMiddleware:
    """Count requests, and trace them, with the path of their route, never with the path that the client asked for.

    Reads without a `traceparent` leave no span: load balancers and Prometheus ask several times a second.
    """

    def __init__(self, app: ASGIApp, *, service: SpeechService) -> None:
        self._app, self._service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        status: int | None = None
        span = self._begin_span(scope)

        async def observed(message: Message) -> None:
            nonlocal status
            status = status or _status_of(message)
            await send(message)

        try:
            await self._app(scope, receive, observed)
        except Exception:  # counted, whatever it is, and raised again
            status = status or 500  # Starlette answers it, outside this middleware
            raise
        finally:
            method = scope.get("method", "GET")
            method, route = method if method in METHODS else "other", route_of(scope)
            self._service.metrics.http_requests.labels(method, route, str(status or NO_ANSWER)).inc()
            described: dict[str, str | int] = {
                "http.request.method": method,
                "http.route": route,
                "veena3.request_id": scope["state"]["request_id"],
            }
            answered: dict[str, str | int] = {"http.response.status_code": status} if status else {}
            span.end(f"{method} {route}", described | answered, failed=(status or 0) >= 500)

    def _begin_span(self, scope: Scope) -> ServerSpan:
        headers, arrival = Headers(scope=scope), scope["state"]["arrival"]
        if scope.get("method") in SAFE_METHODS and "traceparent" not in headers:
            return NoSpan()
        span = self._service.tracing.begin(headers, arrival.at)
        scope["state"]["arrival"] = replace(arrival, traceparent=span.traceparent)
        return span


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
