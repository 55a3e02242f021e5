"""Part `service` of bench-gpu: the whole service over HTTP, with known answer lengths.

Measures the real time factor of a long text, the first audible sound at rising rates, concurrent streams without an
underrun, and decode batches. The length of an answer is set by its text (`build_checkpoint`).
"""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from api.cli.bench import TEXTS
from api.cli.client.arrivals import Until, closed_loop, open_loop
from api.cli.client.load import LoadRun, RequestMix, measure
from api.cli.client.server import open_server
from api.cli.client.streams import Transport
from benchmarks.first_audio import wait_until_ready
from benchmarks.gpu.parts import Part

RATES = (1.0, 10.0, 20.0, 50.0)
"""Requests per second."""
STREAMS = (8, 16, 32, 64, 128, 256)
"""Numbers of concurrent streams, tried up to the first underrun."""
PORT = 8766


@contextmanager
def served(checkpoint: Path, part: Part) -> Iterator[str]:
    """Run a server process and yield its URL."""
    environment = os.environ | {
        **{"CHECKPOINT": str(checkpoint), "ENGINE": part.engine, "DEVICE": part.device, "PORT": str(PORT)},
        **{"VRAM_PROFILE": "throughput", "MAX_RUNNING": "512", "MAX_WAITING": "512", "RECORDS": "off"},
        **{"LOG_LEVEL": "WARNING", "AUTH_BYPASS_MODE": "true", "DATABASE_URL": "sqlite://"},
    }
    command = [sys.executable, "-c", "from api.cli.main import main; main()", "serve"]
    with subprocess.Popen(command, env=environment, text=True) as server:
        try:
            url = f"http://127.0.0.1:{PORT}"
            part.sheet.add("ready_s", round(wait_until_ready(url, server), 1))
            yield url
        finally:
            server.terminate()


def decode_batches(metrics: str) -> dict[str, float]:
    """Return the cumulative histogram of decode batch sizes from the server's metrics."""
    found = re.findall(r'^veena3_tts_decode_batch_size_bucket\{le="([^"]+)"\} ([\d.e+]+)$', metrics, re.MULTILINE)
    return {size: float(count) for size, count in found}


def loads(part: Part) -> list[tuple[str, float, LoadRun]]:
    """Return name, seconds and run of each load, the most telling first."""
    seconds, rates = part.seconds, part.rows(RATES)
    made: list[tuple[str, float, LoadRun]] = []
    made += [
        (f"{rate:g}_per_s", seconds, partial(open_loop, rate, until=Until(seconds=seconds), seed=1)) for rate in rates
    ]
    streams: Sequence[int] = part.rows(STREAMS)
    made += [(f"{n}_streams", seconds, partial(closed_loop, n, until=Until(seconds=seconds))) for n in streams]
    return made


async def measure_service(part: Part, url: str) -> None:
    """Run all loads on one server; streams at once end at the first underrun or refused request."""
    async with open_server(url, key=None) as server:
        health = await server.health()
        part.sheet.add("codec", health["codec"])
        speakers = tuple(voice.id for voice in await server.voices())
        mix = RequestMix(TEXTS, speakers, "pcm", seed=1)
        long = RequestMix((" ".join(TEXTS * part.rows((10, 2))[-1]),), speakers[:1], "pcm", seed=1)
        row = await measure(server, Transport.HTTP, long, partial(closed_loop, 1, until=Until(requests=2)))
        part.sheet.add("long_text", row)
        full = False
        for name, seconds, run in loads(part):
            if not part.sheet.has_time(2 * seconds):
                part.sheet.add(name, "left out: no time")
            elif not (full and name.endswith("streams")):
                row = await measure(server, Transport.HTTP, mix, run)
                part.sheet.add(name, row)
                if name.endswith("streams"):
                    full = bool(row["underruns"] or row["completed"] != row["requests"])
        part.sheet.add("decode_batches", decode_batches((await server.client.request("GET", "/metrics")).text))


def run(part: Part) -> None:
    """Measure the service."""
    with part.checkpoint() as checkpoint, served(checkpoint, part) as url:
        asyncio.run(measure_service(part, url))
