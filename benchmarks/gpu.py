"""Measure the capacity of a GPU over HTTP: vLLM, the published dimensions, random weights and known answer lengths.

Measures the first audible sound at rising rates, concurrent streams without an underrun, the real time factor of a long
text, and decode batches. The length of an answer is set by its text (`build_checkpoint`). Without a GPU nothing is
measured; `--size tiny --device cpu` tries the benchmark on a small model.
"""

import argparse
import asyncio
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import torch

from api.cli.bench import TEXTS
from api.cli.client.arrivals import Until, closed_loop, open_loop
from api.cli.client.figures import Figures
from api.cli.client.load import RequestMix, measure
from api.cli.client.server import Server, open_server
from api.cli.client.streams import Transport
from benchmarks import report
from benchmarks.first_audio import wait_until_ready
from tools.checkpoints.builder import build_checkpoint

NO_GPU = "bench-gpu: torch finds no GPU on this machine; nothing was measured"
STREAMS = (8, 16, 32, 64, 128, 256)
"""Numbers of concurrent streams, tried up to the first underrun."""
TOKENS_PER_TEXT_TOKEN = 5
"""Rate of speech: a text token is one byte, so that this is 100 ms for an ASCII character."""
PORT = 8766


@contextmanager
def served(checkpoint: Path, device: str) -> Iterator[str]:
    """Run a server process and yield its URL."""
    environment = os.environ | {
        **{"CHECKPOINT": str(checkpoint), "ENGINE": "vllm", "DEVICE": device, "PORT": str(PORT), "RECORDS": "off"},
        **{"CODEC_MODE": "bf16" if device == "cuda" else "fast", "VRAM_PROFILE": "throughput", "MAX_RUNNING": "512"},
        **{"LOG_LEVEL": "WARNING", "AUTH_BYPASS_MODE": "true", "DATABASE_URL": "sqlite://", "MAX_WAITING": "512"},
    }
    command = [sys.executable, "-c", "from api.cli.main import main; main()", "serve"]
    with subprocess.Popen(command, env=environment, text=True) as server:
        try:
            url = f"http://127.0.0.1:{PORT}"
            print(f"ready after {wait_until_ready(url, server):.0f} s", flush=True)
            yield url
        finally:
            server.terminate()


async def at_rates(server: Server, mix: RequestMix, rates: list[float], seconds: float) -> dict[str, Figures]:
    """Return the figures at each rate of requests."""
    rows = {}
    for rate in rates:
        run = partial(open_loop, rate, until=Until(seconds=seconds), seed=1)
        rows[f"{rate:g}_per_s"] = row = await measure(server, Transport.HTTP, mix, run)
        print(rate, row, flush=True)
    return rows


async def without_underruns(server: Server, mix: RequestMix, seconds: float) -> dict[str, Figures]:
    """Return the figures for rising numbers of streams, up to the first with an underrun or a refused request."""
    rows: dict[str, Figures] = {}
    for streams in STREAMS:
        run = partial(closed_loop, streams, until=Until(seconds=seconds))
        rows[f"{streams}_streams"] = row = await measure(server, Transport.HTTP, mix, run)
        print(streams, row, flush=True)
        if row["underruns"] or row["completed"] != row["requests"]:
            break
    return rows


def decode_batches(metrics: str) -> dict[str, float]:
    """Return the cumulative histogram of decode batch sizes from the server's metrics."""
    found = re.findall(r'^veena3_tts_decode_batch_size_bucket\{le="([^"]+)"\} ([\d.e+]+)$', metrics, re.MULTILINE)
    return {size: float(count) for size, count in found}


async def measure_all(url: str, rates: list[float], seconds: float, steady_s: float) -> dict[str, object]:
    """Run all measurements on one server."""
    async with open_server(url, key=None) as server:
        speakers = tuple(voice.id for voice in await server.voices())
        mix = RequestMix(TEXTS, speakers, "pcm", seed=1)
        long = RequestMix((" ".join(TEXTS * 10),), speakers[:1], "pcm", seed=1)
        figures: dict[str, object] = {
            "long_text": await measure(server, Transport.HTTP, long, partial(closed_loop, 1, until=Until(requests=3))),
            "rates": await at_rates(server, mix, rates, seconds),
            "streams": await without_underruns(server, mix, steady_s),
        }
        metrics = await server.client.request("GET", "/metrics")
        return figures | {"decode_batches": decode_batches(metrics.text)}


def main() -> None:
    parser: argparse.ArgumentParser = report.output_option("gpu")
    parser.add_argument("--size", choices=("tiny", "small", "full"), default="full")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--rates", type=float, nargs="+", default=[1, 10, 20, 50])
    parser.add_argument("--seconds", type=float, default=60.0, help="duration of the arrivals at each rate")
    parser.add_argument("--steady", type=float, default=300.0, help="seconds for each number of streams at once")
    arguments = parser.parse_args()
    if arguments.device == "cuda" and not torch.cuda.is_available():
        print(NO_GPU)
        return
    name = torch.cuda.get_device_name() if arguments.device == "cuda" else "none: trial on the CPU"
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = build_checkpoint(
            Path(folder) / "checkpoint", arguments.size, tokens_per_text_token=TOKENS_PER_TEXT_TOKEN
        )
        with served(checkpoint, arguments.device) as url:
            figures = asyncio.run(measure_all(url, arguments.rates, arguments.seconds, arguments.steady))
    report.write(arguments.out, {"gpu": name, "size": arguments.size} | figures)


if __name__ == "__main__":
    main()
