"""Keys over HTTP and WebSocket to a real server, on SQLite and PostgreSQL where the store matters."""

import asyncio
import json
import time
from contextlib import AsyncExitStack

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from api.websocket import greeting
from services.accounts.caller import Scope
from services.accounts.database import open_database
from services.accounts.keys.store import KeyStore, new_secret
from shared.config import Settings
from tests.api.conftest import serving
from tests.api.keys import BODY, guarding, make_key
from tests.fakes import FakeEngine


@pytest.fixture(scope="module")
def guarded(tiny, tmp_path_factory):
    with guarding(tiny, f"sqlite:///{tmp_path_factory.mktemp('keys')}/veena3.db") as one:
        yield one


@pytest.fixture(scope="module")
def key(guarded):
    return guarded.key()


@pytest.mark.parametrize("path", ["/v1/tts/generate", "/v1/tts/sse"])
def test_request_without_a_key_is_refused_with_instructions(guarded, path):
    for headers in ({}, {"Authorization": "Bearer"}, {"Authorization": "Basic eDp5"}, {"X-API-Key": ""}):
        answer = guarded.ask("POST", path, headers=headers, json=BODY)
        assert answer.status_code == 401 and answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["error"]["code"] == "INVALID_API_KEY" and "Bearer" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "wrong", ["x", new_secret(), "veena3_" + "a" * 10_000, "' OR 1=1 --"], ids=["short", "made", "long", "SQL"]
)
def test_wrong_key_is_refused_and_not_repeated(guarded, wrong):
    answer = guarded.generate(wrong)
    assert answer.status_code == 401 and answer.json()["error"]["code"] == "INVALID_API_KEY"
    assert wrong == "x" or wrong not in answer.text


@pytest.mark.parametrize(
    "headers", [{"Authorization": "Bearer {}"}, {"Authorization": "bearer {}"}, {"X-API-Key": "{}"}]
)
def test_key_is_accepted_in_either_header(guarded, key, headers):
    filled = {name: value.format(key) for name, value in headers.items()}
    assert guarded.ask("POST", "/v1/tts/generate", headers=filled, json=BODY).status_code == 200


def test_openai_routes_need_a_key_and_answer_in_openai_form(guarded, key):
    body = {"model": "tts-1", "input": "Hello.", "voice": "lipakshi"}
    answer = guarded.ask("POST", "/v1/audio/speech", json=body)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "invalid_api_key"
    assert answer.json()["error"]["type"] == "authentication_error"
    assert guarded.ask("POST", "/v1/audio/speech", key, json=body).status_code == 200
    assert guarded.ask("GET", "/v1/models").status_code == 401
    assert guarded.ask("GET", "/v1/models", key).status_code == 200


def test_expired_key_has_its_own_code(guarded):
    answer = guarded.generate(guarded.key(expires_at=time.time() - 1))
    assert answer.status_code == 401 and answer.json()["error"]["code"] == "EXPIRED_API_KEY"


def test_key_gives_access_to_its_scopes_only(guarded, key):
    other = guarded.key(Scope.DEBUG)
    answer = guarded.generate(other)
    assert answer.status_code == 403 and answer.json()["error"]["code"] == "FORBIDDEN"
    assert "generate" in answer.json()["error"]["message"]
    assert guarded.ask("GET", "/v1/voices", other).status_code == 200
    assert guarded.ask("GET", "/v1/voices").status_code == 401
    for method, path in (("GET", "/v1/keys"), ("POST", "/v1/keys"), ("DELETE", "/v1/keys/key_1")):
        assert (
            guarded.ask(method, path, key, **({"json": {"name": "n"}} if method == "POST" else {})).status_code == 403
        )


@pytest.mark.parametrize("path", ["/health", "/live", "/ready", "/metrics", "/docs", "/openapi.json", "/"])
def test_health_metrics_and_pages_need_no_key(guarded, path):
    assert guarded.ask("GET", path).status_code == 200


def test_admin_key_creates_lists_and_revokes_keys(tiny, database_url):
    with guarding(tiny, database_url) as guarded:
        admin = guarded.key(Scope.ADMIN)
        made = guarded.ask(
            "POST", "/v1/keys", admin, json={"name": "a client", "expires_in_s": 60, "requests_per_minute": 7}
        )
        assert made.status_code == 201
        created, secret = made.json(), made.json()["key"]
        assert (
            created["scopes"] == ["generate"] and created["state"] == "active" and created["requests_per_minute"] == 7
        )
        answer = guarded.generate(secret)
        assert answer.status_code == 200 and answer.headers["x-ratelimit-limit"] == "7"
        listed = guarded.ask("GET", "/v1/keys", admin)
        assert [key["name"] for key in listed.json()["keys"]] == ["a test", "a client"] and secret not in listed.text
        one = guarded.ask("GET", f"/v1/keys/{created['id']}", admin)
        assert one.json() == {name: value for name, value in created.items() if name != "key"}
        gone = guarded.ask("DELETE", f"/v1/keys/{created['id']}", admin)
        assert gone.status_code == 200 and gone.json()["state"] == "revoked"
        assert guarded.generate(secret).status_code == 401, "the process that revokes a key refuses it at once"
        for method in ("GET", "DELETE"):
            assert guarded.ask(method, "/v1/keys/key_none", admin).status_code == 404
        for wrong in ({}, {"name": ""}, {"name": "n", "scopes": ["root"]}, {"name": "n", "more": 1}, {"name": "a\nb"}):
            assert guarded.ask("POST", "/v1/keys", admin, json=wrong).status_code == 400


