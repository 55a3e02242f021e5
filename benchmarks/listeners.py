"""Measure listeners that begin at the same time on the demo voice: first sound, silence, and sound made a second.

`python -m benchmarks.listeners` runs the transformers engine, `--engine vllm` the other one.
"""

import argparse
import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

import httpx

from api.cli.client.playback import StreamPlayback, play_stream
from api.cli.client.server import open_server
from api.cli.client.streams import over_http
from benchmarks import report
from benchmarks.first_audio import serve, wait_until_ready

LISTENERS = (1, 4, 8)
ROUNDS = 3
TEXTS = (
    "The morning train to the city leaves at seven and arrives before nine.",
    "She opened the window and listened to the rain on the roof for a while.",
    "Please call the office before noon and ask for the new account number.",
    "Most of the children had never seen the sea before that long summer.",
    "A good cook needs a sharp knife, a hot pan and a little patience.",
    "The old bridge was closed for repairs during the whole of last winter.",
    "He wrote a long letter to his brother and never sent it to anyone.",
    "We walked along the river until the lights of the town came into view.",
)


async def listen(url: str, count: int) -> tuple[list[StreamPlayback], float]:
    """Play `count` streams that begin at once; return them and the seconds that all took."""
    async with open_server(url, key=None) as server:
        bodies = [{"text": TEXTS[n], "speaker": "lipakshi", "format": "pcm", "seed": n} for n in range(count)]
        begun = time.perf_counter()
        played = await asyncio.gather(*(play_stream(over_http(server, body)) for body in bodies))
    return list(played), time.perf_counter() - begun


async def figures_of(url: str, count: int) -> dict[str, float]:
    """Return the figures of several rounds."""
    rounds = [await listen(url, count) for _ in range(ROUNDS)]
    firsts = sorted(stream.first_s or 0.0 for played, _ in rounds for stream in played)
    sound_s = sum(stream.seconds or 0.0 for played, _ in rounds for stream in played)
    return {
        "first_sound_s_p50": round(firsts[len(firsts) // 2], 3),
        "first_sound_s_p95": round(firsts[len(firsts) * 95 // 100], 3),
        "silent_s_most": round(max(stream.silent_s for played, _ in rounds for stream in played), 3),
        "sound_per_second": round(sound_s / sum(took_s for _, took_s in rounds), 1),
    }


def main() -> None:
    run(report.output_option("listeners"), figures_of)


def run(parser: argparse.ArgumentParser, measure: Callable[[str, int], Coroutine[Any, Any, dict[str, float]]]) -> None:
    """Start a server, `measure` each number of listeners at its URL, and write the figures."""
    parser.add_argument("--engine", default="transformers")
    parser.add_argument("--port", type=int, default=8123)
    arguments = parser.parse_args()
    url = f"http://127.0.0.1:{arguments.port}"
    with serve(arguments.engine, arguments.port) as server:
        try:
            wait_until_ready(url, server)
            httpx.post(f"{url}/v1/tts/generate", json={"text": "Hello.", "speaker": "lipakshi"}).raise_for_status()
            figures = {f"{count}_listeners": asyncio.run(measure(url, count)) for count in LISTENERS}
        finally:
            server.terminate()
    report.write(arguments.out, {"engine": arguments.engine} | figures)


if __name__ == "__main__":
    main()
