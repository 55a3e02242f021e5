import asyncio
import threading
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest

from api.app import create_app
from shared.config import Settings
from shared.errors import StartupError
from shared.types import Finish
from tests.api.conftest import open_fake_runtime, running, serving
from tests.fakes import FakeEngine


def get(served, path: str) -> httpx.Response:
    return httpx.get(f"{served.url}{path}")


@pytest.mark.parametrize("path", ["/health", "/v1/health", "/v1/tts/health"])
def test_health_reports_model_queue_and_gpu(common, path):
    told = get(common, path).json()
    assert told["status"] in {"healthy", "degraded"} and told["model_loaded"] is True
    assert told["model_version"] == "veena3-built-1" and told["app_version"] and told["uptime_seconds"] >= 0
    assert told["super_resolution_loaded"] is False and told["queue"] == {"running": 0, "waiting": 0}
    assert told["gpu_available"] is (told["gpu"] is not None)


def test_health_and_metrics_report_the_decoder(common):
    told = get(common, "/health").json()["codec"]
    assert told == {"mode": "eager", "threads": 1, "reason": "a fake"}
    assert 'veena3_tts_codec_info{mode="eager",threads="1"} 1.0\n' in get(common, "/metrics").text


def test_live_and_ready_answer_200(common):
    assert get(common, "/live").status_code == 200
    assert get(common, "/ready").status_code == 200


def test_voices_are_listed_and_read_by_id(common):
    told = get(common, "/v1/voices").json()["voices"]
    assert len(told) == 12 and told[0]["id"] == "lipakshi"
    assert get(common, "/v1/voices/lipakshi").json() == told[0]


@pytest.mark.parametrize("path", ["/metrics", "/v1/tts/metrics"])
def test_metrics_are_prometheus_text(common, path):
    common.generate(seed=1)
    answer = get(common, path)
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert 'veena3_tts_requests_total{format="wav",speaker="lipakshi",stream="false"}' in answer.text
    for name in ("ttfb_seconds_bucket", "rtf_bucket", "audio_duration_seconds_sum", "queue_seconds_count"):
        assert f"veena3_tts_{name}" in answer.text
    for line in ("model_loaded 1.0", "super_resolution_loaded 0.0", "requests_running 0.0", "requests_waiting 0.0"):
        assert f"veena3_tts_{line}\n" in answer.text


def test_every_documented_metric_exists(common):
    """These names are part of the interface: dashboards and alerts use them."""
    told = get(common, "/metrics").text
    counted = "requests requests_completed requests_failed requests_aborted tokens_generated client_stalls underruns"
    seen = (
        "ttfb_seconds rtf audio_duration_seconds queue_seconds inter_chunk_gap_seconds frame_jitter_seconds chunks_sent"
    )
    now = "model_loaded model_load_seconds super_resolution_loaded requests_running requests_waiting frame_queue_depth"
    kinds = {"counter": f"{counted} outbox_failures audio_losses", "histogram": f"{seen} decode_batch_size"}
    for kind, names in (kinds | {"gauge": f"{now} outbox_pending"}).items():
        for name in names.split():
            full = f"veena3_tts_{name}" + ("_total" if kind == "counter" else "")
            assert f"# TYPE {full} {kind}\n" in told


def test_requests_before_the_model_is_loaded_have_retry_after(tiny):
    inner = open_fake_runtime(tiny, FakeEngine(tiny.vocabulary))
    loaded = threading.Event()

    @asynccontextmanager
    async def slow(settings):
        await asyncio.to_thread(loaded.wait, 60)
        async with inner(settings) as runtime:
            yield runtime

    app = create_app(Settings(), slow)
    with running(app) as port:
        url = f"http://127.0.0.1:{port}"
        body = {"text": "Hi", "speaker": "lipakshi"}
        early = [
            httpx.get(f"{url}/ready"),
            httpx.post(f"{url}/v1/tts/generate", json=body),
            httpx.get(f"{url}/v1/voices"),
        ]
        for answer in early:
            assert answer.status_code == 503 and answer.json()["error"]["code"] == "MODEL_NOT_LOADED"
            assert int(answer.headers["retry-after"]) > 0
        assert httpx.get(f"{url}/live").status_code == 200
        told = httpx.get(f"{url}/health").json()
        assert told["status"] == "unhealthy" and told["model_loaded"] is False and told["degraded"]
        loaded.set()
        while httpx.get(f"{url}/ready").status_code != 200:
            pass
        assert httpx.post(f"{url}/v1/tts/generate", json=body).status_code == 200


def test_failed_start_is_reported(tiny):
    @asynccontextmanager
    async def wrong(_settings):
        raise StartupError("voices.yaml: no voice")
        yield

    failures = []
    app = create_app(Settings(), wrong, failed=lambda: failures.append(str(app.state.service.failure)))
    with running(app) as port:
        while not failures:
            assert httpx.get(f"http://127.0.0.1:{port}/ready").status_code == 503
    assert failures == ["voices.yaml: no voice"]


