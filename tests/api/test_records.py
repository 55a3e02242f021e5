"""Records: each request that was accepted has one, whatever its outcome."""

import asyncio
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from services.accounts.records import journal
from services.accounts.records.archive import Filter, read_archive
from services.accounts.records.outbox import Outbox
from services.accounts.records.record import Outcome, RequestRecord
from shared.config import Settings
from shared.types import Finish
from tests.api.conftest import serving
from tests.fake_server import fake_server
from tests.fakes import FakeEngine
from tests.services.accounts.records.conftest import opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.sqlite"


@contextmanager
def recording(tiny, path: Path, **settings):
    engine = FakeEngine(tiny.vocabulary)
    with serving(tiny, engine, Settings(window_first=4, window_lookahead=3, records_path=path, **settings)) as served:
        yield served


def only(path: Path) -> RequestRecord:
    (record,) = read_archive(path, Filter())
    return record


@pytest.mark.parametrize("stream", [False, True])
def test_complete_answer_has_a_record(tiny, path, stream):
    asked = {"text": "Hello, नमस्ते.", "seed": 5, "temperature": 0.5, "speed": 2.0, "lexicon": {"AP": "ay pee"}}
    with recording(tiny, path, records="full") as served:
        answer = served.generate(**asked, stream=stream, format="pcm")
        record = only(path)
    assert record.request_id == answer.headers["x-request-id"] and record.key_id == "anonymous"
    assert record.outcome is Outcome.OK and record.error_code is None
    assert {name: getattr(record, name) for name in asked} == asked
    assert record.text_sha256 == sha256(asked["text"].encode()).hexdigest()
    assert record.speaker == "lipakshi" and record.format == "pcm" and record.stream is stream
    assert record.audio_s == pytest.approx(len(answer.content) / 2 / 16_000)
    assert record.tokens and record.chunks == 1 and 0 < record.ttfb_s <= record.took_s


def test_text_is_not_on_the_disk_when_records_keep_hashes(tiny, path):
    text = "Nobody may ever read this."
    with recording(tiny, path, records="hash") as served:
        served.generate(text=text, lexicon={"ever": "never"})
        record = only(path)
        assert (record.text, record.lexicon, record.characters) == (None, None, len(text))
        assert record.text_sha256 == sha256(text.encode()).hexdigest()
        assert not any(b"may ever" in file.read_bytes() for file in path.parent.iterdir())
    assert not any(b"may ever" in file.read_bytes() for file in path.parent.iterdir())


def test_records_off_writes_no_file(tiny, path):
    with recording(tiny, path, records="off") as served:
        assert served.generate().status_code == 200
        assert httpx.get(f"{served.url}/health").json()["records"] == {"store": "off", "pending": 0, "refused": 0}
    assert not list(path.parent.iterdir())


def test_failed_request_is_recorded(tiny, path):
    with recording(tiny, path, records="full") as served:
        served.engine.finish = Finish.LENGTH
        assert served.generate().status_code == 500
        served.until(lambda: only(path).outcome is Outcome.FAILED)
    assert only(path).error_code == "GENERATION_FAILED"


def test_client_that_leaves_is_recorded(tiny, path):
    with recording(tiny, path, records="full") as served:
        served.engine.forever, served.engine.delay_s = True, 0.002
        body = {"text": "On and on.", "speaker": "lipakshi", "stream": True}
        with httpx.stream("POST", f"{served.url}/v1/tts/generate", json=body) as answer:
            pieces = answer.iter_bytes(4000)  # kept: a generator that is dropped closes the connection
            next(pieces)
            served.until(lambda: only(path).outcome is Outcome.RUNNING)
        served.until(lambda: only(path).outcome is Outcome.CLIENT_LEFT)
    assert only(path).audio_s > 0


