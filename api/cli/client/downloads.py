"""Download of a file, which goes on where it was broken off."""

from pathlib import Path

import httpx

from api.cli.client.server import Server
from api.cli.progress import StepProgress
from shared.errors import CommandFailed

ATTEMPTS = 5
"""Attempts in a row that may bring nothing, before the download fails."""


async def download(server: Server, path: str, out: Path, size: int, progress: StepProgress) -> None:
    """Write the `size` bytes at `path` to a file. Raises CommandFailed."""
    failures = written = 0
    try:
        with out.open("wb") as file:
            while written < size:
                before = written
                try:
                    headers = {"Range": f"bytes={written}-"} if written else {}
                    async with server.open("GET", path, headers=headers) as answer:
                        _check_place(answer, written)
                        async for piece in answer.aiter_bytes():
                            file.write(piece)
                            written += len(piece)
                            progress.advance(len(piece) / 2**20)
                except CommandFailed as error:
                    failures = 0 if written > before else failures + 1
                    if error.code != "BROKEN_OFF" or failures >= ATTEMPTS:
                        raise
    except OSError as error:
        raise CommandFailed(f"{out}: {error.strerror or error}") from None


def _check_place(answer: httpx.Response, start: int) -> None:
    """Raise ValueError unless the answer begins at this byte."""
    if start and not answer.headers.get("content-range", "").startswith(f"bytes {start}-"):
        raise ValueError("another part of the file")