def test_dead_engine_breaks_streams_off_and_ends_readiness(served):
    served.engine.fail_after, served.engine.delay_s = 40, 0.005
    with (
        pytest.raises(httpx.RemoteProtocolError),
        httpx.stream(
            "POST", f"{served.url}/v1/tts/generate", json={"text": "Hi", "speaker": "lipakshi", "stream": True}
        ) as answer,
    ):
        assert answer.status_code == 200
        for _ in answer.iter_raw():
            pass
    assert get(served, "/ready").status_code == 503
    assert served.generate().json()["error"]["code"] == "GPU_FAULT"
    told = get(served, "/health").json()
    assert told["status"] == "unhealthy" and "the engine is gone" in told["degraded"]
    assert "veena3_tts_model_loaded 0.0" in get(served, "/metrics").text
    assert 'veena3_tts_requests_failed_total{error_code="GPU_FAULT"}' in get(served, "/metrics").text


@pytest.mark.parametrize(("stream", "length"), [(False, 60), (False, 2), (True, 2)])
def test_failure_before_the_first_audio_has_its_status(served, stream, length):
    served.engine.finish, served.engine.length = Finish.LENGTH, length
    answer = served.generate(stream=stream)
    assert answer.status_code == 500 and answer.json()["error"]["code"] == "GENERATION_FAILED"


def test_failure_after_the_first_audio_breaks_the_body_off(served):
    served.engine.finish = Finish.LENGTH
    with pytest.raises(httpx.RemoteProtocolError):
        served.generate(stream=True)
    served.engine.finish = Finish.STOP
    assert served.generate(stream=True).status_code == 200


def test_speech_without_tokens_is_an_error(served):
    served.engine.length = 0
    for stream in (False, True):
        answer = served.generate(stream=stream)
        assert answer.status_code == 500 and answer.json()["error"]["code"] == "GENERATION_FAILED"


def test_full_queue_refuses_with_retry_after(tiny):
    engine = FakeEngine(tiny.vocabulary, forever=True, delay_s=0.005)
    with serving(tiny, engine, Settings(max_running=1, max_waiting=0)) as served:
        body = {"text": "On and on.", "speaker": "lipakshi", "stream": True}
        with httpx.stream("POST", f"{served.url}/v1/tts/generate", json=body) as first:
            assert first.status_code == 200
            answer = served.generate()
            assert answer.status_code == 503 and answer.json()["error"]["code"] == "SERVICE_UNAVAILABLE"
            assert int(answer.headers["retry-after"]) >= 1


def test_late_first_audio_is_a_timeout(tiny):
    engine = FakeEngine(tiny.vocabulary, delay_s=5)
    with serving(tiny, engine, Settings(first_audio_timeout_s=0.1)) as served:
        answer = served.generate()
        assert answer.status_code == 504 and answer.json()["error"]["code"] == "GENERATION_TIMEOUT"
        assert engine.unfinished == 0


def test_internal_error_gives_no_details(served, caplog):
    served.app.state.service.runtime = lambda: 1 / 0
    answer = served.generate()
    assert answer.status_code == 500 and answer.json()["error"]["code"] == "INTERNAL_ERROR"
    assert "ZeroDivision" not in answer.text and answer.headers["x-request-id"] == answer.json()["request_id"]


def test_chunk_that_fails_before_its_first_audio_is_retried_once(served):
    """The token budget cuts off every first attempt; the second, with another seed, succeeds."""
    stream, seeds = served.engine.stream, []

    async def flaky(prompt):
        seeds.append(prompt.sampling.seed)
        async for delta in stream(prompt):
            if delta.finish and prompt.sampling.seed < 2**31:
                delta = replace(delta, finish=Finish.LENGTH)
            yield delta

    served.engine.stream = flaky
    answer = served.generate(seed=5)
    assert answer.status_code == 200 and answer.headers["x-retries"] == "1"
    assert seeds == [5, 5 + 2**31]
    assert answer.content == served.generate(seed=5).content
    assert "veena3_tts_retries_total 2.0" in get(served, "/metrics").text


def test_complete_answers_are_counted_as_completed(served):
    """A client that leaves after the last byte is not an abort."""
    for stream in (False, True) * 10:
        assert served.generate(stream=stream).status_code == 200
    told = get(served, "/metrics").text
    for stream in ("false", "true"):
        assert f'completed_total{{speaker="lipakshi",status="ok",stream="{stream}"}} 10.0' in told
    assert "requests_aborted_total{" not in told


def test_dead_engine_is_reported_to_the_process(tiny):
    engine, told = FakeEngine(tiny.vocabulary), threading.Event()

    async def lost():
        told.set()

    with running(create_app(Settings(), open_fake_runtime(tiny, engine), lost=lost)) as port:
        while httpx.get(f"http://127.0.0.1:{port}/ready").status_code != 200:
            pass
        assert not told.is_set()
        engine.dead = True  # without any request
        assert told.wait(10)
        assert httpx.get(f"http://127.0.0.1:{port}/ready").json()["error"]["code"] == "GPU_FAULT"