def test_text_that_arrives_in_pieces_is_recorded_as_one(tiny, path):
    with (
        recording(tiny, path, records="full") as served,
        connect(f"ws://127.0.0.1:{served.port}/v1/tts/ws") as socket,
    ):
        for text in ("One sentence. Another", " sentence. And", " the last."):
            socket.send(json.dumps({"type": "text", "context_id": "c", "speaker": "lipakshi", "text": text}))
        socket.send(json.dumps({"type": "end", "context_id": "c"}))
        while not isinstance(message := socket.recv(), str) or json.loads(message)["type"] != "end":
            pass
        served.until(lambda: only(path).outcome is Outcome.OK)
    assert only(path).text == "One sentence. Another sentence. And the last."


def test_health_reports_the_records_store(tiny, path):
    with recording(tiny, path, records="full") as served:
        told = httpx.get(f"{served.url}/health").json()
        assert told["records"] == {"store": "local", "pending": 0, "refused": 0} and told["status"] == "healthy"
        assert "veena3_tts_outbox_pending 0.0\n" in httpx.get(f"{served.url}/metrics").text


@pytest.mark.parametrize("stream", [False, True])
def test_no_audio_is_sent_before_its_record_is_on_the_disk(tiny, path, stream, monkeypatch):
    """The disk takes the first record only after the test has looked for audio."""
    flushing, looked = threading.Event(), threading.Event()
    flush = Outbox.flush

    async def slow(self: Outbox) -> None:
        flushing.set()
        await asyncio.to_thread(looked.wait)
        await flush(self)

    monkeypatch.setattr(Outbox, "flush", slow)
    monkeypatch.setattr(journal, "WRITTEN_S", 60.0)
    with recording(tiny, path, records="full") as served, ThreadPoolExecutor(1) as pool:
        asked = pool.submit(served.generate, stream=stream)
        try:
            assert flushing.wait(60)
            served.until(lambda: served.engine.last_token_at, within_s=60)
            served.stand_still()
            assert not served.metric("ttfb_seconds_count") and not list(read_archive(path, Filter()))
        finally:
            looked.set()
        assert asked.result().status_code == 200 and only(path).outcome is Outcome.OK


def test_killed_process_has_a_record_of_every_request_that_gave_audio(tiny_path, path):
    """Kill the server under load. Complete answers are recorded as ok, partial ones as interrupted."""
    received: dict[str, bool] = {}
    killed = threading.Event()

    def speak(voice: int, url: str) -> None:
        # The first client's answer is too long to be complete, so at least one is interrupted.
        body = {"text": "Hello there. " * (500 if voice == 0 else 1), "speaker": "lipakshi", "stream": True}
        for n in range(1_000):
            name = f"request-{voice}-{n}"
            with httpx.stream(
                "POST", f"{url}/v1/tts/generate", json=body, headers={"X-Request-ID": name}, timeout=120
            ) as answer:
                for _ in answer.iter_raw():
                    received.setdefault(name, False)
                received[name] = True

    def speak_until_killed(voice: int, url: str) -> None:
        with pytest.raises(httpx.HTTPError):
            speak(voice, url)
        assert killed.is_set()

    with fake_server(tiny_path, records="full", records_path=path) as server, ThreadPoolExecutor(6) as pool:
        asked = [pool.submit(speak_until_killed, voice, server.url) for voice in range(6)]
        deadline = time.monotonic() + 60
        while sum(received.values()) < 10 or "request-0-0" not in received:
            assert time.monotonic() < deadline
            time.sleep(0.001)
        killed.set()
        server.process.kill()
        server.process.wait()
        for one in asked:
            one.result()
    recover(path)
    records = list(read_archive(path, Filter()))
    found = {record.request_id: record.outcome for record in records}
    assert len(found) == len(records)
    assert set(found.values()) == {Outcome.OK, Outcome.INTERRUPTED} and found["request-0-0"] is Outcome.INTERRUPTED
    assert received.keys() <= found.keys()
    assert {found[name] for name, whole in received.items() if whole} == {Outcome.OK}


def recover(path: Path) -> None:
    """Open the file as the next process does."""

    async def open_once() -> None:
        async with opened(path):
            pass

    asyncio.run(open_once())
