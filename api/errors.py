"""Mapping from the error tree to HTTP answers, the only one."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from api.adapters.error_shapes import shape_of
from api.openai import error_shape
from api.responses import rate_headers
from api.strings import place_of
from services.speech import SpeechService
from shared.errors import RateLimited, ServiceError, Unauthorized, Unavailable, ValidationFailed
from shared.logging import get_logger

HTTP_CODES = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}
"""Codes of answers that Starlette gives by itself, by status."""

INTERNAL_ERROR = "an internal error; the log has it under this request id"

log = get_logger(__name__)


def install(app: FastAPI) -> None:
    """Install the handlers that give every error its documented form: OpenAI's on OpenAI's routes, else this API's."""
    app.add_exception_handler(ServiceError, _service_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def answer(request: Request, error: ServiceError) -> JSONResponse:
    """Return the answer to an error. POST requests are counted; health checks are not."""
    service: SpeechService = request.app.state.service
    if request.method == "POST":
        service.failed_with(error)
    return error_response(request, error)


def error_response(request: HTTPConnection, error: ServiceError) -> JSONResponse:
    """Return the answer to an error of a request, or of the handshake of a WebSocket, without counting it."""
    headers = rate_headers(error.allowance) if isinstance(error, RateLimited) else {}
    if isinstance(error, Unavailable | RateLimited) and error.retry_after_s is not None:
        headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, Unauthorized):
        headers["WWW-Authenticate"] = "Bearer"
    return _shaped(request, error.status, error.code, error.message, error.details, headers)


def _shaped(
    request: HTTPConnection,
    status: int,
    code: str,
    message: str,
    details: dict[str, object] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    request_id = request.scope["state"]["request_id"]
    if vendor := shape_of(request.url.path):
        body = vendor.error_body(status, code, message, details or {}, request_id)
        status = vendor.status_of(status, code)
    elif error_shape.is_expected(request.url.path):
        body = error_shape.error_body(status, code, message, details or {})
    else:
        error: dict[str, object] = {"code": code, "message": message}
        if details:
            error["details"] = details
        body = {"error": error, "request_id": request_id}
    return JSONResponse(body, status_code=status, headers=headers)


def _service_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ServiceError)
    return answer(request, error)


def _invalid(request: Request, error: Exception) -> JSONResponse:
    """Return the answer to a wrong field: its name, and never its value, which may be the text."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return answer(request, ValidationFailed("the body is not valid JSON"))
    return answer(request, refusal(first["type"], place_of(first["loc"]), first["msg"]))


def refusal(kind: str, place: str, message: str) -> ValidationFailed:
    """Return the error for a field that pydantic refused; `kind` is pydantic's type of the error."""
    if kind == "extra_forbidden":
        return ValidationFailed(f"unknown field {place!r}", details={"field": place})
    return ValidationFailed(f"{place}: {message}", details={"field": place})


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 400:  # FastAPI failed to parse the body
        return answer(request, ValidationFailed("the body is not valid JSON"))
    code = HTTP_CODES.get(error.status_code, "VALIDATION_ERROR")
    headers = dict(error.headers) if error.headers else None
    return _shaped(request, error.status_code, code, str(error.detail), headers=headers)


def _unexpected(request: Request, error: Exception) -> JSONResponse:
    """Return the answer to a fault of the service. The log gets the stack, the caller no detail."""
    log.error("unexpected_error", exc_info=error)
    response = answer(request, ServiceError(INTERNAL_ERROR))
    response.headers["X-Request-ID"] = request.scope["state"][
        "request_id"
    ]  # Starlette runs this outside the middleware
    return response
