"""Error answers of the routes, as the OpenAPI description lists them: each route names the errors that it raises."""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from api.schemas import ErrorAnswer
from shared.errors import (
    CloningUnsupported,
    ConcurrencyLimited,
    ConsentNotFound,
    DictionaryNotFound,
    ExpiredApiKey,
    Forbidden,
    GenerationError,
    GenerationTimeout,
    GpuOutOfMemory,
    InsufficientCredits,
    InvalidApiKey,
    InvalidFormat,
    InvalidSpeaker,
    ModelNotLoaded,
    Overloaded,
    PayloadTooLarge,
    RateLimited,
    RecordingUnusable,
    RuntimeDead,
    ServiceError,
    StoreUnavailable,
    TextTooLong,
    ValidationFailed,
)

Answers = dict[int | str, dict[str, Any]]

CALLER_ERRORS = (InvalidApiKey, ExpiredApiKey, ModelNotLoaded, StoreUnavailable)
"""Errors of a route that needs a key."""
SCOPE_ERRORS = (*CALLER_ERRORS, Forbidden)
"""Errors of a route that needs a key with a scope."""
BODY_ERRORS = (ValidationFailed, PayloadTooLarge)
"""Errors of a route that reads a body."""
LIMIT_ERRORS = (RateLimited, ConcurrencyLimited)
"""Errors of a route that counts toward the limits of its key."""
SPEECH_ERRORS = (
    *(*BODY_ERRORS, TextTooLong, InvalidSpeaker, InvalidFormat, DictionaryNotFound),
    *(*SCOPE_ERRORS, InsufficientCredits, *LIMIT_ERRORS),
    *(Overloaded, RuntimeDead, GpuOutOfMemory, GenerationError, ServiceError, GenerationTimeout),
)
"""Errors of a route that speaks a text."""
INLINE_ERRORS = (*SPEECH_ERRORS, CloningUnsupported, RecordingUnusable, ConsentNotFound)
"""Errors of a route that speaks a text with a voice of the checkpoint, of a caller, or of the request's recording."""


def error_answers(
    *errors: type[ServiceError], model: type[BaseModel] = ErrorAnswer, code_of: Callable[[str], str] = str
) -> Answers:
    """Return the `responses` of a route that raises `errors`: each status with its codes, as `code_of` writes them."""
    codes: dict[int, list[str]] = {}
    for error in errors:
        of_status = codes.setdefault(error.status, [])
        if (code := code_of(error.code)) not in of_status:
            of_status.append(code)
    return {status: {"model": model, "description": ", ".join(codes[status])} for status in sorted(codes)}
