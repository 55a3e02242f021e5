"""Requests are repeated only where no work was begun."""

import json
import time

import pytest

from tests.answering import Answer, answering
from tests.servers import free_port
from veena3_client import (
    APIConnectionError,
    APITimeoutError,
    AsyncVeena3,
    InternalServerError,
    ServiceUnavailableError,
    StreamInterruptedError,
    UsageError,
    Veena3,
)

AUDIO: Answer = (200, {"x-format": "pcm", "x-sample-rate": "16000", "content-length": "4"}, b"abcd")
HEALTH: Answer = (200, {}, b'{"status": "healthy"}')


def refusal(status: int, **headers: str) -> Answer:
    body = {"error": {"code": "SERVICE_UNAVAILABLE" if status == 503 else "OTHER", "message": "no"}}
    return status, {name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(body).encode()


def test_speech_is_asked_for_again_after_a_refusal_and_waits_as_long_as_the_server_says():
    with answering(refusal(503, retry_after="0"), refusal(429, retry_after="1"), AUDIO) as (url, asked):
        begun = time.monotonic()
        with Veena3(base_url=url) as client:
            speech = client.tts.generate("Hello.", speaker="v")
        assert speech.audio == b"abcd" and len(asked) == 3 and 1 <= time.monotonic() - begun < 3


async def test_asynchronous_client_retries_as_well():
    with answering(refusal(503, retry_after="0"), AUDIO) as (url, asked):
        async with AsyncVeena3(base_url=url) as client:
            pieces = [piece async for piece in client.tts.stream("Hello.", speaker="v")]
    assert b"".join(pieces) == b"abcd" and len(asked) == 2


@pytest.mark.parametrize("status", [500, 502, 504])
def test_speech_that_may_have_been_made_is_not_asked_for_again(status):
    with answering(refusal(status)) as (url, asked), Veena3(base_url=url) as client:
        with pytest.raises(InternalServerError):
            client.tts.generate("Hello.", speaker="v")
        assert asked == ["POST"]


def test_speech_that_broke_off_is_not_asked_for_again():
    short = 200, AUDIO[1] | {"content-length": "8"}, b"abcd"
    with answering(short) as (url, asked), Veena3(base_url=url) as client:
        with pytest.raises(StreamInterruptedError) as broken:
            client.tts.stream("Hello.", speaker="v").read()
        assert broken.value.request_sent and asked == ["POST"]


def test_reading_requests_are_repeated_after_errors_of_a_proxy():
    with answering((502, {"retry-after": "0"}, b"<html>"), HEALTH) as (url, asked), Veena3(base_url=url) as client:
        with pytest.raises(InternalServerError, match="502 and is not a Veena3 server"):
            client.with_options(max_retries=0).health()
        assert asked == ["GET"] and client.health() == {"status": "healthy"}
    with answering(refusal(504, retry_after="0"), HEALTH) as (url, asked), Veena3(base_url=url) as client:
        assert client.health()["status"] == "healthy" and asked == ["GET", "GET"]


def test_last_refusal_is_raised_and_a_long_wait_is_left_to_the_caller():
    with answering(refusal(503, retry_after="3600")) as (url, asked), Veena3(base_url=url) as client:
        with pytest.raises(ServiceUnavailableError) as refused:
            client.tts.generate("Hello.", speaker="v")
        assert refused.value.retry_after == 3600 and len(asked) == 1
    with answering(*[refusal(503, retry_after="0")] * 3) as (url, asked), Veena3(base_url=url) as client:
        with pytest.raises(ServiceUnavailableError):
            client.tts.generate("Hello.", speaker="v")
        assert len(asked) == 3


def test_slow_answer_is_a_timeout_and_is_not_asked_for_again():
    with answering(AUDIO, delay_s=0.5) as (url, asked), Veena3(base_url=url, timeout=0.1) as client:
        with pytest.raises(APITimeoutError) as late:
            client.tts.generate("Hello.", speaker="v")
        assert late.value.request_sent and asked == ["POST"]


@pytest.mark.parametrize("transport", ["http", "sse", "websocket"])
def test_absent_server_is_a_connection_error(transport):
    url = f"http://127.0.0.1:{free_port()}"
    with Veena3(base_url=url, max_retries=1) as client, pytest.raises(APIConnectionError) as none:
        begun = time.monotonic()
        client.tts.stream("Hello.", speaker="v", transport=transport).read()
    assert str(none.value) == f"no server answers at {url}" and not none.value.request_sent
    assert time.monotonic() - begun > 0.3  # it was tried again


def test_address_and_transport_are_checked_before_anything_is_sent():
    with pytest.raises(UsageError, match="http"):
        Veena3(base_url="127.0.0.1:8000")
    with Veena3() as client, pytest.raises(ValueError, match="transport"):
        client.tts.stream("Hello.", speaker="v", transport="carrier pigeon")


def test_address_and_key_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("VEENA3_BASE_URL", "https://speech.example/")
    monkeypatch.setenv("VEENA3_API_KEY", "secret")
    with Veena3() as client:
        assert client.base_url == "https://speech.example"
        assert client._http.config.headers["Authorization"] == "Bearer secret"
        assert client._http.config.socket_url == "wss://speech.example/v1/tts/ws"
