"""Measure the time to first audio over HTTP and its parts, with a real engine and the demo voice."""

import argparse
import os
import re
import statistics
import subprocess
import sys
import time

import httpx

from benchmarks import report

REQUESTS = 30
TEXTS = (
    "Good morning.",
    "The train leaves at nine from the second platform.",
    "Please open the window, it is warm in here.",
)


def serve(engine: str, port: int) -> subprocess.Popen[str]:
    """Start a server process."""
    environment = os.environ | {"ENGINE": engine, "PORT": str(port), "LOG_LEVEL": "WARNING", "AUTH_BYPASS_MODE": "true"}
    return subprocess.Popen(
        [sys.executable, "-c", "from api.cli.main import main; main()", "serve"], env=environment, text=True
    )


def wait_until_ready(url: str, server: subprocess.Popen[str]) -> float:
    """Return the seconds from now to readiness."""
    begun = time.perf_counter()
    while server.poll() is None:
        try:
            if httpx.get(f"{url}/ready").status_code == 200:
                return time.perf_counter() - begun
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise SystemExit("the server ended before it was ready")


def ask(url: str, text: str, seed: int) -> dict[str, float]:
    """Return the times of one request in ms: the parts that the server reports, the first byte, and the whole."""
    body = {"text": text, "speaker": "lipakshi", "stream": True, "seed": seed}
    begun = time.perf_counter()
    with httpx.stream("POST", f"{url}/v1/tts/generate", json=body) as answer:
        answer.raise_for_status()
        pieces = answer.iter_raw()
        size = len(next(pieces))
        first = time.perf_counter() - begun
        size += sum(map(len, pieces))
    whole = time.perf_counter() - begun
    parts = re.findall(r"(\w+);dur=([\d.]+)", answer.headers["server-timing"])
    return {f"{name}_ms": float(ms) for name, ms in parts} | {
        "first_byte_ms": first * 1000,
        "whole_ms": whole * 1000,
        "rtf": whole / ((size - 44) / 32_000),
    }


def measure(engine: str, port: int) -> dict[str, float]:
    """Return the median and the 95th percentile of all times with one engine."""
    url = f"http://127.0.0.1:{port}"
    with serve(engine, port) as server:
        try:
            figures = {"ready_s": round(wait_until_ready(url, server), 1)}
            answers = [ask(url, TEXTS[n % len(TEXTS)], n) for n in range(REQUESTS)]
        finally:
            server.terminate()
    for name in answers[0]:
        values = sorted(answer[name] for answer in answers)
        figures[f"{name}_p50"] = round(statistics.median(values), 3)
        figures[f"{name}_p95"] = round(values[int(0.95 * len(values))], 3)
    return figures


def main() -> None:
    parser: argparse.ArgumentParser = report.output_option("first-audio")
    parser.add_argument("--engines", nargs="+", default=["transformers", "vllm"])
    parser.add_argument("--port", type=int, default=8765)
    arguments = parser.parse_args()
    report.write(arguments.out, {engine: measure(engine, arguments.port) for engine in arguments.engines})


if __name__ == "__main__":
    main()
