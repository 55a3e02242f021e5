"""Foreign pages and foreign host names, with a plain client and in a real Chromium."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from playwright.async_api import async_playwright
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from shared.config import Settings, read_settings
from shared.errors import StartupError
from tests.api.conftest import CHROMIUM, Served, serving
from tests.fakes import FakeEngine

APP = "https://app.example.com"
FOREIGN = "https://evil.example"
BODY = {"text": "Hello there.", "speaker": "lipakshi"}


@contextmanager
def keyless(tiny, **settings: object) -> Iterator[Served]:
    given = {"auth_bypass_mode": True, "window_first": 4, "window_lookahead": 3} | settings
    with serving(tiny, FakeEngine(tiny.vocabulary), Settings(**given)) as served:
        yield served


@pytest.fixture(scope="module")
def laptop(tiny) -> Iterator[Served]:
    """A service that asks for no key, and lets the pages of one app in."""
    with keyless(tiny, cors_origins=APP) as served:
        yield served


def post(served: Served, path: str = "/v1/tts/generate", **headers: str) -> httpx.Response:
    return httpx.post(f"{served.url}{path}", json=BODY, headers=headers)


@pytest.mark.parametrize("path", ["/v1/tts/generate", "/v1/tts/sse", "/v1/audio/speech", "/reset_audio_debug"])
def test_foreign_page_changes_nothing_where_no_key_is_asked_for(laptop, path):
    answer = post(laptop, path, Origin=FOREIGN)
    assert answer.status_code == 403 and "CORS_ORIGINS" in answer.text


@pytest.mark.parametrize(
    "origin", ["null", "http://127.0.0.1", "https://app.example.com.evil.example", "evil", "", "http://["]
)
def test_origin_must_match_exactly(laptop, origin):
    assert post(laptop, Origin=origin).status_code == 403


def test_own_page_and_listed_page_and_plain_client_are_served(laptop):
    answers = [post(laptop), post(laptop, Origin=laptop.url), post(laptop, Origin=APP)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert answers[2].headers["access-control-allow-origin"] == APP
    assert "access-control-allow-origin" not in answers[1].headers


def test_preflight_of_a_listed_page_is_granted_with_a_key(laptop):
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-api-key,content-type"}
    granted = httpx.options(f"{laptop.url}/v1/tts/generate", headers=asked | {"Origin": APP})
    assert granted.status_code == 200 and "x-api-key" in granted.headers["access-control-allow-headers"]
    refused = httpx.options(f"{laptop.url}/v1/tts/generate", headers=asked | {"Origin": FOREIGN})
    assert "access-control-allow-origin" not in refused.headers


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "localhost.evil.example", "10.0.0.1", "[", ""])
@pytest.mark.parametrize("path", ["/v1/sessions", "/health", "/metrics", "/"])
def test_foreign_host_name_is_refused_on_loopback(laptop, host, path):
    with socket.create_connection(("127.0.0.1", laptop.port)) as held:
        held.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        assert b"".join(iter(lambda: held.recv(4096), b"")).startswith((b"HTTP/1.1 403", b"HTTP/1.1 400"))


@pytest.mark.parametrize("host", ["localhost", "localhost:80", "127.0.0.1:1", "[::1]:8000", "app.example.com"])
def test_names_of_this_machine_and_of_the_listed_app_are_served(laptop, host):
    assert httpx.get(f"{laptop.url}/health", headers={"Host": host}).status_code == 200


def test_socket_of_a_foreign_page_is_refused(laptop):
    url = f"ws://127.0.0.1:{laptop.port}/v1/tts/ws"
    with pytest.raises(InvalidStatus) as refused:
        connect(url, origin=FOREIGN)
    assert refused.value.response.status_code == 403
    for origin in (APP, laptop.url, None):
        connect(url, origin=origin).close()


def test_where_keys_protect_requests_only_sockets_are_checked(tiny, tmp_path):
    with keyless(tiny, auth_bypass_mode=False, database_url=f"sqlite:///{tmp_path}/keys.db") as served:
        assert post(served, Origin=FOREIGN, Host="tts.example.com").status_code == 401
        with pytest.raises(InvalidStatus):
            connect(f"ws://127.0.0.1:{served.port}/v1/tts/ws", origin=FOREIGN)


@pytest.mark.parametrize("origins", ["app.example.com", "https://app.example.com/", "*", "https://a b"])
def test_setting_names_whole_origins(origins, monkeypatch):
    monkeypatch.setenv("CORS_ORIGINS", origins)
    with pytest.raises(StartupError, match=r"CORS_ORIGINS.*must be an origin such as https://app\.example\.com"):
        read_settings(Settings)


PAGE = b"""<!doctype html><script>
async function tried(url, how) {
  try { const answer = await fetch(url, how); return answer.status + " " + (await answer.arrayBuffer()).byteLength; }
  catch { return "blocked"; }
}
const socket = (url) => new Promise((told) => {
  const opened = new WebSocket(url);
  opened.onopen = () => told("open"); opened.onerror = () => told("blocked");
});
</script>"""


class ForeignSite(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_: object) -> None:
        """Write nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), ForeignSite) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


