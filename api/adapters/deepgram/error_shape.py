"""Errors in the form that Deepgram's clients read."""

PATHS = ("/v1/speak",)
"""Beginnings of the paths that answer in this form."""
CODES = {
    "INVALID_API_KEY": "INVALID_AUTH",
    "RATE_LIMIT_EXCEEDED": "TOO_MANY_REQUESTS",
    "CONCURRENCY_LIMIT_EXCEEDED": "TOO_MANY_REQUESTS",
    "INVALID_SPEAKER": "INVALID_QUERY_PARAMETER",
    "INVALID_FORMAT": "INVALID_QUERY_PARAMETER",
    "VALIDATION_ERROR": "Bad Request",
    "INSUFFICIENT_CREDITS": "ASR_PAYMENT_REQUIRED",
}
"""Deepgram's names of errors that have another name in this service."""


def is_expected(path: str) -> bool:
    """Return whether the clients of this path read Deepgram's form."""
    return path in PATHS


def status_of(status: int, code: str) -> int:
    """Return Deepgram's status of an error, which is this service's."""
    return status


def code_of(code: str) -> str:
    """Return Deepgram's name of an error."""
    return CODES.get(code, code)


def error_body(status: int, code: str, message: str, details: dict[str, object], request_id: str) -> dict[str, object]:
    """Return the body of an error answer."""
    return {"err_code": code_of(code), "err_msg": message, "request_id": request_id}
