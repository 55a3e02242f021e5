"""Errors of the client against those of the service."""

import pytest

import shared.errors
from api.errors import HTTP_CODES
from tests.api.conftest import Served
from tests.api.keys import guarding
from veena3_client import (
    APIStatusError,
    AuthenticationError,
    BadRequestError,
    InsufficientCreditsError,
    InternalServerError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServiceUnavailableError,
    Veena3,
)
from veena3_client.errors import class_of

BY_STATUS: dict[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    408: BadRequestError,
    409: BadRequestError,
    413: BadRequestError,
    416: BadRequestError,
    429: RateLimitError,
    500: InternalServerError,
    503: ServiceUnavailableError,
    504: InternalServerError,
}


def kinds(kind: type[shared.errors.ServiceError]) -> set[type[shared.errors.ServiceError]]:
    return {kind}.union(*map(kinds, kind.__subclasses__()))


@pytest.mark.parametrize("kind", sorted(kinds(shared.errors.ServiceError), key=lambda kind: kind.__name__))
def test_error_of_the_service_has_the_class_of_its_status_with_and_without_it(kind):
    """Events have a code alone."""
    if kind is shared.errors.ClientStalled:
        return  # never answered
    assert issubclass(class_of(kind.code, None), BY_STATUS[kind.status])
    assert class_of(kind.code, kind.status) is class_of(kind.code, None)


def test_unknown_code_has_the_class_of_its_status():
    assert [class_of("NEW", status) for status in (400, 422, 429, 500, 502, 503, None)] == [
        *(BadRequestError, BadRequestError, RateLimitError),
        *(InternalServerError, InternalServerError, ServiceUnavailableError, BadRequestError),
    ]
    assert class_of(HTTP_CODES[405], 405) is BadRequestError
    assert class_of("INSUFFICIENT_CREDITS", 403) is InsufficientCreditsError


@pytest.mark.parametrize("transport", ["http", "sse", "websocket"])
def test_refusal_names_code_param_and_request(server: Served, client: Veena3, transport):
    with pytest.raises(BadRequestError) as raised:
        client.tts.stream("Hello.", speaker="lipakshi", speed=9.0, transport=transport).read()
    error = raised.value
    assert (error.code, error.param) == ("VALIDATION_ERROR", "speed") and error.request_id
    assert error.status_code == (None if transport == "websocket" else 400)
    assert "speed" in str(error) and str(error).endswith("(VALIDATION_ERROR)")


def test_key_and_rate_have_their_errors(tiny, tmp_path):
    with guarding(tiny, f"sqlite:///{tmp_path}/veena3.db") as guarded:
        url = guarded.served.url
        for transport in ("http", "sse", "websocket"):
            with Veena3(base_url=url, api_key="wrong") as client, pytest.raises(AuthenticationError) as refused:
                client.tts.stream("Hello.", speaker="lipakshi", transport=transport).read()
            assert refused.value.status_code in (401, None) and refused.value.code == "INVALID_API_KEY"
        with Veena3(base_url=url, api_key=guarded.key(requests_per_minute=1), max_retries=0) as client:
            client.tts.generate("Hello.", speaker="lipakshi")
            with pytest.raises(RateLimitError) as limited:
                client.tts.generate("Hello.", speaker="lipakshi")
            assert limited.value.retry_after and 0 < limited.value.retry_after <= 60
