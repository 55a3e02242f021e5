"""No text, key or audio in logs, metrics, traces or debug pages: all output of a busy server is searched."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from services.accounts.caller import Scope
from tests.api.keys import make_key
from tests.api.test_tracing import STAGES
from tests.collector import collecting
from tests.fake_server import FakeServer, fake_server

WORD, UNKNOWN_KEY = "Quetzalcoatl", "veena3_nobody-has-this-key-4711"
TEXT = f"Said {WORD} thrice."
LONGEST_LINE = 6_000  # a stack trace fits, audio does not


def say(server: FakeServer, path: str, key: str, **body: object) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}"} | body.pop("headers", {})
    body = {"text": TEXT, "speaker": "lipakshi"} | body
    return httpx.post(f"{server.url}{path}", json=body, headers=headers, timeout=120)


def speak_over_sockets(server: FakeServer, key: str) -> None:
    """Send the key in a header, in the address and in the first message; also an unknown key and wrong messages."""
    address = f"ws://127.0.0.1:{server.port}/v1/tts/ws"
    first = {"text": TEXT, "speaker": "lipakshi"}
    ways = [
        (f"{address}?api_key={key}&trace=1", first),
        (address, first | {"type": "speak", "api_key": key}),
        (f"{address}?api_key={UNKNOWN_KEY}", first),
        (f"{address}?api_key={key}", {"type": WORD, WORD: WORD}),
        (f"{address}?api_key={key}", {"type": "text", "context_id": WORD, "text": TEXT}),
    ]
    for url, message in ways:
        with connect(url) as socket, suppress(ConnectionClosed):
            socket.send(json.dumps(message))
            socket.send('{"type": "end"}')
            for _ in socket:
                pass


def refused(server: FakeServer, key: str) -> None:
    """Send requests with the word in every field that is refused."""
    wrong = (
        {WORD: 1},
        {"speaker": WORD},
        {"format": WORD},
        {"lexicon": {WORD: 3}},
        {"speed": WORD},
        {"text": f"{WORD}\0"},
    )
    for change in wrong:
        assert say(server, "/v1/tts/generate", key, **change).status_code == 400
    assert say(server, "/v1/tts/generate", UNKNOWN_KEY).status_code == 401
    assert say(server, f"/{WORD}", key).status_code == 404
    asked = {"model": WORD, "input": TEXT, "voice": WORD}
    httpx.post(f"{server.url}/v1/audio/speech", json=asked, headers={"X-API-Key": key, "X-Request-ID": TEXT})
    httpx.post(f"{server.url}/v1/tts/generate", content=TEXT.encode(), headers={"X-API-Key": key})
    httpx.post(f"{server.url}/log_frontend_event", json={"event": "a", "session": WORD}, headers={"X-API-Key": key})
    with httpx.stream(
        "POST",
        f"{server.url}/v1/tts/generate",
        json={"text": TEXT * 20, "speaker": "lipakshi", "stream": True},
        headers={"X-API-Key": key},
    ) as answer:
        assert answer.status_code == 200  # and leave


def test_no_text_key_or_audio_leaks(tiny_path, tmp_path):
    database = f"sqlite:///{tmp_path}/keys.db"
    key = make_key(database, *Scope)[1]
    settings = {"auth_bypass_mode": False, "database_url": database, "log_level": "DEBUG", "records": "full"}
    log = tmp_path / "log"
    with collecting() as collector, log.open("w") as written:
        settings |= {"otlp_endpoint": collector.url("traces"), "records_path": tmp_path / "records.db"}
        with fake_server(tiny_path, log=written, **settings) as server, ThreadPoolExecutor(4) as pool:
            ways = [
                pool.submit(say, server, "/v1/tts/generate", key),
                pool.submit(say, server, "/v1/tts/generate", key, stream=True, format="opus", normalize_verbose=True),
                pool.submit(say, server, "/v1/tts/generate", key, headers={"Accept": "application/json"}),
                pool.submit(say, server, "/v1/tts/sse", key),
                pool.submit(speak_over_sockets, server, key),
                pool.submit(refused, server, key),
            ]
            answers = [way.result() for way in ways]
            assert [answer.status_code for answer in answers[:4]] == [200] * 4
            told = [
                httpx.get(f"{server.url}{path}", headers={"X-API-Key": key}).text
                for path in ("/metrics", "/audio_debug_stats", "/v1/sessions", "/health", "/v1/tts/health")
            ]
            server.process.terminate()
            server.process.wait(60)
    assert {span.name for span in collector.spans} >= STAGES
    lines = log.read_text()
    events = {json.loads(line)["event"] for line in lines.splitlines()}
    assert events >= {
        "request_received",
        "first_audio_emitted",
        "request_completed",
        "request_failed",
        "request_aborted",
    }
    sound = answers[0].content[1000:1030]
    secrets = [
        WORD,
        WORD.lower(),
        "thrice",
        key,
        key[12:],
        UNKNOWN_KEY,
        base64.b64encode(sound).decode(),
        repr(sound)[2:-1],
    ]
    for page in (lines, *told, collector.received.decode("latin-1")):
        assert [secret for secret in secrets if secret in page] == []
    assert max(map(len, lines.splitlines())) < LONGEST_LINE
