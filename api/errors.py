"""Errors -> answers. The only place that knows both the error tree and HTTP."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.openai import error_shape
from api.responses import rate_headers
from api.strings import place_of
from services.speech import SpeechService
from shared.errors import RateLimited, ServiceError, Unauthorized, Unavailable, ValidationFailed
from shared.logging import get_logger

HTTP_CODES = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}

log = get_logger(__name__)


def install(app: FastAPI) -> None:
    """Give every failure the documented shape: this API's, or on OpenAI's routes theirs."""
    app.add_exception_handler(ServiceError, _service_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unforeseen)


def answer(request: Request, error: ServiceError) -> JSONResponse:
    """The answer that says what was wrong. Counted are requests to speak, and not who asks whether we are ready."""
    service: SpeechService = request.app.state.service
    if request.method == "POST":
        service.failed_with(error)
    headers = rate_headers(error.allowance) if isinstance(error, RateLimited) else {}
    if isinstance(error, Unavailable | RateLimited) and error.retry_after_s is not None:
        headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, Unauthorized):
        headers["WWW-Authenticate"] = "Bearer"
    return _shaped(request, error.status, error.code, error.message, error.details, headers)


def _shaped(
    request: Request,
    status: int,
    code: str,
    message: str,
    details: dict[str, object] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    if error_shape.is_expected(request.url.path):
        body = error_shape.error_body(status, code, message, details or {})
    else:
        error: dict[str, object] = {"code": code, "message": message}
        if details:
            error["details"] = details
        body = {"error": error, "request_id": request.scope["state"]["request_id"]}
    return JSONResponse(body, status_code=status, headers=headers)


def _service_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ServiceError)
    return answer(request, error)


def _invalid(request: Request, error: Exception) -> JSONResponse:
    """One field of the request is wrong: name it. The value is not repeated, for it may be the text."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return answer(request, ValidationFailed("the body is not valid JSON"))
    return answer(request, refusal(first["type"], place_of(first["loc"]), first["msg"]))


def refusal(kind: str, place: str, message: str) -> ValidationFailed:
    """What is said of a field that pydantic refused for a reason of `kind`."""
    if kind == "extra_forbidden":
        return ValidationFailed(f"unknown field {place!r}", details={"field": place})
    return ValidationFailed(f"{place}: {message}", details={"field": place})


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 400:  # FastAPI could not parse the body
        return answer(request, ValidationFailed("the body is not valid JSON"))
    code = HTTP_CODES.get(error.status_code, "VALIDATION_ERROR")
    headers = dict(error.headers) if error.headers else None
    return _shaped(request, error.status_code, code, str(error.detail), headers=headers)


def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    """A fault of ours. The caller gets no detail; the log has the stack."""
    log.error("unforeseen", exc_info=error)
    told = answer(request, ServiceError("an internal error; the request id finds it in the log"))
    told.headers["X-Request-ID"] = request.scope["state"]["request_id"]  # this handler stands outside the middleware
    return told
