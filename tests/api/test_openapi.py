"""The OpenAPI description: its examples are accepted, its answers are given, and nothing else (schemathesis)."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from api.answers import error_answers
from api.app import create_app
from api.openai.error_shape import error_answers as openai_answers
from api.openai.schemas import OpenAIError
from services.accounts.caller import Scope
from shared.config import Settings
from shared.errors import ExpiredApiKey, InvalidApiKey, ModelNotLoaded, Overloaded, RuntimeDead, StoreUnavailable
from tests.api.conftest import open_fake_runtime
from tests.api.keys import Guarded, guarding
from tests.fakes import FakeEngine

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


@pytest.fixture(scope="module")
def app(tiny) -> FastAPI:
    return create_app(Settings(), open_fake_runtime(tiny, FakeEngine(tiny.vocabulary)))


@pytest.fixture(scope="module")
def guarded(tiny, tmp_path_factory) -> Iterator[Guarded]:
    with guarding(tiny, f"sqlite:///{tmp_path_factory.mktemp('openapi')}/keys.db") as one:
        yield one


def operations(app: FastAPI) -> Iterator[tuple[str, str, dict]]:
    for path, described in app.openapi()["paths"].items():
        for method, operation in described.items():
            yield method, path, operation


def body_examples(operation: dict) -> list[object]:
    """Return the examples of a request body."""
    (content,) = operation["requestBody"]["content"].values()
    return [example["value"] for example in content.get("examples", {}).values()]


def test_no_route_lists_an_answer_that_is_never_given(app):
    assert not [path for _, path, operation in operations(app) if "422" in operation["responses"]]
    assert not {"HTTPValidationError", "ValidationError"} & app.openapi()["components"]["schemas"].keys()


def test_every_error_answer_names_its_codes_and_has_a_body(app):
    for method, path, operation in operations(app):
        for status, answer in operation["responses"].items():
            if status >= "400":
                codes = answer["description"].split(", ")
                assert all(re.fullmatch("[A-Z_]+|[a-z_]+", code) for code in codes), (method, path, status)
                assert "$ref" in answer["content"]["application/json"]["schema"]


def test_only_routes_with_a_scope_list_403_and_only_speech_lists_credits(app):
    listed = {(method, path): operation["responses"].get("403") for method, path, operation in operations(app)}
    assert {
        at for at, answer in listed.items() if answer and "INSUFFICIENT_CREDITS" in answer["description"].upper()
    } == {
        ("post", "/v1/tts/generate"),
        ("post", "/v1/tts/sse"),
        ("post", "/v1/audio/speech"),
        ("post", "/v1/voices"),  # which speaks a trial sentence
        ("post", "/v1/audio/voices"),
        ("get", "/v1/voices/{name}/preview"),
        ("post", "/v1/voices/design"),
        ("post", "/v1/voices/design/{candidate_id}"),
        ("post", "/v1/voices/mix"),
    }
    for path in ("/v1/voices", "/v1/models", "/health", "/live", "/ready", "/metrics"):
        assert not listed["get", path]


def test_error_answers_are_grouped_by_status():
    answers = error_answers(Overloaded, StoreUnavailable, ModelNotLoaded, RuntimeDead, InvalidApiKey, ExpiredApiKey)
    assert list(answers) == [401, 503]
    assert answers[401]["description"] == "INVALID_API_KEY, EXPIRED_API_KEY"
    assert answers[503]["description"] == "SERVICE_UNAVAILABLE, MODEL_NOT_LOADED, GPU_FAULT"
    assert openai_answers(InvalidApiKey) == {401: {"model": OpenAIError, "description": "invalid_api_key"}}


def test_every_request_body_has_examples_that_its_model_accepts(app):
    models = {
        (method.lower(), route.path): route.body_field.field_info.annotation
        for route in app.routes
        if isinstance(route, APIRoute) and route.body_field and route.include_in_schema
        for method in route.methods
    }
    described = {
        (method, path): operation
        for method, path, operation in operations(app)
        if "multipart/form-data"
        not in operation.get("requestBody", {"content": {"multipart/form-data": {}}})["content"]
    }
    assert models.keys() == described.keys() != set()
    for at, operation in described.items():
        examples = body_examples(operation)
        assert examples, at
        for example in examples:
            TypeAdapter(models[at]).validate_json(json.dumps(example))


def test_every_example_is_accepted_by_the_running_service(app, guarded):
    key = guarded.key(*Scope)
    for method, path, operation in operations(app):
        if "application/json" not in operation.get("requestBody", {}).get("content", ()) or "{" in path:
            continue  # tests/api/test_dictionaries.py asks these
        if path == "/v1/voices/design":
            continue  # this checkpoint designs none; tests/api/voices/test_designed_voices.py asks another
        success = min(operation["responses"])
        for example in body_examples(operation):
            answer = guarded.ask(method, path, key, json=example, timeout=60)
            assert str(answer.status_code) == success, (path, example, answer.text[:500])


def test_every_operation_is_named_and_described(app):
    known = {tag["name"] for tag in app.openapi()["tags"]}
    for method, path, operation in operations(app):
        assert set(operation["tags"]) < known and operation["summary"] and operation["description"], (method, path)


def test_service_conforms_to_its_description(guarded, tmp_path):
    """Schemathesis finds no fault of the service and no undocumented answer."""
    key, url = guarded.key(*Scope), guarded.served.url
    description = httpx.get(f"{url}/openapi.json").json()
    known = {  # names that exist, so that requests are served and not only refused
        "speaker": [voice["id"] for voice in guarded.ask("GET", "/v1/voices", key).json()["voices"]],
        "model": ["tts-1"],
    }
    for title, shape in description["components"]["schemas"].items():
        if title == "MadeVoiceInfo":
            continue  # an answer, whose `model` is the checkpoint's
        for name in known.keys() & shape.get("properties", {}).keys():
            shape["properties"][name]["enum"] = known[name]
    written = tmp_path / "openapi.json"
    written.write_text(json.dumps(description))
    command = [sys.executable, "-m", "schemathesis.cli", "run", str(written), "--url", url, "--no-color"]
    command += ["--header", f"Authorization: Bearer {key}", "--checks", CHECKS, "--continue-on-failure"]
    command += ["--phases", "coverage,fuzzing", "--max-examples", "5", "--generation-deterministic"]
    tried = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=600)
    assert tried.returncode == 0, tried.stdout[-10_000:] + tried.stderr[-2_000:]
    assert f"{sum(map(len, description['paths'].values()))} selected" in tried.stdout
    answered = httpx.get(f"{url}/metrics").text
    assert "requests_completed_total{" in answered  # some requests were spoken
