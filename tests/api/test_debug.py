"""Audio account: audio that a test drops on purpose is reported between the right stages."""

import json
import timeit
from contextlib import aclosing

import httpx
import pytest
from websockets.sync.client import connect

from api.websocket.send_queue import SendQueue
from audio.limiter import PeakLimiter
from core.generation import ChunkGeneration
from core.request_state import StageStats
from services import audio_debug
from services.accounts.caller import Scope
from shared.types import Pcm
from tests.api.keys import guarding
from tests.fakes import HOP, FakeCodec

TOKENS = 60
CROSSINGS = ["engine → codec", "codec → chunker", "chunker → encoder", "encoder → transport"]


def stats(served, session: str | None = None) -> dict:
    answer = httpx.get(f"{served.url}/audio_debug_stats", params={"session": session} if session else {})
    assert answer.status_code == 200
    return answer.json()


def settled(served) -> dict:
    """Return the account after all requests have ended."""
    served.until(lambda: not served.app.state.service.audio.open_requests, within_s=10)
    return stats(served)


def lost(told: dict) -> dict[str, int]:
    return {loss["stage"]: loss["loss_count"] for loss in told["losses"] if loss["loss_count"]}


def by_socket(served, **asked: object) -> list[bytes]:
    """Speak over a WebSocket and return its frames."""
    frames = []
    with connect(f"ws://127.0.0.1:{served.port}/v1/tts/ws") as socket:
        socket.send(json.dumps({"text": "Hello.", "speaker": "lipakshi"} | asked))
        for message in socket:
            if isinstance(message, bytes):
                frames.append(message)
            elif '"type": "end"' in message:
                break
    return frames


def test_no_audio_is_lost_over_any_transport(served):
    url, body = served.url, {"text": "Hello there.", "speaker": "lipakshi"}
    assert served.generate(stream=True).status_code == 200
    assert served.generate(format="mp3", sample_rate=44100).status_code == 200
    assert served.generate(format="opus", stream=True, speed=1.3, sample_rate=48000).status_code == 200
    for rate in (8000, 16_000, 24_000, 44_100, 48_000):
        for speed in (0.25, 0.77, 1.3, 4.0):
            assert served.generate(format="pcm", stream=True, speed=speed, sample_rate=rate).status_code == 200
    long = body | {"text": "One two three. " * 40}
    whole = httpx.post(f"{url}/v1/tts/generate", json=long, headers={"Accept": "application/json"})
    assert len(whole.json()["chunks"]) > 2
    assert httpx.post(f"{url}/v1/tts/sse", json=body).status_code == 200
    openai = {"model": "tts-1", "input": "Hello.", "voice": "lipakshi"}
    assert httpx.post(f"{url}/v1/audio/speech", json=openai).status_code == 200
    assert by_socket(served, framing="tagged")
    told = settled(served)
    assert told["status"] == "ok" and told["pipeline_efficiency"] == 100 and not lost(told)
    assert [loss["stage"] for loss in told["losses"]] == CROSSINGS
    assert not any(loss["in_flight"] or loss["abandoned"] for loss in told["losses"])
    counts = told["stage_stats"]
    assert counts["engine"]["tokens"] == counts["codec"]["tokens_in"] == TOKENS * served.engine.started
    assert counts["codec"]["samples"] == counts["chunker"]["samples_in"] == TOKENS * served.engine.started * HOP
    assert counts["encoder"]["bytes"] == counts["transport"]["bytes"] > 0
    assert told["total_events"] > 100 and {e["event"] for e in told["recent_events"]} >= {"begun", "first", "sent"}


async def dropping(stream, *, item: int):
    """Yield a stream without one item."""
    async with aclosing(stream):
        number = 0
        async for value in stream:
            if number != item:
                yield value
            number += 1


