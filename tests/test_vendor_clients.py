"""SDKs and agent frameworks of other vendors, unmodified, in an environment of their own: `make clients`."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.api.keys import Guarded, guarding
from tests.fakes import HOP, FakeEngine
from tests.tls import tls_in_front_of

ROOT = Path(__file__).parents[1]
CLIENTS = ROOT / ".venv-clients" / "bin" / "python"
WITHIN_S = 0.1
"""Seconds within which an interruption frees the engine."""
TURN = 60 * HOP * 2
"""Bytes of a turn of one chunk, as PCM at 16 kHz."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CLIENTS.exists(), reason="NO .venv-clients (`make clients`): VENDORS' CLIENTS ARE UNTESTED"),
]


@dataclass
class Watch:
    """Number of the engine's abandoned requests over time, on the clock that all processes share."""

    changes: list[tuple[float, int]]

    def freed_after(self, moment: float) -> float:
        """Return the seconds from a moment until the engine had abandoned the requests that it worked on."""
        abandoned = [at for at, _ in self.changes if moment < at < moment + 1]
        assert abandoned, "the engine worked on nothing, or was not told of the interruption"
        return abandoned[-1] - moment


@contextmanager
def watching(engine: FakeEngine) -> Iterator[Watch]:
    watch, stop = Watch([(0.0, engine.abandoned)]), threading.Event()

    def look() -> None:
        while not stop.wait(0.001):
            if engine.abandoned != watch.changes[-1][1]:
                watch.changes.append((time.perf_counter(), engine.abandoned))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield watch
    finally:
        stop.set()
        thread.join()


@pytest.fixture(scope="module")
def guarded(tiny, tmp_path_factory) -> Iterator[Guarded]:
    engine = FakeEngine(tiny.vocabulary, delay_s=0.02)
    with guarding(tiny, f"sqlite:///{tmp_path_factory.mktemp('clients')}/veena3.db", engine) as one:
        yield one


def run(guarded: Guarded, client: str, *more: str, **environment: str) -> tuple[dict, Watch]:
    """Run a client; return what it told and what the engine did meanwhile."""
    program = ROOT / "tests" / "clients" / client
    runtime = str(CLIENTS) if program.suffix == ".py" else "node"
    command = [runtime, str(program), guarded.served.url, guarded.key(), *more]
    alone = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | environment
    with watching(guarded.served.engine) as watch:
        done = subprocess.run(command, capture_output=True, check=False, timeout=120, env=alone, text=True)
        assert done.returncode == 0, done.stderr[-3000:]
        guarded.served.until(lambda: not guarded.served.engine.unfinished, within_s=20)
        time.sleep(0.01)
    return json.loads(done.stdout), watch


def check(told: dict, watch: Watch, *, turns: int, within_s: float = WITHIN_S) -> None:
    """Check the turns of a client: complete, first audio long before the end, and the engine free once interrupted."""
    assert len(told["turns"]) == turns
    for turn in told["turns"]:
        assert turn["bytes"] >= TURN and 0 < turn["first_s"] < 5
    if not told["interrupted_at"]:
        return
    freed_s = watch.freed_after(told["interrupted_at"])
    first_s = [round(turn["first_s"], 3) for turn in told["turns"]]
    sys.stdout.write(f"first audio after {first_s} s, engine free {freed_s * 1000:.0f} ms after the interruption\n")
    assert freed_s < within_s


def test_elevenlabs_python_sdk(guarded, tmp_path):
    with tls_in_front_of(guarded.served.port, tmp_path) as (port, certificate):
        told, watch = run(guarded, "elevenlabs_sdk.py", f"https://localhost:{port}", SSL_CERT_FILE=str(certificate))
    check(told, watch, turns=6)
    assert ["lipakshi", "premade"] in told["more"]["voices"]
    assert told["errors"] == {
        "voice": "ApiError 404",
        "text": "UnprocessableEntityError 422",
        "key": "ApiError 401",
        "socket key": "ApiError 1008",
    }


@pytest.mark.skipif(shutil.which("node") is None, reason="NO node: THE SDK FOR NODE IS UNTESTED")
def test_elevenlabs_node_sdk(guarded):
    told, watch = run(guarded, "elevenlabs_node.mjs", NODE_CLIENTS=str(ROOT / ".venv-clients"))
    check(told, watch, turns=5)
    assert ["lipakshi", "premade"] in told["more"]["voices"]
    assert told["errors"] == {
        "voice": "ElevenLabsError 404",
        "text": "UnprocessableEntityError 422",
        "key": "ElevenLabsError 401",
    }


def test_elevenlabs_livekit_plugin(guarded):
    told, watch = run(guarded, "elevenlabs_livekit.py")
    check(told, watch, turns=5)
    assert "lipakshi" in told["more"]["voices"]
    assert told["errors"] == {
        "voice, stream": "APIStatusError -1",
        "voice, whole": "APIStatusError 404",
        "key, stream": "APIStatusError 401",
        "key, whole": "APIStatusError 401",
    }


@pytest.mark.parametrize("kind", ["socket", "http"])
def test_elevenlabs_pipecat_services(guarded, kind):
    told, watch = run(guarded, "elevenlabs_pipecat.py", kind)
    check(told, watch, turns=3)
    assert told["more"]["errors"] == []


def test_cartesia_sdk(guarded):
    told, watch = run(guarded, "cartesia_sdk.py")
    check(told, watch, turns=6)
    assert told["more"] == {"last": "done"}
    assert told["errors"] == {
        "voice": "NotFoundError 404",
        "voice, socket": "error 404 voice_not_found",
        "format": "BadRequestError 400",
        "key": "AuthenticationError 401",
    }


def test_cartesia_livekit_plugin(guarded):
    told, watch = run(guarded, "cartesia_livekit.py")
    check(told, watch, turns=4)
    assert told["errors"] == {
        "voice, stream": "APIError",
        "voice, whole": "APIStatusError 404",
        "key, stream": "APIStatusError 401",
        "key, whole": "APIStatusError 401",
    }


@pytest.mark.parametrize("kind", ["socket", "http"])
def test_cartesia_pipecat_services(guarded, kind):
    told, watch = run(guarded, "cartesia_pipecat.py", kind)
    check(told, watch, turns=3)
    assert told["more"]["errors"] == []


def test_deepgram_sdk(guarded):
    told, watch = run(guarded, "deepgram_sdk.py")
    check(told, watch, turns=5)
    assert told["more"] == {"rest": True}
    assert told["errors"] == {"voice": "BadRequestError 400", "key": "ApiError 401", "socket key": "InvalidStatus"}


def test_deepgram_livekit_plugin(guarded):
    told, watch = run(guarded, "deepgram_livekit.py")
    check(told, watch, turns=4)
    assert told["errors"] == {
        "voice, stream": "APIError",
        "voice, whole": "APIStatusError 400",
        "key, stream": "APIStatusError 401",
        "key, whole": "APIStatusError 401",
    }


@pytest.mark.parametrize("kind", ["socket", "http"])
def test_deepgram_pipecat_services(guarded, kind):
    told, watch = run(guarded, "deepgram_pipecat.py", kind)
    check(told, watch, turns=3)
    assert told["more"]["errors"] == []
