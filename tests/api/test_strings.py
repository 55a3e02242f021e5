"""Strings of requests: lone surrogates and control characters are refused with the field's name."""

import json
from collections.abc import Iterator

import httpx
import pytest
from websockets.sync.client import connect

from api.websocket.messages import read
from services.accounts.caller import Scope
from services.accounts.records.archive import Filter, read_archive
from shared.config import Settings
from shared.errors import ServiceError
from tests.api.conftest import serving
from tests.api.keys import guarding
from tests.fakes import FakeEngine

BODIES = {
    "/v1/tts/generate": {"text": "Hello.", "speaker": "lipakshi"},
    "/v1/tts/sse": {"text": "Hello.", "speaker": "lipakshi"},
    "/v1/audio/speech": {"model": "tts-1", "input": "Hello.", "voice": "lipakshi"},
    "/v1/keys": {"name": "a holder's"},
    "/log_frontend_event": {"event": "played"},
}
OF_A_RECORDING = {"speaker": None, "voice": None, "consent": True}
BAD = ["\ud800", "a\udfffb", "\x00", "a\x1b[31m", "\x85", "\x7f"]
STRINGS = {  # fields that must be tried: the description lists at least these
    "/v1/tts/generate": {"text", "speaker", "format", "output", "lexicon"},
    "/v1/audio/speech": {"model", "input", "voice", "instructions", "lexicon", "response_format", "stream_format"},
    "/v1/keys": {"name", "scopes"},
    "/log_frontend_event": {"event", "data", "session"},
}


@pytest.fixture(scope="module")
def client(tiny, tmp_path_factory) -> Iterator[httpx.Client]:
    """Open a client with a key that has every scope."""
    url = f"sqlite:///{tmp_path_factory.mktemp('strings')}/keys.db"
    with guarding(tiny, url) as guarded:
        headers = {"X-API-Key": guarded.key(*Scope)}
        with httpx.Client(base_url=guarded.served.url, headers=headers, timeout=60) as opened:
            yield opened


def sent(client: httpx.Client, path: str, body: object) -> httpx.Response:
    """Post a body as JSON with escapes, the only form of a lone surrogate."""
    return client.post(path, content=json.dumps(body).encode(), headers={"content-type": "application/json"})


