"""Bad input: each has its documented status and code, in the documented form."""

import json
import socket

import httpx
import pytest

GOOD = {"text": "Hello.", "speaker": "lipakshi"}


def check(answer: httpx.Response, status: int, code: str) -> dict:
    """Check the documented form. Of the request, an error repeats nothing but names of fields."""
    assert answer.status_code == status, answer.text
    refused = answer.json()
    assert set(refused) == {"error", "request_id"}
    assert refused["request_id"] == answer.headers["x-request-id"]
    assert set(refused["error"]) <= {"code", "message", "details"}
    assert refused["error"]["code"] == code
    assert "\n" not in refused["error"]["message"] and len(refused["error"]["message"]) < 300
    assert "SECRET" not in answer.text and "Traceback" not in answer.text
    return refused["error"]


def post(served, **change) -> httpx.Response:
    body = {name: value for name, value in (GOOD | change).items() if value is not ...}
    return raw(served, json.dumps(body).encode())


def raw(served, body: bytes, **headers: str) -> httpx.Response:
    headers = {"content-type": "application/json"} | headers
    return httpx.post(f"{served.url}/v1/tts/generate", content=body, headers=headers)


OUT_OF_BOUNDS = [
    *(("text", value) for value in (..., None, 3, [], "", "   \n", "SECRET\x00", "a\x07b", "\x85", "\ud800", "x\x7fy")),
    *(("text", value) for value in ("SECRET <|im_end|>", "<|task_tts|>", "a<|bicodec_semantic_3|>b")),
    *(("speaker", value) for value in (..., None, 3, ["lipakshi"], "x" * 1000)),
    *(("stream", value) for value in ("true", 1, None, "yes")),
    *(("format", value) for value in (3, None, ["wav"])),
    *(("output", value) for value in ("24khz", "16KHZ", 16000, None)),
    *(("sample_rate", value) for value in (0, -1, 11025, 16000.5, "16000", 96000)),
    *(("temperature", value) for value in (-0.01, 2.01, "hot", [])),
    *(("top_k", value) for value in (0, -2, 1001, 5.5, "50")),
    *(("top_p", value) for value in (0, -0.1, 1.01)),
    *(("repetition_penalty", value) for value in (0.99, 2.01)),
    *(("max_tokens", value) for value in (63, 4097, 64.5)),
    *(("seed", value) for value in (-1, 2**32, 1.5, "1", 10**400)),
    *(("lexicon", value) for value in ({"": "a"}, {"a": ""}, {"a": 3}, [], {str(n): "x" for n in range(1001)})),
    *(("normalize", value) for value in ("no", 0)),
    *(("normalize_verbose", value) for value in ("no", 0)),
    *(("chunking", value) for value in ("no", 0)),
    *(("speed", value) for value in (0.24, 4.01, "fast")),
]


@pytest.mark.parametrize(("field", "value"), OUT_OF_BOUNDS, ids=lambda v: repr(v)[:30])
def test_value_out_of_bounds_is_refused_with_its_field(common, field, value):
    error = check(post(common, **{field: value}), 400, "VALIDATION_ERROR")
    assert field in error["message"] or error.get("details", {}).get("field", "").startswith(field)


IN_BOUNDS = [
    *(("text", value) for value in ("a", "tab\tand\nline\r", "नमस्ते", "నమస్తే", "🙂 hello", "[excited] hi", "<laugh> ha")),
    *(("text", value) for value in ("🙂", "...", "—")),
    *(("temperature", value) for value in (0, 2, 0.8)),
    *(("top_k", value) for value in (1, 1000, -1, None)),
    *(("top_p", value) for value in (0.001, 1)),
    *(("repetition_penalty", value) for value in (1, 2)),
    *(("max_tokens", value) for value in (64, 4096)),
    *(("seed", value) for value in (0, 2**32 - 1, None)),
    *(("speed", value) for value in (0.25, 4)),
    ("lexicon", {"hello": "hallo"}),
    *(("sample_rate", value) for value in (8000, 16000, 22050, 24000, 32000, 44100, 48000)),
]


