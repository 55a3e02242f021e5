"""Signed links to audio: made with a key, fetched without one."""

import asyncio
import base64
import random
import time

import httpx
import pytest

from services.accounts.caller import Scope
from services.links import MAX_TOKEN, Link, LinkSigner
from shared.config import Settings
from shared.errors import Forbidden, TextTooLong
from tests.api.conftest import serving
from tests.api.keys import guarding
from tests.fakes import HOP, FakeEngine

BODY = {"text": "Hello there.", "speaker": "lipakshi"}


@pytest.fixture(scope="module")
def guarded(tiny, tmp_path_factory):
    with guarding(tiny, f"sqlite:///{tmp_path_factory.mktemp('links')}/veena3.db") as one:
        yield one


def make(served, key=None, **body):
    headers = {"X-API-Key": key} if key else {}
    return httpx.post(f"{served.url}/v1/tts/stream", json=BODY | body, headers=headers)


def test_link_plays_what_generate_gives(common):
    made = make(common, format="mp3", seed=5)
    assert made.status_code == 201 and abs(made.json()["expires_at"] - time.time() - 3600) < 5
    assert made.json()["url"] == common.url + made.json()["path"]
    for _ in range(2):  # players fetch more than once
        heard = httpx.get(made.json()["url"])
        assert heard.status_code == 200 and heard.headers["content-type"] == "audio/mpeg"
        assert heard.content == common.generate(format="mp3", seed=5, stream=True).content
    started = common.engine.started
    assert httpx.head(made.json()["url"]).headers["content-type"] == "audio/mpeg"
    assert common.engine.started == started


def test_link_of_a_whole_file_has_its_length(common):
    heard = httpx.get(make(common, stream=False).json()["url"])
    assert int(heard.headers["content-length"]) == len(heard.content) == 44 + common.engine.length * HOP * 2


def test_link_needs_no_key_and_counts_for_the_one_that_made_it(guarded):
    key = guarded.key(requests_per_minute=2)
    url = make(guarded.served, key).json()["url"]
    assert [httpx.get(url).status_code for _ in range(3)] == [200, 200, 429]
    assert make(guarded.served).status_code == 401
    assert make(guarded.served, guarded.key(Scope.DEBUG)).status_code == 403


def test_link_of_a_revoked_key_is_refused(guarded):
    admin, key = guarded.key(Scope.ADMIN), guarded.key()
    url = make(guarded.served, key).json()["url"]
    (mine,) = [one for one in guarded.ask("GET", "/v1/keys", admin).json()["keys"] if key.startswith(one["prefix"])]
    assert guarded.ask("DELETE", f"/v1/keys/{mine['id']}", admin).status_code == 200
    answer = httpx.get(url)
    assert answer.status_code == 401 and answer.json()["error"]["code"] == "INVALID_API_KEY"


def test_wrong_links_are_refused(common):
    made = make(common, expires_in_s=1).json()
    path, last = made["path"], made["path"][-5]
    for wrong in (path[:-5] + ("A" if last != "A" else "B") + path[-4:], path[:60], "/v1/tts/stream/x"):
        answer = httpx.get(common.url + wrong)
        assert answer.status_code == 403 and answer.json()["error"]["code"] == "FORBIDDEN"
    assert httpx.get(f"{common.url}/v1/tts/stream/é").json()["error"]["code"] == "VALIDATION_ERROR"
    time.sleep(1.1)
    assert "expired" in httpx.get(made["url"]).json()["error"]["message"]


def test_wrong_requests_get_no_link(common):
    for wrong, code in (
        ({"speaker": "nobody"}, "INVALID_SPEAKER"),
        ({"expires_in_s": 0}, "VALIDATION_ERROR"),
        ({"text": "".join(random.Random(1).choices("abcdefghijklmnop qrstuvwxyz", k=40_000))}, "TEXT_TOO_LONG"),
    ):
        answer = make(common, **wrong)
        assert answer.status_code == 400 and answer.json()["error"]["code"] == code


def test_player_that_leaves_frees_the_engine(served):
    served.engine.forever, served.engine.delay_s = True, 0.002
    with httpx.stream("GET", make(served).json()["url"]) as answer:
        next(answer.iter_raw())
    assert served.until(lambda: not served.engine.unfinished) < 0.5


def test_links_of_one_secret_are_valid_in_every_process(tiny):
    settings = Settings(link_secret="x" * 32, window_first=4, window_lookahead=3)
    with (
        serving(tiny, FakeEngine(tiny.vocabulary), settings) as one,
        serving(tiny, FakeEngine(tiny.vocabulary), settings) as other,
    ):
        path = make(one).json()["path"]
        assert httpx.get(other.url + path).status_code == 200
        assert httpx.get(one.url + path).status_code == 200


def test_token_holds_a_request_and_nothing_is_taken_from_another_signer():
    link = Link("key_0123456789abcdef", int(time.time()) + 60, {"text": "नमस्ते " * 2000, "speaker": "a"})
    signer = LinkSigner("a")
    token = signer.token(link)
    assert len(token) < 400 and signer.read(token) == link
    with pytest.raises(Forbidden):
        LinkSigner("b").read(token)
    with pytest.raises(Forbidden):
        signer.read("A" * (MAX_TOKEN + 1))
    with pytest.raises(TextTooLong):
        signer.token(Link("k", 0, {"text": base64.b64encode(bytes(range(256)) * 1000).decode()}))
    unsigned = base64.urlsafe_b64encode(bytes(32) + b"not compressed").decode()
    with pytest.raises(Forbidden):
        signer.read(unsigned)


async def test_foreign_page_may_play_a_link(common):
    """`<audio src>` of another origin: the signature protects it, not the origin."""
    url = (await asyncio.to_thread(make, common)).json()["url"]
    answer = await asyncio.to_thread(httpx.get, url, headers={"Origin": "https://app.example.com"})
    assert answer.status_code == 200
