"""The service's own CPU time for a second of sound, at 1, 16 and 64 streams at once: HTTP in, blocks out, no model."""

import asyncio
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx

from benchmarks import report
from core.checkpoint.builder import build_checkpoint

STREAMS = (1, 16, 64)
SECONDS_A_STREAM = 20.0
WAV_BYTES_A_SECOND = 32_000


def cpu_s(pid: int) -> float:
    """User and system time of a process so far (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def one_stream(client: httpx.AsyncClient, url: str) -> float:
    """Seconds of sound received."""
    body = {"text": "A text.", "speaker": "lipakshi", "stream": True}
    async with client.stream("POST", f"{url}/v1/tts/generate", json=body) as answer:
        answer.raise_for_status()
        size = 0
        async for piece in answer.aiter_raw():
            size += len(piece)
    return size / WAV_BYTES_A_SECOND


async def load(url: str, streams: int, rounds: int) -> float:
    limits = httpx.Limits(max_connections=streams)
    async with httpx.AsyncClient(limits=limits, timeout=60) as client:
        total = 0.0
        for _ in range(rounds):
            total += sum(await asyncio.gather(*(one_stream(client, url) for _ in range(streams))))
    return total


def measure(server: subprocess.Popen[str]) -> dict[str, float]:
    assert server.stdout is not None
    url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
    asyncio.run(load(url, 4, 2))
    figures = {}
    for streams in STREAMS:
        before = cpu_s(server.pid)
        sound_s = asyncio.run(load(url, streams, max(2, 64 // streams)))
        figures[f"cpu_ms_a_second_of_sound_at_{streams}_streams"] = round(
            (cpu_s(server.pid) - before) / sound_s * 1000, 3
        )
    return figures


def main() -> None:
    arguments = report.output_option("service").parse_args()
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = build_checkpoint(Path(folder) / "checkpoint", "tiny")
        command = [sys.executable, "-m", "benchmarks.fake_server", str(checkpoint)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            try:
                figures = measure(server)
            finally:
                server.terminate()
    report.write(arguments.out, figures)


if __name__ == "__main__":
    main()
