"""The examples that need a framework: livekit_agent, pipecat_bot and notebook, in the environment of `make clients`."""

import json
import os
import subprocess
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from starlette.responses import StreamingResponse

from tests.examples.conftest import EXAMPLES
from tests.servers import on_a_thread

ROOT = Path(__file__).parents[2]
CLIENTS = ROOT / ".venv-clients" / "bin" / "python"
WORDS = "It is ten in the morning."

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not CLIENTS.exists(), reason="NO .venv-clients (`make clients`): EXAMPLES OF AGENTS ARE UNTESTED"
    ),
]


@pytest.fixture
def llm() -> FastAPI:
    """A language model that answers every question with the same words, in OpenAI's API."""
    app = FastAPI()

    @app.post("/v1/chat/completions")
    async def complete() -> StreamingResponse:
        def chunk(delta, finish=None):
            choice = {"index": 0, "delta": delta, "finish_reason": finish}
            names = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "fake"}
            return f"data: {json.dumps(names | {'choices': [choice]})}\n\n"

        words = [chunk({"role": "assistant", "content": f"{word} "}) for word in WORDS.split()]
        return StreamingResponse(iter([*words, chunk({}, "stop"), "data: [DONE]\n\n"]), media_type="text/event-stream")

    return app


def run(guarded, program: str, **environment: str) -> object:
    alone = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | environment
    alone |= {"VEENA3_URL": guarded.served.url, "VEENA3_API_KEY": guarded.key()}
    command = [str(CLIENTS), str(ROOT / "tests/clients" / program), str(EXAMPLES)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=120, env=alone, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize("agent", ["livekit", "pipecat"])
def test_agent_greets_and_answers(guarded, llm, agent):
    with on_a_thread(uvicorn.Server(uvicorn.Config(llm, log_config=None))) as port:
        told = run(guarded, f"example_{agent}.py", OPENAI_BASE_URL=f"http://127.0.0.1:{port}/v1", OPENAI_API_KEY="none")
    assert len(told["turns"]) == 2
    for turn in told["turns"]:
        assert turn["bytes"] > 20_000 and 0 < turn["first_s"] < 5
    assert told["more"] == ({"answer": [WORDS]} if agent == "livekit" else {"errors": []})


def test_cells_of_the_notebook_run(guarded):
    outputs = run(guarded, "notebook.py")
    told = [output for cell in outputs for output in cell]
    assert not [output for output in told if output["output_type"] == "error"]
    assert sum("text/html" in output.get("data", {}) for output in told) == 2  # players
    assert any("first sound after" in output.get("text", "") for output in told)