async def attempts(page_url: str, service: str) -> list[str]:
    """Return what a page in Chromium reaches: a read, a JSON request, a form-like request, a socket."""
    args = ["--no-sandbox"]
    body = '{"text": "Hello there.", "speaker": "lipakshi"}'
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=args)
        page = await browser.new_page()
        await page.goto(page_url)
        found = [
            await page.evaluate(f"tried('{service}/v1/sessions', {{}})"),
            await page.evaluate(
                f"tried('{service}/v1/tts/generate', {{method: 'POST', body: '{body}',"
                " headers: {'Content-Type': 'application/json'}})"
            ),
            await page.evaluate(f"tried('{service}/reset_audio_debug', {{method: 'POST'}})"),
            await page.evaluate(f"socket('{service.replace('http', 'ws', 1)}/v1/tts/ws')"),
        ]
        await browser.close()
        return found


@pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM: foreign pages are untested")
def test_foreign_page_in_chromium_is_blocked_until_its_origin_is_listed(tiny, site):
    with keyless(tiny) as served:
        assert asyncio.run(attempts(site, served.url)) == ["blocked"] * 4
    with keyless(tiny, cors_origins=site) as served:
        read, spoken, reset, opened = asyncio.run(attempts(site, served.url))
    assert read.startswith("200") and reset.startswith("200") and opened == "open"
    assert int(spoken.split()[1]) > 1000


@pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM: rebinding is untested")
def test_rebound_name_in_chromium_reads_nothing(tiny):
    """`evil.example` resolves to this machine, so that for the browser page and service are of one origin."""
    with keyless(tiny) as served:

        async def visit() -> tuple[int, str]:
            async with async_playwright() as playwright:
                rules = ["--no-sandbox", "--host-resolver-rules=MAP evil.example 127.0.0.1"]
                browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=rules)
                page = await browser.new_page()
                answer = await page.goto(f"http://evil.example:{served.port}/v1/sessions")
                assert answer
                found = answer.status, await answer.text()
                await browser.close()
                return found

        status, text = asyncio.run(visit())
    assert status == 403 and "sessions" not in text


@pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM: rebinding is untested")
def test_page_of_a_rebound_name_neither_speaks_nor_opens_a_socket(tiny):
    """The page was loaded before its name was rebound: for the browser, page and service are of one origin."""
    with keyless(tiny) as served:
        site = f"http://evil.example:{served.port}"

        async def visit() -> list[str]:
            async with async_playwright() as playwright:
                # Chromium's own check would stop the page, which came from no address; other browsers have none.
                rules = ["--no-sandbox", "--host-resolver-rules=MAP evil.example 127.0.0.1"]
                rules.append("--disable-features=LocalNetworkAccessChecks")
                browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=rules)
                page = await browser.new_page()
                await page.route(f"{site}/attack", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
                await page.goto(f"{site}/attack")
                body = (
                    f"{{method: 'POST', body: '{json.dumps(BODY)}', headers: {{'Content-Type': 'application/json'}}}}"
                )
                found = [
                    await page.evaluate("tried('/v1/sessions', {})"),
                    await page.evaluate(f"tried('/v1/tts/generate', {body})"),
                    await page.evaluate(f"socket('ws://evil.example:{served.port}/v1/tts/ws')"),
                ]
                await browser.close()
                return found

        read, spoken, opened = asyncio.run(visit())
        assert read.startswith("403 ") and spoken.startswith("403 ") and opened == "blocked"
        assert served.metric("tokens_generated_total") == 0
