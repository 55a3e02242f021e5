"""Error answers in the form that OpenAI's clients read."""

import re

from api import answers
from api.openai.schemas import OpenAIError
from shared.errors import ServiceError

PATHS = ("/v1/audio/", "/v1/models")
"""Beginnings of the paths that answer in this form."""
PARAMS = {"speaker": "voice", "text": "input", "format": "response_format", "audio": "audio_sample"}
"""OpenAI's names of fields that have another name in this service."""
FIELDS = {"TEXT_TOO_LONG": "input", "INVALID_SPEAKER": "voice", "INVALID_FORMAT": "response_format"}
"""Fields that errors with these codes are about, where the error itself names none."""
_OUR_TEXT = re.compile(r"(the )?text\b")
"""Beginning of messages about the text, which OpenAI's clients know as `input`."""
TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


def is_expected(path: str) -> bool:
    """Return whether the clients of this path read OpenAI's form."""
    return path.startswith(PATHS)


def error_body(status: int, code: str, message: str, details: dict[str, object]) -> dict[str, object]:
    """Return the body of an error answer. Codes are in small letters, as OpenAI's own (`invalid_api_key`)."""
    field = details.get("field", FIELDS.get(code))
    if about_text := _OUR_TEXT.match(message):
        field, message = "input", f"input{message[about_text.end() :]}"
    error = {
        "message": message,
        "type": TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error"),
        "param": PARAMS.get(field, field) if isinstance(field, str) else None,
        "code": _code(code),
    }
    return {"error": error}


def error_answers(*errors: type[ServiceError]) -> answers.Answers:
    """Return the `responses` of a route that answers in this form."""
    return answers.error_answers(*errors, model=OpenAIError, code_of=_code)


def _code(code: str) -> str:
    return code.lower()
