"""Base of the vendors' dialects."""

from collections.abc import Iterator

from starlette.requests import HTTPConnection

from api.events import Event
from api.websocket.dialect import handshake_secret, string_in
from shared.errors import ServiceError

FRAME_MS = 100
"""Audio of a message, in ms; that of the first messages is shorter."""


class VendorDialect:
    """Defaults: the key comes with the handshake, and messages name their context in `context_id`."""

    accepts_strangers, ends_on_error, awaits_playback = False, False, False
    keep_alive = "a message keeps a socket open"
    subprotocols: tuple[str, ...] = ()

    def secret(self, socket: HTTPConnection) -> str | None:
        return handshake_secret(socket)

    def secret_in(self, data: str) -> str | None:
        return None

    def is_greeting(self, data: str) -> bool:
        return False

    def context_of(self, data: str) -> str | None:
        return string_in(data, "context_id")


def stop_notice(event: Event) -> str:
    """Return the words of a `stopping` event."""
    return f"the service stops: what was sent is spoken within {event['seconds']} s, then connect again"


def error_of(event: Event) -> tuple[str, str]:
    """Return the code and the message of an `error` event."""
    error = event["error"]
    assert isinstance(error, dict)
    return str(error["code"]), str(error["message"])


def status_of(code: str) -> int:
    """Return the HTTP status of an error's code."""
    return next((error.status for error in _errors(ServiceError) if error.code == code), ServiceError.status)


def _errors(root: type[ServiceError]) -> Iterator[type[ServiceError]]:
    for error in root.__subclasses__():
        yield error
        yield from _errors(error)