def test_samples_that_the_codec_does_not_give_are_reported(served, monkeypatch):
    decode = FakeCodec.decode

    async def short(self, window, **more):
        block = await decode(self, window, **more)
        return Pcm(block.samples[5:], block.rate)

    monkeypatch.setattr(FakeCodec, "decode", short)
    served.generate()
    told = settled(served)
    windows = told["stage_stats"]["codec"]["windows"]
    assert lost(told) == {"engine → codec": 5 * windows} and told["status"] == "losing"
    assert told["pipeline_efficiency"] == pytest.approx(100 * (1 - 5 * windows / (TOKENS * HOP)), abs=1e-3)


def test_block_dropped_after_the_codec_is_reported_before_the_chunker(served, monkeypatch):
    sound = ChunkGeneration.sound
    monkeypatch.setattr(ChunkGeneration, "sound", lambda *args: dropping(sound(*args), item=1))
    whole = served.generate(stream=True, format="pcm")
    told = settled(served)
    assert lost(told) == {"codec → chunker": TOKENS * HOP - len(whole.content) // 2}


@pytest.mark.parametrize("speed", [1.0, 1.25])
def test_samples_dropped_before_the_encoder_are_reported_there(served, monkeypatch, speed):
    feed = PeakLimiter.feed
    monkeypatch.setattr(
        PeakLimiter, "feed", lambda self, block: [Pcm(b.samples[1:], b.rate) for b in feed(self, block)]
    )
    whole = served.generate(stream=True, format="pcm", sample_rate=24000, speed=speed)
    told = settled(served)
    assert lost(told) == {"chunker → encoder": round(TOKENS * HOP * 24 / 16 / speed) - len(whole.content) // 2}


def test_frame_dropped_before_the_socket_is_reported_at_the_transport(served, monkeypatch):
    put, seen = SendQueue.put, []

    async def leaky(self, item):
        if item.frame and item.frame.seq == 7:
            seen.append(len(item.frame.data))
        else:
            await put(self, item)

    monkeypatch.setattr(SendQueue, "put", leaky)
    assert len(by_socket(served, format="pcm")) == TOKENS - 1
    told = settled(served)
    assert lost(told) == {"encoder → transport": seen[0]}
    where = next(e for e in told["recent_events"] if e["event"] == "lost")
    assert where["stage"] == "transport" and where["data"] == {"between": "encoder → transport", "amount": seen[0]}
    metrics = httpx.get(f"{served.url}/metrics").text
    assert 'veena3_tts_audio_losses_total{between="encoder → transport"} 1.0' in metrics


def test_bytes_that_a_player_did_not_receive_are_reported(served):
    answer = served.generate(stream=True)
    id, size = answer.headers["x-request-id"], len(answer.content)

    def say(event: str, **data: float) -> None:
        told = {"event": event, "data": data, "session": id}
        assert httpx.post(f"{served.url}/log_frontend_event", json=told).json() == {"status": "ok"}

    settled(served)
    say("received", bytes=size - 100)
    under_way = stats(served, id)["losses"][-1]
    assert under_way["stage"] == "transport → client" and under_way["in_flight"] == 100 and not under_way["loss_count"]
    say("played", samples=3, underruns=1)
    say("ended")
    assert lost(stats(served, id)) == lost(stats(served)) == {"transport → client": 100}
    assert stats(served, id)["stage_stats"]["client"] == {"received": 1, "played": 1, "ended": 1}
    assert stats(served, "another")["stage_stats"]["client"] == {}


def test_audio_for_a_client_that_left_is_abandoned_and_not_lost(served):
    served.engine.forever = True
    body = {"text": "Hi.", "speaker": "lipakshi", "stream": True}
    with httpx.stream("POST", f"{served.url}/v1/tts/generate", json=body) as answer:
        pieces = answer.iter_raw(1000)
        next(pieces)
        sessions = httpx.get(f"{served.url}/v1/sessions").json()["sessions"]
        assert [(s["id"], s["state"], s["paused"]) for s in sessions] == [
            (answer.headers["x-request-id"], "speaking", False)
        ]
    told = settled(served)
    assert not lost(told) and told["pipeline_efficiency"] == 100
    assert sum(loss["abandoned"] for loss in told["losses"]) > 0
    assert not any(loss["in_flight"] for loss in told["losses"])
    assert told["recent_events"][-1]["event"] == "abandoned"


def test_paused_socket_is_listed_and_its_cancelled_audio_is_abandoned(served):
    served.engine.forever = True
    with connect(f"ws://127.0.0.1:{served.port}/v1/tts/ws") as socket:
        socket.send('{"text": "Hello.", "speaker": "lipakshi"}')
        socket.send('{"type": "pause"}')
        full = served.app.state.service.settings.frame_queue
        served.until(lambda: served.app.state.service.audio.unsent_packets >= full, within_s=10)
        one = httpx.get(f"{served.url}/v1/sessions").json()["sessions"][0]
        assert one["paused"] and one["queue_depth"] >= full and one["voice"] == "lipakshi"
        assert f"veena3_tts_frame_queue_depth {one['queue_depth']}.0" in httpx.get(f"{served.url}/metrics").text
        httpx.post(f"{served.url}/reset_audio_debug")
        assert stats(served)["total_events"] == 0  # an open request is not counted in part
        socket.send('{"type": "cancel"}')
        assert stats(served)["losses"] == []
    assert not lost(settled(served)) and served.app.state.service.audio.unsent_packets == 0


def test_sums_outlive_the_kept_requests_and_memory_is_bounded(served, monkeypatch):
    monkeypatch.setattr(audio_debug, "MAX_CLOSED", 2)
    ids = [served.generate().headers["x-request-id"] for _ in range(5)]
    told = settled(served)
    assert told["stage_stats"]["engine"]["tokens"] == 5 * TOKENS
    assert [bool(stats(served, id)["losses"]) for id in ids] == [False, False, False, True, True]
    for number in range(2 * audio_debug.MAX_CLIENT_EVENTS):
        httpx.post(f"{served.url}/log_frontend_event", json={"event": f"e{number}"})
    client = stats(served)["stage_stats"]["client"]
    assert len(client) == audio_debug.MAX_CLIENT_EVENTS + 1 and client["other"] == audio_debug.MAX_CLIENT_EVENTS
    assert len(stats(served)["recent_events"]) <= audio_debug.MAX_EVENTS


WRONG_EVENTS = [
    {},
    {"event": "Bad name"},
    {"event": "x" * 40},
    {"event": "a", "data": {"text": "what was said"}},
    {"event": "a", "data": {f"k{n}": n for n in range(17)}},
    {"event": "a", "session": "s" * 200},
    {"event": "a", "more": 1},
]


@pytest.mark.parametrize("told", WRONG_EVENTS)
def test_player_event_with_other_data_than_numbers_is_refused(common, told):
    refused = httpx.post(f"{common.url}/log_frontend_event", json=told)
    assert refused.status_code == 400 and "what was said" not in refused.text


def test_debug_routes_need_the_debug_scope(tiny, tmp_path):
    with guarding(tiny, f"sqlite:///{tmp_path}/keys.db") as guarded:
        speaking, looking = guarded.key(), guarded.key(Scope.DEBUG)
        event = {"json": {"event": "played"}}
        for method, path, more in (
            ("GET", "/audio_debug_stats", {}),
            ("GET", "/v1/sessions", {}),
            ("POST", "/reset_audio_debug", {}),
            ("POST", "/log_frontend_event", event),
        ):
            answers = [guarded.ask(method, path, key, **more).status_code for key in (None, speaking, looking)]
            assert answers == [401, 403, 200]


def test_counting_costs_less_than_a_microsecond():
    stats = StageStats()
    # Short slices: the fastest of them is free of disturbance by other processes.
    took_s = min(timeit.repeat(lambda: stats.record(1.0, taken=4, given=1280), number=100, repeat=5_000)) / 100
    assert took_s < 1e-6
