"""`/v1/pronunciation-dictionaries`, and requests that name dictionaries, with keys of their own."""

import json
from urllib.parse import unquote

import httpx
import pytest
from websockets.sync.client import connect

from services.accounts.caller import Scope
from services.accounts.dictionaries import MAX_VERSIONS
from tests.api.keys import guarding, make_key
from tests.processing.test_pls import DOCUMENT

PATH = "/v1/pronunciation-dictionaries"


@pytest.fixture(scope="module")
def keys(tiny, tmp_path_factory):
    """Yield the server's address, and clients of two keys."""
    database = f"sqlite:///{tmp_path_factory.mktemp('dictionaries')}/keys.db"
    secrets = [make_key(database, Scope.GENERATE)[1] for _ in range(2)]
    with guarding(tiny, database) as guarded:
        url = guarded.served.url
        mine, other = (httpx.Client(base_url=url, headers={"X-API-Key": secret}, timeout=30) for secret in secrets)
        with mine, other:
            yield url, mine, other


def spoken(client: httpx.Client, **body: object) -> str:
    fields = {"text": "Ask the SQL team.", "speaker": "lipakshi", "normalize_verbose": True}
    answer = client.post("/v1/tts/generate", json=fields | body)
    assert answer.status_code == 200, answer.text
    return unquote(answer.headers["x-spoken-text"])


def test_dictionary_is_created_used_changed_and_deleted(keys):
    _, mine, other = keys
    made = mine.post(PATH, json={"name": "ours", "entries": {"sql": "sequel"}})
    assert made.status_code == 201 and made.json()["version"] == 1 and made.json()["size"] == 1
    locator = {"id": made.json()["id"]}
    path = f"{PATH}/{locator['id']}"
    assert spoken(mine, pronunciation_dictionaries=[locator]) == "Ask the sequel team."
    changed = mine.put(path, json={"entries": {"sql": "squeal"}}).json()
    assert changed["version"] == 2
    assert spoken(mine, pronunciation_dictionaries=[locator]) == "Ask the squeal team."
    assert spoken(mine, pronunciation_dictionaries=[locator | {"version": 1}]) == "Ask the sequel team."
    assert spoken(mine, pronunciation_dictionaries=[locator], lexicon={"sql": "mine"}) == "Ask the mine team."
    assert mine.get(path, params={"version": 1}).json()["entries"] == {"sql": "sequel"}
    assert [one["id"] for one in mine.get(PATH).json()["dictionaries"]] == [locator["id"]]
    assert other.get(PATH).json() == {"dictionaries": []}
    for answer in (other.get(path), other.delete(path), other.put(path, json={"entries": {"a": "b"}})):
        assert answer.status_code == 404
    refused = other.post(
        "/v1/tts/generate", json={"text": "a", "speaker": "lipakshi", "pronunciation_dictionaries": [locator]}
    )
    assert refused.status_code == 404 and refused.json()["error"]["code"] == "NOT_FOUND"
    assert mine.delete(path).status_code == 204 and mine.get(path).status_code == 404


def test_pls_document_is_stored_and_words_without_a_pronunciation_are_named(keys):
    _, mine, _ = keys
    answer = mine.post(f"{PATH}/pls", params={"name": "w3c"}, content=DOCUMENT.encode())
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["entries"]["SQL"] == "sequel" and made["skipped"] == ["silent"] and made["language"] == "en-IN"
    assert made["entries"]["tomato"] == "tuhmahtoh"
    assert spoken(mine, pronunciation_dictionaries=[{"id": made["id"]}]) == "Ask the sequel team."
    wrong = DOCUMENT.replace("təˈmɑːtəʊ", "tøm").encode()
    refused = mine.post(f"{PATH}/pls", params={"name": "w3c"}, content=wrong)
    assert refused.status_code == 400 and "the symbol ø (U+00F8)" in refused.json()["error"]["message"]
    mine.delete(f"{PATH}/{made['id']}")


def test_socket_speaks_with_dictionaries(keys):
    url, mine, _ = keys
    made = mine.post(PATH, json={"name": "ours", "entries": {"sql": "sequel"}}).json()
    with connect(
        f"{url.replace('http', 'ws')}/v1/tts/ws", additional_headers={"X-API-Key": mine.headers["x-api-key"]}
    ) as socket:
        body = {"type": "speak", "text": "The SQL team.", "speaker": "lipakshi", "normalize_verbose": True}
        socket.send(json.dumps(body | {"pronunciation_dictionaries": [{"id": made["id"]}]}))
        event = json.loads(next(message for message in socket if isinstance(message, str)))
    assert event["spoken_text"] == "The sequel team."


def test_old_versions_are_deleted(keys):
    _, mine, _ = keys
    made = mine.post(PATH, json={"name": "many", "entries": {"a": "b"}}).json()
    for _ in range(MAX_VERSIONS):
        mine.put(f"{PATH}/{made['id']}", json={"entries": {"a": "c"}})
    path = f"{PATH}/{made['id']}"
    assert mine.get(path, params={"version": 1}).status_code == 404
    assert mine.get(path, params={"version": 2}).status_code == 200
    assert mine.get(path).json()["version"] == MAX_VERSIONS + 1


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        (PATH, {"name": "x", "entries": {}}, "entries"),
        (PATH, {"name": "x", "entries": {"-": "b"}}, "a lexicon entry is a word"),
        (PATH, {"name": "x", "entries": {"a": "<|end_content|>"}}, "control tokens"),
        (f"{PATH}/pls?name=x", None, "the root must be"),
        (f"{PATH}/pls", None, "name"),
    ],
)
def test_wrong_dictionary_is_refused(keys, path, body, reason):
    _, mine, _ = keys
    answer = mine.post(path, json=body) if body else mine.post(path, content=b"<a/>")
    assert answer.status_code == 400 and reason in answer.text
