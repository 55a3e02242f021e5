"""Measure the service's own CPU time per second of sound, and its delay of the first sound, over HTTP without a model.

1, 16 and 64 streams start at once, with an engine that answers immediately. 300 streams arrive at random times, at the
rate at which streams end: with the pace of the simulated H100 at that load (`benchmarks.load`), with and without
batches, and at twice real time.
"""

import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import httpx

from api.cli.client.arrivals import Until, open_loop
from benchmarks import report
from benchmarks.fake_server import HOP, RATE, TOKENS
from tools.checkpoints.builder import build_checkpoint

STREAMS = (1, 16, 64)
MANY = 300
CASES = {"together": (1.06, "16"), "one_by_one": (1.06, "1"), "twice_as_fast": (2.0, "16")}
"""Pace of each of MANY streams as a multiple of real time, and DECODE_BATCH."""
WAV_BYTES_PER_S = 32_000


def cpu_s(pid: int) -> float:
    """Return the CPU time of a process so far, in seconds (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def one_stream(client: httpx.AsyncClient, url: str) -> tuple[float, float]:
    """Return the seconds of sound received, and the ms from first token to first audio that the server reports."""
    body = {"text": "A text.", "speaker": "lipakshi", "stream": True}
    async with client.stream("POST", f"{url}/v1/tts/generate", json=body) as answer:
        answer.raise_for_status()
        size = 0
        async for piece in answer.aiter_raw():
            size += len(piece)
    parts = dict(re.findall(r"(\w+);dur=([\d.]+)", answer.headers["server-timing"]))
    return size / WAV_BYTES_PER_S, float(parts["first_audio"]) - float(parts["first_token"])


Load = tuple[float, list[float]]
"""Seconds of sound received by all streams, and the delay of each stream's first audio in ms."""


async def at_once(url: str, streams: int, rounds: int) -> Load:
    """Run `streams` streams at once, several times."""
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=streams), timeout=120) as client:
        results = []
        for _ in range(rounds):
            results += await asyncio.gather(*(one_stream(client, url) for _ in range(streams)))
    return sum(sound_s for sound_s, _ in results), [first_ms for _, first_ms in results]


async def at_random_times(url: str, pace: float) -> Load:
    """Run streams that arrive at random times, MANY at once on average, for two stream lengths.

    The delays are those of the second half of the streams, which arrive when MANY are running.
    """
    stream_s = TOKENS * HOP / RATE / pace
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=None), timeout=120) as client:
        until = Until(seconds=2 * stream_s)
        results = await open_loop(MANY / stream_s, lambda _: one_stream(client, url), until, seed=1)
    return sum(sound_s for sound_s, _ in results), [first_ms for _, first_ms in results[MANY:]]


@contextmanager
def served(checkpoint: Path, *, pace: float, batch: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a fake server and yield its process and its URL, after a warm-up."""
    command = [sys.executable, "-m", "benchmarks.fake_server", str(checkpoint), str(pace)]
    environment = os.environ | {"DECODE_BATCH": batch}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        try:
            assert server.stdout is not None
            url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
            while httpx.get(f"{url}/ready").status_code != HTTPStatus.OK:
                time.sleep(0.05)
            asyncio.run(at_once(url, 4, 2))
            yield server, url
        finally:
            server.terminate()


def measure(server: subprocess.Popen[str], load: Coroutine[None, None, Load]) -> dict[str, float]:
    """Run a load and return its figures."""
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
                figures[f"{MANY}_streams_{name}"] = measure(server, at_random_times(url, pace))
    report.write(arguments.out, figures)


if __name__ == "__main__":
    main()
