"""A server process that tests attack from outside."""

import json
import re
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.priority import run_first


class Server:
    """`tests.attack.serve` in a process."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.process, self.port, self.log = process, port, log
        self.url = f"http://127.0.0.1:{port}"

    def connection(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def memory_mb(self) -> float:
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.process.pid}/status").read_text())
        assert found
        return int(found[1]) / 1024

    def speak(self, client: httpx.Client) -> float:
        """Return the seconds of one answer."""
        begun = time.perf_counter()
        body = {"text": "Hello there.", "speaker": "lipakshi", "stream": True}
        answer = client.post(f"{self.url}/v1/tts/generate", json=body)
        assert answer.status_code == 200 and len(answer.content) > 1000
        return time.perf_counter() - begun

    def live_s(self) -> float:
        begun = time.perf_counter()
        assert httpx.get(f"{self.url}/live", timeout=10).status_code == 200
        return time.perf_counter() - begun


@contextmanager
def server(
    tmp_path: Path,
    *,
    engine: str = "fake",
    files: int = 4096,
    settings: dict[str, object] | None = None,
    **limits: float,
) -> Iterator[Server]:
    """Run a server whose databases are in `tmp_path`, with that many file descriptors.

    `limits` are constants of `tests.attack.serve`.
    """
    log = tmp_path / "log"
    asked = {"folder": str(tmp_path), "engine": engine, "limits": limits, "settings": settings or {}}
    command = [sys.executable, "-m", "tests.attack.serve", json.dumps(asked)]

    def prepare() -> None:
        run_first()
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

    with (
        log.open("wb") as output,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=output, preexec_fn=prepare) as process,
    ):
        try:
            assert process.stdout
            yield Server(process, int(process.stdout.readline()), log)
        finally:
            process.kill()
