"""Errors as OpenAI's clients read them. Knows nothing of how they come about."""

PATHS = ("/v1/audio/", "/v1/models")
PARAMS = {"speaker": "voice"}  # our field -> theirs
TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


def is_expected(path: str) -> bool:
    """Whether who asks for this path reads OpenAI's shape."""
    return path.startswith(PATHS)


def shaped(status: int, code: str, message: str, details: dict[str, object]) -> dict[str, object]:
    """An answer's body. Codes in small letters are OpenAI's own where both have one (`invalid_api_key`)."""
    field = details.get("field")
    error = {
        "message": message,
        "type": TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error"),
        "param": PARAMS.get(field, field) if isinstance(field, str) else None,
        "code": code.lower(),
    }
    return {"error": error}
