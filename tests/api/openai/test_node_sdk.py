"""OpenAI's SDK for Node, unmodified, with a running server."""

import json
import shutil
import subprocess
import time
from contextlib import aclosing
from pathlib import Path

import pytest

from tests.api.client import WITHIN_S
from tests.fakes import HOP

PROGRAM = Path(__file__).parents[2] / "clients" / "openai_node.mjs"
SDK = "openai@6"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("npm") is None, reason="NO NPM: OpenAI's SDK for Node is untested"),
]


@pytest.fixture(scope="module")
def modules(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("node")
    install = ["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", str(folder), SDK]
    if subprocess.run(install, check=False, timeout=120).returncode:
        pytest.skip("NO NPM REGISTRY: OpenAI's SDK for Node is untested")
    return folder / "node_modules"


def test_node_sdk_speaks_interrupts_and_raises_its_errors(served, modules):
    begun, freed_at = 0, list[float]()
    speak = served.engine.stream

    async def stream(prompt):
        nonlocal begun
        begun += 1
        served.engine.forever = begun > 2  # the third speech, which is interrupted, and its chunk made ahead
        try:
            async with aclosing(speak(prompt)) as deltas:
                async for delta in deltas:
                    yield delta
        finally:
            freed_at.append(time.perf_counter())

    served.engine.stream, served.engine.delay_s = stream, 0.002
    command = ["node", str(PROGRAM), served.url, "none", str(modules)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["models"][0] == "veena3-built" and "tts-1" in told["models"]
    for turn in told["turns"]:
        assert turn["type"] == "audio/pcm;rate=24000;channels=1" and 0 < turn["firstMs"] < 1000
        assert turn["bytes"] / 2 / 24_000 == pytest.approx(served.engine.length * HOP / 16_000, abs=0.01)
    assert told["errors"] == {
        "voice": {"name": "BadRequestError", "code": "invalid_speaker", "param": "voice", "status": 400},
        "model": {"name": "NotFoundError", "code": "model_not_found", "param": "model", "status": 404},
        "input": {"name": "BadRequestError", "code": "validation_error", "param": "input", "status": 400},
    }
    served.until(lambda: 3 <= begun == len(freed_at))
    assert 0 <= freed_at[-1] - told["interruptedAt"] < WITHIN_S
