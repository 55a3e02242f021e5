"""`veena3 serve` with an engine that a test can kill: `python -m tests.mortal_serve FILE [ARGUMENTS]`.

When FILE exists, the transformers engine raises an accelerator's fault and removes FILE, so that the next process
works. If FILE contains `hang`, closing the engine then never returns.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from shared.process import prepare_process
from tests.servers import free_port

ROOT = Path(__file__).parents[1]
START_S = 240  # longest start of a server, on a busy machine
BODY = {"text": "Hello there.", "speaker": "lipakshi", "seed": 1}


@dataclass
class MortalServer:
    """Running server. `process` is the server's process, or its supervisor's."""

    process: "subprocess.Popen[bytes]"
    port: int
    engine: str
    fault: Path
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def until_ready(self, *, starts: int = 1) -> None:
        """Wait until `starts` processes in succession, this one included, have logged that they are ready."""
        deadline = time.monotonic() + START_S
        while self.log.read_text().count("Veena3 TTS speaks at") < starts:
            alive = time.monotonic() < deadline and self.process.poll() is None
            assert alive, f"not ready in {START_S} s:\n{self.log.read_text()[-3000:]}"
            time.sleep(0.05)

    def speak(self) -> httpx.Response:
        return httpx.post(f"{self.url}/v1/tts/generate", json=BODY, timeout=60)

    def engine_processes(self) -> list[psutil.Process]:
        """Return vLLM's engine process."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        return [child for child in children if "EngineCore" in child.name()]

    def kill_engine(self, *, then: str = "") -> None:
        """Kill vLLM's engine process, or make the transformers engine fail during a request, which then gets a 503."""
        if self.engine == "vllm":
            (process,) = self.engine_processes()
            process.kill()
            return
        self.fault.write_text(then)
        answer = self.speak()
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "GPU_FAULT")


@contextmanager
def mortal_server(checkpoint: Path, folder: Path, *, engine: str, supervised: bool = False) -> Iterator[MortalServer]:
    """Start a server and wait until it is ready. `supervised`: a supervisor restarts it while the context is open."""
    fault, log, port = folder / "fault", folder / "serve.log", free_port()
    command = [sys.executable, "-m", "tests.mortal_serve", str(fault), "serve", "--port", str(port)]
    command += ["--checkpoint", str(checkpoint), "--engine", engine]
    if supervised:
        command = ["sh", "-c", 'until "$@"; do echo "it ended with $?" >&2; done', "supervisor", *command]
    with (
        log.open("wb") as written,
        subprocess.Popen(
            command, cwd=ROOT, env=os.environ, stdout=written, stderr=written, start_new_session=True
        ) as process,
    ):
        try:
            server = MortalServer(process, port, engine, fault, log)
            server.until_ready()
            yield server
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def _serve(fault: Path) -> None:
    import torch

    from api.cli import main, serve
    from core.engines.qwen2 import KeyValueCache, Qwen2Decoder
    from core.engines.transformers_engine import TransformersEngine

    step = Qwen2Decoder.step

    def hang(_engine: TransformersEngine) -> None:
        time.sleep(3600)

    def failing(self: Qwen2Decoder, caches: Sequence[KeyValueCache], ids: torch.Tensor) -> torch.Tensor:
        if not fault.exists():
            return step(self, caches, ids)
        if fault.read_text() == "hang":
            TransformersEngine.close, serve.LEAVE_S = hang, 1
        fault.unlink()
        raise torch.AcceleratorError("a fault injected by the test")

    Qwen2Decoder.step = failing
    main.main()


if __name__ == "__main__":
    prepare_process()
    _serve(Path(sys.argv.pop(1)))
