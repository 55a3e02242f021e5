"""Counts of answers: by route and status, and by outcome."""

import httpx
import pytest
from websockets.sync.client import connect

from services.request_runner import RequestRunner
from shared.config import Settings
from tests.api.conftest import serving
from tests.fakes import FakeEngine

SPEECH = {"text": "Hello there.", "speaker": "lipakshi"}
ROUTE = "/v1/tts/generate"


def counted(served, route: str, status: object, *, method: str = "POST") -> float:
    return served.metric("http_requests_total", method=method, route=route, status=str(status))


def outcomes(served) -> dict[str, float]:
    return {kind: served.metric("answers_total", outcome=kind) for kind in ("ok", "client", "left", "failed")}


def test_answers_are_counted_by_route_and_status(served):
    with httpx.Client(base_url=served.url) as client:
        client.post(ROUTE, json=SPEECH)
        client.post(ROUTE, json=SPEECH | {"speaker": "nobody"})
        client.post(ROUTE, content=b"a" * 2_000_000)
        client.get("/ready")
        client.request("BREW", "/no/such/path")
        client.get("/v1/voices/../../etc/passwd")
        served.engine.dead = True
        client.get("/ready")
        client.post(ROUTE, json=SPEECH)
    assert [counted(served, ROUTE, status) for status in (200, 400, 413, 503)] == [1, 1, 1, 1]
    assert [counted(served, "/ready", status, method="GET") for status in (200, 503)] == [1, 1]
    assert counted(served, "other", 404, method="other") == 1
    with connect(f"ws://127.0.0.1:{served.port}/v1/tts/ws") as socket:
        socket.recv()
    served.until(lambda: counted(served, "/v1/tts/ws", 101, method="GET") == 1)
    assert "passwd" not in httpx.get(f"{served.url}/metrics").text


def test_unexpected_fault_is_counted_as_500(served, monkeypatch):
    monkeypatch.setattr(RequestRunner, "open_synthesis", None)
    assert httpx.post(f"{served.url}{ROUTE}", json=SPEECH).status_code == 500
    assert counted(served, ROUTE, 500) == 1 and outcomes(served)["failed"] == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_every_utterance_has_one_outcome(tiny):
    settings = Settings(window_first=4, window_lookahead=3, stall_timeout_s=0.3)
    with serving(tiny, FakeEngine(tiny.vocabulary), settings) as served:
        assert outcomes(served) == {"ok": 0, "client": 0, "left": 0, "failed": 0}
        served.generate()
        served.generate(speaker="nobody")
        served.engine.forever, served.engine.delay_s = True, 0.001
        with httpx.stream("POST", f"{served.url}{ROUTE}", json=SPEECH | {"stream": True}) as answer:
            next(answer.iter_raw())
        served.until(lambda: outcomes(served)["left"] == 1)
        served.engine.fail_after = 8
        served.generate()
        served.generate()
        served.until(lambda: outcomes(served) == {"ok": 1, "client": 1, "left": 1, "failed": 2})


def test_build_and_process_are_exported(common):
    text = httpx.get(f"{common.url}/metrics").text
    assert "veena3_tts_build_info{" in text and "process_resident_memory_bytes " in text
    assert "process_start_time_seconds " in text
