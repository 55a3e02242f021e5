import base64
import json
import socket

import httpx
import pytest

from core.checkpoint.reading import Checkpoint
from shared.config import Settings
from tests.api.conftest import serving
from tests.fakes import HOP, FakeEngine

BODY = {"text": "Hello there.", "speaker": "lipakshi"}


def ask(served, query="", **more):
    answer = httpx.post(f"{served.url}/v1/tts/sse{query}", json=BODY | more)
    return answer, events_of(answer.text) if answer.status_code == 200 else answer.json()


def events_of(text):
    found = []
    for block in text.strip().split("\n\n"):
        name, data = block.split("\n")
        event = json.loads(data.removeprefix("data: "))
        assert name == f"event: {event['type']}"
        found.append(event)
    return found


def sound_of(events):
    return b"".join(base64.b64decode(event["audio"]) for event in events if event["type"] == "audio")


def test_events_are_in_order_with_the_audio_of_generate(common):
    answer, events = ask(common, seed=3, format="pcm")
    assert answer.headers["content-type"].startswith("text/event-stream") and answer.headers["x-request-id"]
    kinds = [event["type"] for event in events]
    assert kinds[0] == "start" and kinds[1] == "audio" and kinds[-2:] == ["chunk", "end"] and "metrics" not in kinds
    start, end = events[0], events[-1]
    assert start["sample_rate"] == 16_000 and start["format"] == "pcm" and start["seed"] == 3
    assert start["request_id"] == answer.headers["x-request-id"]
    audio = [event for event in events if event["type"] == "audio"]
    assert [event["seq"] for event in audio] == list(range(len(audio)))
    assert sum(event["samples"] for event in audio) == common.engine.length * HOP
    assert sound_of(events) == common.generate(seed=3, format="pcm").content
    assert end["seconds"] == pytest.approx(common.engine.length * HOP / 16_000)
    assert end["tokens"] > 0 and end["seed"] == 3 and end["ttfb_ms"] > 0 and end["rtf"] > 0
    stamps = [event["ts_ms"] for event in events]
    assert stamps == sorted(stamps)


def test_chunk_events_equal_the_chunks_of_the_json_answer(common):
    asked = {"text": "Here is one more sentence of some length. " * 12, "seed": 5}
    _, events = ask(common, **asked)
    told = httpx.post(f"{common.url}/v1/tts/generate", json=BODY | asked, headers={"accept": "application/json"}).json()
    chunks = [event for event in events if event["type"] == "chunk"]
    assert len(chunks) == len(told["chunks"]) > 1
    for ours, theirs in zip(chunks, told["chunks"], strict=True):
        assert (ours["index"], ours["text"]) == (theirs["index"], theirs["text"])
        assert ours["start_s"] == pytest.approx(theirs["start_s"], abs=1e-5)
        assert ours["end_s"] == pytest.approx(theirs["end_s"], abs=1e-5)
    assert [event["type"] for event in events].index("chunk") < len(events) - len(chunks) - 1  # told as they end


def test_start_has_the_spoken_text_and_trace_adds_metrics(common):
    _, events = ask(common, "?trace=1", text="I have 3 cats.", normalize_verbose=True)
    assert events[0]["spoken_text"] == "I have three cats."
    kinds = [event["type"] for event in events]
    assert kinds.count("metrics") == kinds.count("audio") and events[2]["timings_ms"]["first_audio"] > 0


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"speaker": "nobody"}, "INVALID_SPEAKER"),
        ({"colour": 1}, "VALIDATION_ERROR"),
        ({"text": ""}, "VALIDATION_ERROR"),
    ],
)
def test_errors_before_the_first_event_have_their_status(common, more, code):
    answer, told = ask(common, **more)
    assert answer.status_code == 400 and told["error"]["code"] == code


def test_failure_has_a_status_before_the_first_audio_and_is_the_last_event_after_it(served):
    served.engine.fail_after = 0
    answer, told = ask(served)
    assert answer.status_code == 503 and told["error"]["code"] == "GPU_FAULT"
    served.engine.dead, served.engine.fail_after = False, 40
    answer, events = ask(served)
    assert answer.status_code == 200 and events[0]["type"] == "start"
    assert events[-1]["type"] == "error" and events[-1]["error"]["code"] == "GPU_FAULT"
    assert events[-1]["request_id"] == answer.headers["x-request-id"]


def freed(served):
    return served.engine.unfinished == 0 and served.app.state.service.queue == {"running": 0, "waiting": 0}


def connect(served, window=None):
    body = json.dumps(BODY).encode()
    client = socket.socket()
    if window:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
    client.connect(("127.0.0.1", served.port))
    head = (
        "POST /v1/tts/sse HTTP/1.1\r\nHost: localhost\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    client.sendall(head.encode() + body)
    return client


def test_client_that_leaves_frees_the_engine(served):
    served.engine.forever, served.engine.delay_s = True, 0.002
    client = connect(served)
    assert client.recv(4000).startswith(b"HTTP/1.1 200")
    client.close()
    assert served.until(lambda: freed(served)) < 0.1


def test_client_that_never_reads_is_disconnected(tiny: Checkpoint):
    with serving(tiny, FakeEngine(tiny.vocabulary, forever=True, batch=64), Settings(stall_timeout_s=0.3)) as served:
        client = connect(served, window=4096)
        served.until(lambda: served.engine.unfinished)
        served.until(lambda: freed(served), within_s=5)
        assert served.metric("requests_aborted_total", reason="stalled") == 1
        client.close()


def test_mulaw_ignores_the_requested_rate(common):
    _, events = ask(common, format="mulaw", sample_rate=48_000)
    assert events[0]["sample_rate"] == 8_000
    assert events[-1]["seconds"] == pytest.approx(common.engine.length * HOP / 16_000, abs=1e-3)
    assert sound_of(events).startswith(b"RIFF")
