"""The committed pages are those that the generator gives, and their examples fit the models."""

import json
import re

import pytest
import yaml

from api.websocket.messages import read
from ops.reference.examples import CLIENT, FIRST_MESSAGE_WITH_KEY, SUMMARIES, socket_example, sse_example
from ops.reference.messages import client_models, socket_models, sse_models
from ops.reference.pages import PARTS, ROOT, generated_files


@pytest.mark.parametrize("path", generated_files())
def test_page_is_the_generated_one(path):
    assert (ROOT / path).read_text() == generated_files()[path], "run `python -m ops.reference`"


def test_each_part_stands_in_one_page():
    pages = [text for path, text in generated_files().items() if path.endswith(".md")]
    marks = [name for page in pages for name in re.findall(r"<!-- generated: ([a-z ]+) -->", page)]
    assert sorted(marks) == sorted(PARTS)


@pytest.mark.parametrize(("kind", "model"), client_models().items())
def test_client_example_fits_its_model(kind, model):
    model.model_validate(CLIENT[kind])
    assert read(json.dumps(CLIENT[kind]), first=False).type == kind


def test_each_client_message_has_an_example_and_a_summary():
    assert set(CLIENT) == set(SUMMARIES) == set(client_models())


def test_first_message_may_carry_the_key():
    assert json.dumps(FIRST_MESSAGE_WITH_KEY, ensure_ascii=False) in (ROOT / "docs/websocket.md").read_text()
    assert read(json.dumps(FIRST_MESSAGE_WITH_KEY), first=True).type == "auth"


@pytest.mark.parametrize(("kind", "model"), socket_models().items())
def test_socket_example_fits_its_model(kind, model):
    model.model_validate(socket_example(kind))


@pytest.mark.parametrize(("kind", "model"), sse_models().items())
def test_sse_example_fits_its_model(kind, model):
    model.model_validate(sse_example(kind))


def test_references_of_the_asyncapi_document_resolve():
    document = yaml.safe_load((ROOT / "docs/asyncapi.yaml").read_text())
    found = []

    def visit(node):
        if isinstance(node, dict):
            found.extend([node["$ref"]] if isinstance(node.get("$ref"), str) else [])
            node = list(node.values())
        if isinstance(node, list):
            for child in node:
                visit(child)

    visit(document)
    assert len(found) > 30
    for reference in found:
        node = document
        for name in reference.removeprefix("#/").split("/"):
            node = node[name]
    assert document["asyncapi"] == "3.0.0" and set(document["operations"]) == {"hear", "say"}
