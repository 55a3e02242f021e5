"""Errors in the form that ElevenLabs' clients read."""

PATHS = ("/v1/text-to-speech/", "/v2/voices", "/v1/voices/add")
"""Beginnings of the paths that answer in this form."""
UNPROCESSABLE = 422
"""Status of a wrong field."""
CODES = {
    "INVALID_SPEAKER": "voice_not_found",
    "INSUFFICIENT_CREDITS": "quota_exceeded",
    "RATE_LIMIT_EXCEEDED": "too_many_requests",
    "CONCURRENCY_LIMIT_EXCEEDED": "too_many_concurrent_requests",
    "TEXT_TOO_LONG": "max_character_limit_exceeded",
    "INVALID_FORMAT": "invalid_output_format",
}
"""ElevenLabs' names of errors that have another name in this service."""


def is_expected(path: str) -> bool:
    """Return whether the clients of this path read ElevenLabs' form."""
    return path.startswith(PATHS)


def code_of(code: str) -> str:
    """Return ElevenLabs' name of an error: its own, or this service's in small letters."""
    return CODES.get(code, code.lower())


def status_of(status: int, code: str) -> int:
    """Return ElevenLabs' status of an error."""
    if code == "INVALID_SPEAKER":
        return 404
    return UNPROCESSABLE if code == "VALIDATION_ERROR" and status == 400 else status


def error_body(status: int, code: str, message: str, details: dict[str, object], request_id: str) -> dict[str, object]:
    """Return the body of an error answer: a list with the wrong field, or an object with the error's name."""
    if status_of(status, code) == UNPROCESSABLE:
        field = details.get("field", "body")
        return {"detail": [{"loc": ["body", *str(field).split(".")], "msg": message, "type": "value_error"}]}
    return {"detail": {"status": code_of(code), "message": message, "request_id": request_id}}
