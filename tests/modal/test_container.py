"""The SDK's container runtime with the files that `modal deploy` ships, and the demo voice on either engine.

Tests that share a container run in order, and the last one stops it.
"""

import io
import json
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec

import httpx
import numpy as np
import pytest
import soundfile
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.modal.conftest import ON_CPU
from tests.modal.loopback import START_S, Modal, until
from tests.modal.worker import Worker

SHORT = {"text": "Good morning.", "speaker": "lipakshi", "stream": True}
LONG = SHORT | {"text": "Good morning to all of you. How are you today? " * 20, "seed": 1}

VLLM = pytest.param(
    "vllm",
    marks=[
        pytest.mark.slow,
        pytest.mark.skipif(find_spec("vllm") is None, reason="VLLM IS NOT INSTALLED: it is untested in a container"),
    ],
)


@pytest.fixture(scope="module", params=["transformers", VLLM])
def engine(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def environment(engine) -> dict[str, str]:
    """Return a container's environment on this machine."""
    return ON_CPU | {"ENGINE": engine, "WINDOW_LOOKAHEAD": "20"}  # exact for every split of a stream


@pytest.fixture(scope="module")
def port(engine) -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def plain(deployed, port) -> Modal:
    return deployed(DEPLOY_DIRECT="true", DEPLOY_DIRECT_PORT=str(port))


@pytest.fixture(scope="module")
def first(plain: Modal, environment) -> Worker:
    """Start a container; its first request waits at the platform while it boots."""
    worker = plain.start("Speech", **environment)
    assert ask(plain, "ready").status_code == 200, worker.log.read_text()
    return worker


def ask(platform: Modal, path: str) -> httpx.Response:
    return httpx.get(f"http://{platform.url}/{path}", timeout=START_S)


def speak(platform: Modal, **more: object) -> httpx.Response:
    return httpx.post(f"http://{platform.url}/v1/tts/generate", json=SHORT | more, timeout=START_S)


def streaming(platform: Modal, body: dict[str, object]):
    return httpx.stream("POST", f"http://{platform.url}/v1/tts/generate", json=body, timeout=START_S)


def told(worker: Worker, event: str) -> int:
    return worker.log.read_text().count(f'"event": "{event}"')


def test_http_answers_are_the_same_streamed_and_whole(plain, first):
    streamed, whole = speak(plain, seed=1), speak(plain, seed=1, stream=False)
    assert streamed.status_code == whole.status_code == 200
    sound, rate = soundfile.read(io.BytesIO(whole.content))
    assert rate == 16_000 and 0.3 < len(sound) / rate < 5 and np.abs(sound).max() > 0.05
    # windows of other sizes are summed in another order: a sample may be rounded differently
    np.testing.assert_allclose(soundfile.read(io.BytesIO(streamed.content))[0], sound, rtol=0, atol=2**-15)


def test_websocket_streams_audio(plain, first):
    with connect(f"ws://{plain.url}/v1/tts/ws", close_timeout=START_S) as client:
        client.send(json.dumps(SHORT | {"type": "speak", "stream": True, "format": "pcm"}))
        frames, events = [], [{"type": ""}]
        while events[-1]["type"] != "end":
            message = client.recv(timeout=START_S)
            if isinstance(message, bytes):
                frames.append(message)
            else:
                events.append(json.loads(message))
        client.send(json.dumps({"type": "end"}))
        with pytest.raises(ConnectionClosed):
            client.recv(timeout=START_S)
    assert events[1]["type"] == "start" and client.close_code == 1000
    assert {len(frame) for frame in frames} == {640}
    assert events[-1]["seconds"] == pytest.approx(len(frames) / 50, abs=0.02)


def test_concurrent_inputs_stay_within_the_limit(plain, first):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda seed: speak(plain, seed=seed), range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert 1 < first.most_active <= 3


@pytest.mark.parametrize("how", ["message", "cancel"])
def test_disconnect_of_a_client_ends_its_generation(plain, first, how):
    plain.ingress.disconnect_by = how
    before = told(first, "request_aborted")
    with streaming(plain, LONG) as answer:
        next(answer.iter_raw())
    until(lambda: told(first, "request_aborted") == before + 1, worker=first)
    until(lambda: ask(plain, "health").json()["queue"] == {"running": 0, "waiting": 0}, worker=first)


def test_failed_engine_answers_503_and_its_container_is_replaced(plain, first):
    with connect(f"ws://{plain.url}/v1/tts/ws") as idle, ThreadPoolExecutor(1) as pool:
        idle.send(json.dumps({"type": "ping"}))
        idle.recv(timeout=START_S)
        with pytest.raises(httpx.RemoteProtocolError), streaming(plain, LONG) as answer:
            pieces = answer.iter_raw()
            next(pieces)
            waiting = pool.submit(speak, plain, **LONG | {"stream": False})
            until(lambda: len(first.active) == 3, worker=first)
            first.process.send_signal(signal.SIGUSR2)
            for _ in pieces:
                pass
        refused = waiting.result()
        assert refused.status_code == 503 and refused.json()["error"]["code"] == "GPU_FAULT"
        with pytest.raises(ConnectionClosed):
            idle.recv(timeout=START_S)
        assert idle.close_code == 1011
    assert first.process.wait(START_S) == 0 and told(first, "runtime_lost") == 1
    assert len(first.requests("ContainerStop")) == 1
    assert speak(plain).status_code == 200  # waits for the new container
    until(lambda: len(plain.workers) == 2 and told(plain.workers[1], "request_completed"), worker=plain.workers[-1])


def test_graceful_stop_lets_a_stream_finish(plain, first):
    second = plain.workers[1]
    with streaming(plain, LONG | {"text": LONG["text"][:240]}) as answer:
        pieces = answer.iter_raw()
        body = next(pieces)
        plain.stop(second)
        body += b"".join(pieces)
    assert second.process.wait(START_S) == 0
    assert told(second, "request_completed") == 2 and told(second, "request_aborted") == 0
    assert len(soundfile.read(io.BytesIO(body))[0]) > 16_000


def test_missing_weights_fail_before_the_container_fetches_inputs(plain, environment):
    worker = plain.start("Speech", **environment, CHECKPOINT="/models/empty")
    worker.process.wait(START_S)
    (result,) = worker.results
    assert "CheckpointInvalid" in result.exception and "/empty" in result.exception
    assert told(worker, "startup_failed") == 1 and not worker.requests("FunctionGetInputs")


def test_snapshot_has_the_model_or_the_code_and_a_restored_container_works(deployed, engine, environment):
    """SIGINT, with which Modal preempts a container: it takes no more inputs, drains, and closes the engine."""
    mode = {"transformers": "gpu", "vllm": "cpu"}[engine]  # vLLM needs a GPU for its sleep mode
    platform = deployed(DEPLOY_SNAPSHOT=mode)
    worker = platform.start("Speech", snapshot=True, **environment, DRAIN_S="2")
    assert speak(platform).status_code == 200, worker.log.read_text()
    asked = [name for name, _ in worker.calls]
    assert asked.index("ContainerHello") < asked.index("ContainerCheckpoint") < asked.index("FunctionCallPutDataOut")
    assert ('"event": "ready"' in worker.log_before_checkpoint) == (mode == "gpu")
    assert '"woken"' not in worker.log_before_checkpoint
    assert told(worker, "ready") == 1 and told(worker, "woken") == (mode == "gpu")
    with pytest.raises(httpx.RemoteProtocolError), streaming(platform, LONG) as answer:
        pieces = answer.iter_raw()
        next(pieces)
        worker.process.send_signal(signal.SIGINT)
        begun = time.monotonic()
        for _ in pieces:
            pass
    assert time.monotonic() - begun > 1.5  # Modal's own handler would have cancelled it at once
    assert worker.process.wait(START_S) == 0 and told(worker, "request_aborted") == 1
    assert '"reason": "stopped"' in worker.log.read_text() and len(worker.requests("ContainerStop")) == 1


def test_direct_server_serves_and_stops_when_its_engine_fails(plain, port, environment):
    worker = plain.start("SpeechServer", **environment)
    until(lambda: worker.requests("ContainerServerLifecycleReady"), worker=worker)
    url = f"http://127.0.0.1:{port}"
    assert httpx.get(f"{url}/ready", timeout=START_S).status_code == 200
    spoken = httpx.post(f"{url}/v1/tts/generate", json=SHORT, timeout=START_S)
    assert spoken.status_code == 200 and len(spoken.content) > 10_000
    with ThreadPoolExecutor(1) as pool:
        speaking = pool.submit(httpx.post, f"{url}/v1/tts/generate", json=LONG | {"stream": False}, timeout=START_S)
        until(lambda: told(worker, "request_received") == 2, worker=worker)
        worker.process.send_signal(signal.SIGUSR2)
        assert speaking.result().json()["error"]["code"] == "GPU_FAULT"
    assert worker.process.wait(START_S) == 0