def test_key_revoked_in_another_process_stops_working_within_the_ttl(tiny, tmp_path):
    url = f"sqlite:///{tmp_path}/veena3.db"
    with guarding(tiny, url, key_cache_ttl_s=0.5) as guarded:
        key, secret = make_key(url, Scope.GENERATE)
        assert guarded.generate(secret).status_code == 200
        revoke(url, key.id)
        guarded.served.until(lambda: guarded.generate(secret).status_code == 401, within_s=5)


def revoke(url: str, key_id: str) -> None:
    async def work() -> None:
        async with open_database(url) as database:
            await KeyStore(database).revoke(key_id)

    asyncio.run(work())


# The WebSocket


async def conversation(guarded, *messages, query="", headers=None):
    """Return the events of a socket and its close code."""
    events = []
    url = f"ws://127.0.0.1:{guarded.served.port}/v1/tts/ws{query}"
    async with connect(url, additional_headers=headers or {}) as socket:
        try:
            for message in messages:
                await socket.send(json.dumps(message))
            while True:
                received = await asyncio.wait_for(socket.recv(), 10)
                if isinstance(received, str):
                    events.append(json.loads(received))
        except ConnectionClosed as closed:
            return events, closed.rcvd.code


SPEAK, END = {"type": "speak", "text": "Hello.", "speaker": "lipakshi"}, {"type": "end"}


@pytest.mark.parametrize("way", ["header", "x-api-key", "query", "first message", "auth message", "older client"])
async def test_socket_accepts_the_key_in_every_way(guarded, key, way):
    messages, query, headers = [SPEAK, END], "", {}
    match way:
        case "header":
            headers = {"Authorization": f"Bearer {key}"}
        case "x-api-key":
            headers = {"X-API-Key": key}
        case "query":
            query = f"?api_key={key}"
        case "first message":
            messages = [SPEAK | {"api_key": key}, END]
        case "auth message":
            messages = [{"type": "auth", "api_key": key}, SPEAK, END]
        case "older client":
            messages = [{"text": "Hello.", "speaker": "lipakshi", "api_key": key}, END]
    events, code = await conversation(guarded, *messages, query=query, headers=headers)
    assert events[0]["type"] == "start" and events[-1]["type"] == "end" and code == 1000


@pytest.mark.parametrize(
    ("messages", "query"),
    [([SPEAK], ""), ([SPEAK | {"api_key": new_secret()}], ""), ([], "?api_key=x"), (["hello"], "")],
)
async def test_socket_without_a_valid_key_is_closed_with_an_error(guarded, messages, query):
    events, code = await conversation(guarded, *messages, query=query)
    assert code == 1008 and events[-1]["error"]["code"] == "INVALID_API_KEY"


async def test_silent_socket_without_a_key_is_closed(guarded, monkeypatch):
    monkeypatch.setattr(greeting, "FIRST_MESSAGE_S", 0.1)
    events, code = await conversation(guarded)
    assert code == 1008 and events[-1]["error"]["code"] == "INVALID_API_KEY"


async def test_silent_sockets_beyond_a_few_are_closed_early(guarded, monkeypatch):
    """Each of them holds an input of the platform's container, and many would start another GPU."""
    monkeypatch.setattr(greeting, "FEW_STRANGERS", 2)
    monkeypatch.setattr(greeting, "STRANGER_S", 0.1)
    async with AsyncExitStack() as stack:
        url = f"ws://127.0.0.1:{guarded.served.port}/v1/tts/ws"
        sockets = [await stack.enter_async_context(connect(url)) for _ in range(6)]
        await asyncio.wait_for(asyncio.gather(*(socket.wait_closed() for socket in sockets[2:])), 5)
        assert [socket.close_code for socket in sockets] == [None, None, 1008, 1008, 1008, 1008]


async def test_socket_refuses_a_key_without_the_generate_scope(guarded):
    other = await asyncio.to_thread(guarded.key, Scope.VOICES)
    events, code = await conversation(guarded, query=f"?api_key={other}")
    assert code == 1008 and events[-1]["error"]["code"] == "FORBIDDEN"


# Without keys


def test_bypass_on_loopback_is_healthy(common):
    health = httpx.get(f"{common.url}/health").json()
    assert health["status"] == "healthy" and health["degraded"] == []
    assert common.generate(seed=1).headers["x-ratelimit-limit"] == "1000000"
    answer = httpx.post(f"{common.url}/v1/tts/generate", json=BODY, headers={"Authorization": "Bearer sk-anything"})
    assert answer.status_code == 200, "with bypass any key is accepted"


def test_bypass_has_no_admin_scope(common):
    assert httpx.get(f"{common.url}/v1/keys").status_code == 403


def test_bypass_beyond_loopback_is_logged_and_degraded(tiny, capsys):
    with serving(tiny, FakeEngine(tiny.vocabulary), Settings(host="0.0.0.0", auth_bypass_mode=True)) as served:
        health = httpx.get(f"{served.url}/health").json()
    assert health["status"] == "degraded" and "AUTH_BYPASS_MODE" in health["degraded"][0]
    output = capsys.readouterr().out
    assert "open_to_strangers" in output and "error" in output


@pytest.mark.parametrize(
    ("host", "open_"),
    [(host, False) for host in ("127.0.0.1", "::1", "localhost")]
    + [(host, True) for host in ("0.0.0.0", "::", "10.0.0.7", "example.org")],
)
def test_hosts_beyond_this_machine_are_detected(host, open_):
    assert Settings(host=host, auth_bypass_mode=True).open_to_strangers is open_
    assert not Settings(host=host, auth_bypass_mode=False).open_to_strangers


def test_keys_are_required_by_default(monkeypatch):
    monkeypatch.delenv("AUTH_BYPASS_MODE")
    assert Settings().auth_bypass_mode is False
