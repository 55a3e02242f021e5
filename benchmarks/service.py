"""The service's own CPU time for a second of sound, and what it adds to the first sound: HTTP in, blocks out, no model.

At 1, 16 and 64 streams from an engine that costs and takes nothing, all begun at once. At 300 that come at random
times, one for each that ends: as fast as the simulated H100 makes so many (`benchmarks.load`), with windows decoded
together and one by one, and at twice real time.
"""

import asyncio
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from api.cli.client.arrivals import Until, open_loop
from benchmarks import report
from benchmarks.fake_server import HOP, RATE, TOKENS
from tools.checkpoints.builder import build_checkpoint

STREAMS = (1, 16, 64)
MANY = 300
CASES = {"together": (1.06, "16"), "one_by_one": (1.06, "1"), "twice_as_fast": (2.0, "16")}
"""Times real time at which each of MANY is made, and DECODE_BATCH."""
WAV_BYTES_A_SECOND = 32_000


def cpu_s(pid: int) -> float:
    """User and system time of a process so far (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def one_stream(client: httpx.AsyncClient, url: str) -> tuple[float, float]:
    """Seconds of sound received; ms from the engine's first window to the first audio, as the server says."""
    body = {"text": "A text.", "speaker": "lipakshi", "stream": True}
    async with client.stream("POST", f"{url}/v1/tts/generate", json=body) as answer:
        answer.raise_for_status()
        size = 0
        async for piece in answer.aiter_raw():
            size += len(piece)
    parts = dict(re.findall(r"(\w+);dur=([\d.]+)", answer.headers["server-timing"]))
    return size / WAV_BYTES_A_SECOND, float(parts["first_audio"]) - float(parts["first_token"])


Load = tuple[float, list[float]]
"""Seconds of sound received in all, and every stream's wait for its first audio, in ms."""


async def at_once(url: str, streams: int, rounds: int) -> Load:
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=streams), timeout=120) as client:
        heard = []
        for _ in range(rounds):
            heard += await asyncio.gather(*(one_stream(client, url) for _ in range(streams)))
    return sum(sound_s for sound_s, _ in heard), [first_ms for _, first_ms in heard]


async def open_ended(url: str, pace: float) -> Load:
    """As many as come while the first MANY run, and then as many again; the wait of these is told."""
    stream_s = TOKENS * HOP / RATE / pace
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=None), timeout=120) as client:
        until = Until(seconds=2 * stream_s)
        heard = await open_loop(MANY / stream_s, lambda _: one_stream(client, url), until, seed=1)
    return sum(sound_s for sound_s, _ in heard), [first_ms for _, first_ms in heard[MANY:]]


@contextmanager
def served(checkpoint: Path, *, pace: float, batch: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "benchmarks.fake_server", str(checkpoint), str(pace)]
    environment = os.environ | {"DECODE_BATCH": batch}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        try:
            assert server.stdout is not None
            url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
            asyncio.run(at_once(url, 4, 2))
            yield server, url
        finally:
            server.terminate()


def measure(server: subprocess.Popen[str], load: Coroutine[None, None, Load]) -> dict[str, float]:
    before = cpu_s(server.pid)
    sound_s, firsts = asyncio.run(load)
    firsts.sort()
    return {
        "cpu_ms_a_second_of_sound": round((cpu_s(server.pid) - before) / sound_s * 1000, 3),
        **{
            f"first_window_to_first_audio_ms_p{share}": round(firsts[share * len(firsts) // 100], 1)
            for share in (50, 95, 99)
        },
    }


def main() -> None:
    arguments = report.output_option("service").parse_args()
    figures: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = build_checkpoint(Path(folder) / "checkpoint", "tiny")
        with served(checkpoint, pace=0.0, batch="16") as (server, url):
            for streams in STREAMS:
                figures[f"{streams}_streams"] = measure(server, at_once(url, streams, max(1, 64 // streams)))
        for name, (pace, batch) in CASES.items():
            with served(checkpoint, pace=pace, batch=batch) as (server, url):
                figures[f"{MANY}_streams_{name}"] = measure(server, open_ended(url, pace))
    report.write(arguments.out, figures)


if __name__ == "__main__":
    main()
