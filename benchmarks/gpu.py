"""What a GPU carries: the published dimensions with random weights and forced lengths, under vLLM, over HTTP.

First audible sound at rising rates, streams at once without an underrun, a long text's real time factor, decode
batches. The model of `build_checkpoint` speaks exactly as long as its text asks for. Says so where no GPU is, and
measures nothing. `--size tiny --device cpu` tries the measurement itself on a small model.
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
from api.cli.client.load import Asking, measure
from api.cli.client.server import Server, open_server
from api.cli.client.streams import Transport
from benchmarks import report
from benchmarks.first_audio import wait_until_ready
from tools.checkpoints.builder import build_checkpoint

NO_GPU = "bench-gpu: torch finds no GPU on this machine; nothing was measured"
STREAMS = (8, 16, 32, 64, 128, 256)
TOKENS_PER_TEXT_TOKEN = 5  # a rate of speech: some 70 ms a character
PORT = 8766


@contextmanager
def served(checkpoint: Path, device: str) -> Iterator[str]:
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


async def at_rates(server: Server, asking: Asking, rates: list[float], seconds: float) -> dict[str, Figures]:
    rows = {}
    for rate in rates:
        run = partial(open_loop, rate, until=Until(seconds=seconds), seed=1)
        rows[f"{rate:g}_per_s"] = row = await measure(server, Transport.HTTP, asking, run)
        print(rate, row, flush=True)
    return rows


async def without_underruns(server: Server, asking: Asking, seconds: float) -> dict[str, Figures]:
    """More and more streams at once, up to the first number at which a listener heard a gap or was sent away."""
    rows: dict[str, Figures] = {}
    for streams in STREAMS:
        run = partial(closed_loop, streams, until=Until(seconds=seconds))
        rows[f"{streams}_streams"] = row = await measure(server, Transport.HTTP, asking, run)
        print(streams, row, flush=True)
        if row["underruns"] or row["completed"] != row["requests"]:
            break
    return rows


def decode_batches(metrics: str) -> dict[str, float]:
    """Decoded batches of at most so many windows each, from the server's own metrics."""
    found = re.findall(r'^veena3_tts_decode_batch_size_bucket\{le="([^"]+)"\} ([\d.e+]+)$', metrics, re.MULTILINE)
    return {size: float(count) for size, count in found}


async def measured(url: str, rates: list[float], seconds: float, steady_s: float) -> dict[str, object]:
    async with open_server(url, key=None) as server:
        speakers = tuple(voice["id"] for voice in (await server.get("/v1/voices"))["voices"])
        asking = Asking(TEXTS, speakers, "pcm", seed=1)
        long = Asking((" ".join(TEXTS * 10),), speakers[:1], "pcm", seed=1)
        figures: dict[str, object] = {
            "long_text": await measure(server, Transport.HTTP, long, partial(closed_loop, 1, until=Until(requests=3))),
            "rates": await at_rates(server, asking, rates, seconds),
            "streams": await without_underruns(server, asking, steady_s),
        }
        metrics = await server.http.get("/metrics")
        return figures | {"decode_batches": decode_batches(metrics.text)}


def main() -> None:
    parser: argparse.ArgumentParser = report.output_option("gpu")
    parser.add_argument("--size", choices=("tiny", "small", "full"), default="full")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--rates", type=float, nargs="+", default=[1, 10, 20, 50])
    parser.add_argument("--seconds", type=float, default=60.0, help="of arrivals at each rate")
    parser.add_argument("--steady", type=float, default=300.0, help="seconds for each number of streams at once")
    arguments = parser.parse_args()
    if arguments.device == "cuda" and not torch.cuda.is_available():
        print(NO_GPU)
        return
    name = torch.cuda.get_device_name() if arguments.device == "cuda" else "none: a trial on the CPU"
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = build_checkpoint(
            Path(folder) / "checkpoint", arguments.size, tokens_per_text_token=TOKENS_PER_TEXT_TOKEN
        )
        with served(checkpoint, arguments.device) as url:
            figures = asyncio.run(measured(url, arguments.rates, arguments.seconds, arguments.steady))
    report.write(arguments.out, {"gpu": name, "size": arguments.size} | figures)


if __name__ == "__main__":
    main()
