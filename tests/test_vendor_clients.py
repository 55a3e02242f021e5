"""SDKs and agent frameworks of other vendors, unmodified, in an environment of their own: `make clients`.

Each speaks with a server on the fake engine, whose audio has a known length, and with one on the real engine.
"""

import asyncio
import shutil
from collections.abc import Iterator

import pytest

from api.cli.wyoming.command import serve
from tests.api.keys import Guarded, guarding
from tests.clients.turns import TEXTS
from tests.fakes import FakeEngine
from tests.servers import free_port
from tests.tls import tls_in_front_of
from tests.vendor_clients import CLIENTS, ROOT, check, real_guarding, run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CLIENTS.exists(), reason="NO .venv-clients (`make clients`): VENDORS' CLIENTS ARE UNTESTED"),
]


@pytest.fixture(scope="module", params=["fake", "transformers"])
def guarded(request, tiny, tmp_path_factory) -> Iterator[Guarded]:
    url = f"sqlite:///{tmp_path_factory.mktemp('clients')}/veena3.db"
    engine = FakeEngine(tiny.vocabulary, delay_s=0.02)
    with guarding(tiny, url, engine) if request.param == "fake" else real_guarding(url) as one:
        yield one


def test_elevenlabs_python_sdk(guarded, tmp_path):
    with tls_in_front_of(guarded.served.port, tmp_path) as (port, certificate):
        told, watch = run(guarded, "elevenlabs_sdk.py", f"https://localhost:{port}", SSL_CERT_FILE=str(certificate))
    check(told, watch, turns=6)
    assert ["lipakshi", "premade"] in told["more"]["voices"]
    assert told["more"]["alignments"] == [TEXTS[0]] * 3
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
    assert told["more"]["alignment"] == TEXTS[0]
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


def test_openai_python_sdk(guarded):
    told, watch = run(guarded, "openai_sdk.py")
    check(told, watch, turns=4)
    assert told["errors"] == {
        "voice": "BadRequestError 400",
        "model": "NotFoundError 404",
        "text": "BadRequestError 400",
        "key": "AuthenticationError 401",
    }


@pytest.mark.skipif(shutil.which("node") is None, reason="NO node: THE SDK FOR NODE IS UNTESTED")
def test_openai_node_sdk(guarded):
    told, watch = run(guarded, "openai_node.mjs", str(ROOT / ".venv-clients" / "node_modules"))
    turns = [{"bytes": turn["bytes"], "first_s": turn["firstMs"] / 1000} for turn in told["turns"]]
    check({"turns": turns, "interrupted_at": told["interruptedAt"]}, watch, turns=2)
    assert [told["errors"][name]["name"] for name in ("voice", "model", "input")] == [
        "BadRequestError",
        "NotFoundError",
        "BadRequestError",
    ]


def test_baseten_livekit_plugin(guarded):
    told, watch = run(guarded, "baseten_livekit.py")
    check(told, watch, turns=4)
    assert told["errors"] == {
        "voice, stream": "APIStatusError 500",
        "voice, whole": "APIStatusError 500",
        "key, stream": "APIStatusError 401",
        "key, whole": "APIStatusError 401",
    }


@pytest.mark.parametrize("kind", ["livekit", "pipecat"])
def test_agents_speak_through_their_openai_plugins(guarded, kind):
    told, watch = run(guarded, f"openai_{kind}.py")
    check(told, watch, turns=3)
    assert told["errors"] == (
        {"voice, whole": "APIStatusError 400", "key, whole": "APIStatusError 401"} if kind == "livekit" else {}
    )


async def test_wyoming_client(guarded):
    port, key = free_port(), await asyncio.to_thread(guarded.key)
    bridge = asyncio.create_task(serve("127.0.0.1", port, url=guarded.served.url, key=key, speaker=None))
    try:
        await asyncio.sleep(1)
        assert not bridge.done()
        told, watch = await asyncio.to_thread(run, guarded, "wyoming_turns.py", str(port))
    finally:
        bridge.cancel()
        await asyncio.wait([bridge])
    check(told, watch, turns=3)
    assert told["errors"] == {"voice": "INVALID_SPEAKER"}


def test_cartesia_sdk(guarded):
    told, watch = run(guarded, "cartesia_sdk.py")
    check(told, watch, turns=6)
    assert told["more"] == {"last": "done", "words": f"{TEXTS[0]} {' '.join(TEXTS)}".split()}
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


def test_librosa_reads_streams_and_whole_files(guarded):
    """libsndfile reads a FLAC to its end only where the header states its length, which a stream does not know."""
    told, _ = run(guarded, "librosa_reads.py")
    assert told.pop("flac") in ("ValueError", "LibsndfileError", "NoBackendError")
    assert len(told) == 4 and max(told.values()) - min(told.values()) < 0.05 and told["wav"] >= 1.2
