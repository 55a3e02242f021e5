"""Errors of the client, named as in OpenAI's SDK where it has the same.

* Veena3Error
  x UsageError                  a wrong argument; nothing was sent (also a ValueError)
  x APIConnectionError          no answer; `request_sent` says whether the server may have got the request
    + APITimeoutError           no answer in time
    + StreamInterruptedError    an answer broke off after it began
  x InvalidAnswerError          the answer is not that of a Veena3 server
  x APIStatusError              the server refuses: `code`, `param`, `retry_after`, …
    + BadRequestError           the request must be corrected                 4xx
    + AuthenticationError       no key, or an invalid one                     401
    + PermissionDeniedError     the key lacks the permission                  403
      - InsufficientCreditsError
    + NotFoundError                                                           404
    + RateLimitError            too many requests or streams at once          429
    + InternalServerError       this request failed                           500, 504
      - ServiceUnavailableError try again later                               503
  x PlaybackError               no player on this machine, or it failed
"""

from collections.abc import Mapping
from typing import Any


class Veena3Error(Exception):
    """Base class. The message is one line for people."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UsageError(Veena3Error, ValueError):
    """Wrong argument. Nothing was sent."""


class APIConnectionError(Veena3Error):
    """No answer. `request_sent`: the server may have got the request, and may have begun to work on it."""

    def __init__(self, message: str, *, request_sent: bool = False) -> None:
        super().__init__(message)
        self.request_sent = request_sent


class APITimeoutError(APIConnectionError):
    """No connection or no answer within the timeout."""


class StreamInterruptedError(APIConnectionError):
    """An answer broke off: the audio that has arrived is incomplete."""

    def __init__(self, message: str) -> None:
        super().__init__(message, request_sent=True)


class InvalidAnswerError(Veena3Error):
    """An answer that no Veena3 server gives."""


class APIStatusError(Veena3Error):
    """Refusal by the server.

    `code` is the service's, for programs. `param` is the field at fault, `retry_after` the seconds after which the same
    request may succeed; both are None where the server names none. `status_code` is None for an error that arrived as
    an event, after the answer had begun.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        status_code: int | None = None,
        details: Mapping[str, Any] | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.code, self.status_code, self.details = code, status_code, dict(details or {})
        self.request_id, self.retry_after = request_id, retry_after

    @property
    def param(self) -> str | None:
        """Return the name of the field at fault."""
        field = self.details.get("field")
        return field if isinstance(field, str) else None

    def __str__(self) -> str:
        return f"{self.message} ({self.code})"


class BadRequestError(APIStatusError):
    """Request that must be corrected; sent again, it fails again."""


class AuthenticationError(APIStatusError):
    """Missing, invalid or expired API key."""


class PermissionDeniedError(APIStatusError):
    """Valid key without this permission."""


class InsufficientCreditsError(PermissionDeniedError):
    """Balance below the cost of the request."""


class NotFoundError(APIStatusError):
    """Unknown voice, key or route."""


class RateLimitError(APIStatusError):
    """Too many requests in a minute, or too many streams at once."""


class InternalServerError(APIStatusError):
    """Failure of this request in the service."""


class ServiceUnavailableError(InternalServerError):
    """The service is full, loads its model or stops: try again later."""


class PlaybackError(Veena3Error):
    """No player on this machine, a player that failed, or a format that players cannot take from a pipe."""


_BY_STATUS: dict[int, type[APIStatusError]] = {
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    429: RateLimitError,
    503: ServiceUnavailableError,
}
_BY_CODE: dict[str, type[APIStatusError]] = {
    "INVALID_API_KEY": AuthenticationError,
    "EXPIRED_API_KEY": AuthenticationError,
    "FORBIDDEN": PermissionDeniedError,
    "VOICE_LIMIT_REACHED": PermissionDeniedError,
    "INSUFFICIENT_CREDITS": InsufficientCreditsError,
    "VOICE_NOT_FOUND": NotFoundError,
    "MODEL_NOT_FOUND": NotFoundError,
    "NOT_FOUND": NotFoundError,
    "RATE_LIMIT_EXCEEDED": RateLimitError,
    "CONCURRENCY_LIMIT_EXCEEDED": RateLimitError,
    "TOO_MANY_JOBS": RateLimitError,
    "SERVICE_UNAVAILABLE": ServiceUnavailableError,
    "MODEL_NOT_LOADED": ServiceUnavailableError,
    "GPU_FAULT": ServiceUnavailableError,
    "GPU_OOM": ServiceUnavailableError,
    "GENERATION_FAILED": InternalServerError,
    "GENERATION_TIMEOUT": InternalServerError,
    "STREAMING_ERROR": InternalServerError,
    "INTERNAL_ERROR": InternalServerError,
}
"""Classes of errors that arrive as events, which have no status. Other codes are those of bad requests."""


def class_of(code: str, status: int | None) -> type[APIStatusError]:
    """Return the class of a refusal. The code decides; an unknown one leaves it to the status."""
    if found := _BY_CODE.get(code):
        return found
    if status is None or status < 500:
        return _BY_STATUS.get(status or 400, BadRequestError)
    return _BY_STATUS.get(status, InternalServerError)