def with_bad_strings(description: dict, shape: dict, bad: str) -> Iterator[object]:
    """Yield every value of a field of this schema with `bad` in one of its strings."""
    if "$ref" in shape:
        shape = description["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
    for kind in shape.get("anyOf", ()):
        yield from with_bad_strings(description, kind, bad)
    match shape.get("type"):
        case "string":
            yield bad
        case "array":
            yield from ([value] for value in with_bad_strings(description, shape["items"], bad))
        case "object":
            yield from ({name: bad} for name in shape.get("properties", ()))
            if not shape.get("properties"):
                yield {bad: "x"}
                yield {bad: 1}
                yield {"x": bad}


@pytest.mark.parametrize("path", BODIES)
def test_bad_strings_in_any_field_of_a_body_are_refused(client, path):
    description = client.get("/openapi.json").json()
    content = description["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    name = content["schema"]["$ref"].rpartition("/")[2]
    tried = set()
    for field, shape in description["components"]["schemas"][name]["properties"].items():
        body = BODIES[path]
        if field == "reference_audio":
            body = {name: value for name, value in (body | OF_A_RECORDING).items() if name in body or value}
        for bad in BAD:
            for value in with_bad_strings(description, shape, bad):
                tried.add(field)
                refused(sent(client, path, body | {field: value}), field)
    assert tried >= STRINGS.get(path, set())


def refused(answer: httpx.Response, field: str) -> None:
    assert answer.status_code == 400, (field, answer.text)
    error = answer.json()["error"]
    assert len(answer.content) < 600 and not any(bad in answer.text for bad in BAD)
    named = error.get("param") or error.get("details", {}).get("field") or error["message"]
    assert named.startswith(field), (field, answer.text)


@pytest.mark.parametrize("path", sorted(BODIES.keys() - {"/v1/audio/speech"}))  # that route ignores unknown fields
@pytest.mark.parametrize("name", [*BAD, "x" * 500_000, "\ud800" * 1000], ids=lambda name: repr(name[:3]))
def test_unknown_names_are_shortened_in_errors(client, path, name):
    """A lone surrogate in the answer would turn it into a 500."""
    answer = sent(client, path, BODIES[path] | {name: 1})
    assert answer.status_code == 400 and len(answer.content) < 600
    assert not any(bad in answer.text for bad in BAD) and "x" * 100 not in answer.text


def test_words_of_a_lexicon_are_not_repeated_in_errors(client):
    answer = sent(client, "/v1/tts/generate", BODIES["/v1/tts/generate"] | {"lexicon": {"SECRET": 3}})
    assert answer.status_code == 400 and "SECRET" not in answer.text
    assert answer.json()["error"]["details"] == {"field": "lexicon"}


def test_control_tokens_in_a_lexicon_are_refused(client):
    body = BODIES["/v1/tts/generate"] | {"lexicon": {"Hello": "<|im_end|>"}}
    refused(sent(client, "/v1/tts/generate", body), "lexicon")


MESSAGES = {
    "speak": {"text": "Hello.", "speaker": "lipakshi"},
    "text": {"text": "Hello.", "speaker": "lipakshi"},
    **{kind: {"context_id": "c"} for kind in ("flush", "end", "cancel", "pause", "resume")},
    "ping": {},
    "auth": {},
}


@pytest.mark.parametrize("kind", MESSAGES)
def test_bad_strings_in_any_field_of_a_message_are_refused(kind):
    fields = {name for name in ("text", "speaker", "context_id") if kind in ("speak", "text") or name in MESSAGES[kind]}
    bodies = [(field, {field: bad}) for field in fields for bad in BAD]
    if kind in ("speak", "text"):
        bodies += [("lexicon", {"lexicon": lexicon}) for bad in BAD for lexicon in ({bad: "x"}, {"x": bad})]
    bodies += [("type", {"type": bad}) for bad in BAD] + [(None, {bad: 1}) for bad in BAD]
    for field, change in bodies:
        with pytest.raises(ServiceError) as told:
            read(json.dumps({"type": kind} | MESSAGES[kind] | change), first=False)
        message = told.value.message
        assert told.value.status == 400 and len(message) < 300 and not any(bad in message for bad in BAD)
        assert field is None or message.startswith(field)


def test_numbers_of_a_player_event_are_bounded(client):
    for number in (10**400, 2**53 + 1, -(2**60), 1e300):
        refused(sent(client, "/log_frontend_event", {"event": "played", "data": {"bytes": number}}), "data")
    assert sent(client, "/log_frontend_event", {"event": "played", "data": {"bytes": 2**53}}).status_code == 200


@pytest.mark.parametrize("session", ["%00", "%ED%A0%80", "a%0Ab", "x" * 10_000])
def test_bad_strings_in_a_query_are_refused(client, session):
    answer = client.get(f"/audio_debug_stats?session={session}")
    refused(answer, "query.session")


def test_lone_surrogates_do_not_stop_the_records_writer(tiny, tmp_path):
    """A lone surrogate in a record must not end the writer: all later requests are recorded."""
    path = tmp_path / "records.db"
    settings = Settings(window_first=4, window_lookahead=3, records="full", records_path=path)
    with serving(tiny, FakeEngine(tiny.vocabulary), settings) as served, httpx.Client(base_url=served.url) as client:
        for route in ("/v1/tts/generate", "/v1/tts/sse", "/v1/audio/speech"):
            for lexicon in ({"hello": "\ud800"}, {"a\ud800": "hello"}):
                refused(sent(client, route, BODIES[route] | {"lexicon": lexicon, "stream": True}), "lexicon")
        with connect(f"ws://127.0.0.1:{served.port}/v1/tts/ws") as socket:
            body = {"type": "speak", **BODIES["/v1/tts/generate"], "lexicon": {"hello": "\ud800"}}
            socket.send(json.dumps(body))
            assert json.loads(socket.recv(timeout=10))["error"]["code"] == "VALIDATION_ERROR"
        for n in range(3):
            assert served.generate(text=f"Number {n}.").status_code == 200
        assert [record.text for record in read_archive(path, Filter())] == [f"Number {n}." for n in range(3)]
        assert httpx.get(f"{served.url}/health").json()["status"] == "healthy"
