"""Measure listeners as `benchmarks.listeners` does, beside six clients that ask for whole files without a pause."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from benchmarks import report
from benchmarks.listeners import TEXTS, figures_of, run

FILES = 6
SETTLE_S = 5.0
"""Seconds for which files are asked for before anybody listens."""


async def measure(url: str, count: int) -> dict[str, float]:
    """Return the figures of `count` listeners."""
    async with files_made(url):
        return await figures_of(url, count)


@asynccontextmanager
async def files_made(url: str) -> AsyncIterator[None]:
    """Keep FILES clients busy while the context is open."""
    clients = [asyncio.create_task(ask_for_files(url)) for _ in range(FILES)]
    await asyncio.sleep(SETTLE_S)
    yield
    for client in clients:
        client.cancel()
    for ended in await asyncio.gather(*clients, return_exceptions=True):
        if not isinstance(ended, asyncio.CancelledError):
            raise RuntimeError("a client for files failed") from ended


async def ask_for_files(url: str) -> None:
    """Ask for one file of eight sentences after the other until cancelled."""
    body = {"text": " ".join(TEXTS), "speaker": "kabir", "stream": False}
    async with httpx.AsyncClient(base_url=url, timeout=120) as client:
        while True:
            (await client.post("/v1/tts/generate", json=body)).raise_for_status()


if __name__ == "__main__":
    run(report.output_option("beside-files"), measure)
