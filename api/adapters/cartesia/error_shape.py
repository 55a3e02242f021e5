"""Errors in the form that Cartesia's clients read."""

from http import HTTPStatus

PATHS = ("/tts/",)
"""Beginnings of the paths that answer in this form."""
CODES = {"INVALID_SPEAKER": "voice_not_found", "INSUFFICIENT_CREDITS": "quota_exceeded"}
"""Cartesia's names of errors that have another name in this service."""


def is_expected(path: str) -> bool:
    """Return whether the clients of this path read Cartesia's form."""
    return path.startswith(PATHS)


def status_of(status: int, code: str) -> int:
    """Return Cartesia's status of an error."""
    return 404 if code == "INVALID_SPEAKER" else status


def error_body(status: int, code: str, message: str, details: dict[str, object], request_id: str) -> dict[str, object]:
    """Return the body of an error answer, which is also the body of an error event."""
    status = status_of(status, code)
    return {
        "error_code": CODES.get(code, code.lower()),
        "title": HTTPStatus(status).phrase,
        "message": message,
        "status_code": status,
        "request_id": request_id,
    }