@pytest.mark.parametrize(("field", "value"), IN_BOUNDS, ids=lambda v: repr(v)[:30])
def test_values_at_the_bounds_are_accepted(common, field, value):
    assert post(common, **{field: value}).status_code == 200


def test_unknown_field_is_refused_by_name(common):
    error = check(post(common, colour="SECRET"), 400, "VALIDATION_ERROR")
    assert error["details"] == {"field": "colour"}


@pytest.mark.parametrize("speaker", ["unknown", "lipakshi ", ""])
def test_unknown_speakers_are_refused(common, speaker):
    assert "lipakshi" in check(post(common, speaker=speaker), 400, "INVALID_SPEAKER")["message"]


@pytest.mark.parametrize("format", ["ogg", "WAV", ""])
def test_unknown_formats_are_refused(common, format):
    assert "wav" in check(post(common, format=format), 400, "INVALID_FORMAT")["message"]


@pytest.mark.parametrize("stream", [False, True])
def test_text_whose_spoken_form_is_too_long_is_refused_with_its_length(served, stream):
    error = check(post(served, text="⁴" * 1_000, stream=stream), 400, "TEXT_TOO_LONG")
    assert error["details"]["limit"] == 10_000 < error["details"]["spoken"]
    many = post(served, text="a " * 25_000, lexicon={"a": "b" * 256}, stream=stream)
    assert check(many, 400, "TEXT_TOO_LONG")["details"]["spoken"] == 25_000 * 256


def test_text_is_limited_to_50_000_characters(served):
    served.engine.length = 1
    assert post(served, text=" " + "a b c d e " * 5_000 + "\n").status_code == 200
    error = check(post(served, text="a" * 50_001), 400, "TEXT_TOO_LONG")
    assert "50001" in error["message"] and "50000" in error["message"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b"{'text': 'a'}",
        b"[" * 100_000,
        b'{"text": NaN}',
        b"1" * 5000,
    ],
    ids=lambda b: repr(b[:12]),
)
def test_malformed_bodies_are_refused(common, body):
    check(raw(common, body), 400, "VALIDATION_ERROR")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_non_finite_numbers_are_refused(common, number):
    check(raw(common, b'{"text": "a", "speaker": "lipakshi", "speed": %s}' % number.encode()), 400, "VALIDATION_ERROR")


def test_body_of_another_type_is_refused(common):
    check(raw(common, b"text=hello", **{"content-type": "application/x-www-form-urlencoded"}), 400, "VALIDATION_ERROR")


def test_body_over_the_limit_is_refused_with_and_without_a_length(common):
    big = b'{"text": "' + b"a" * 2_000_000 + b'"}'
    check(raw(common, big), 413, "PAYLOAD_TOO_LARGE")
    check(
        httpx.post(f"{common.url}/v1/tts/generate", content=iter([big[:1_500_000], big[1_500_000:]])),
        413,
        "PAYLOAD_TOO_LARGE",
    )
    with socket.create_connection(("127.0.0.1", common.port)) as client:  # announced and not sent
        client.sendall(b"POST /v1/tts/generate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n")
        assert b" 413 " in client.recv(100)


def test_unknown_paths_and_methods_are_refused(common):
    check(httpx.get(f"{common.url}/nowhere"), 404, "NOT_FOUND")
    check(httpx.get(f"{common.url}/v1/tts/generate"), 405, "METHOD_NOT_ALLOWED")
    check(httpx.get(f"{common.url}/v1/voices/unknown"), 404, "VOICE_NOT_FOUND")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("abc-1.2_3", True), ("a" * 129, False), ("a b", False), ("é".encode("latin-1"), False), ("", False)],
)
def test_valid_request_ids_are_kept(common, sent, kept):
    answer = httpx.get(f"{common.url}/live", headers={"X-Request-ID": sent})
    assert (answer.headers["x-request-id"] == sent) == kept
    assert answer.headers["x-request-id"]


def test_bad_requests_are_counted_by_code(common):
    before = common.metric("requests_failed_total", error_code="INVALID_SPEAKER")
    post(common, speaker="unknown")
    assert common.metric("requests_failed_total", error_code="INVALID_SPEAKER") == before + 1
