"""Outputs of `veena3 say`: a file, standard output or a player."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

from shared.errors import CommandFailed

Write = Callable[[bytes], object]
"""Function that takes the next bytes of the sound."""
PLAYERS = {
    "ffplay": ["-loglevel", "error", "-nodisp", "-autoexit", "-i", "-"],
    "mpv": ["--no-terminal", "-"],
}
"""Supported players and their arguments, in order of preference."""


@asynccontextmanager
async def open_sink(out: str | None) -> AsyncIterator[Write]:
    """Open the file `out`, standard output for `-`, or a player for None. Raises CommandFailed.

    A player receives the sound faster than it plays; leaving the context waits until it has finished.
    """
    try:
        if out is None:
            async with _player() as write:
                yield write
        elif out == "-":
            yield sys.stdout.buffer.write
            sys.stdout.buffer.flush()
        else:
            with _file(out) as file:
                yield file.write
    except (BrokenPipeError, ConnectionResetError):
        raise CommandFailed("the output was closed before the end of the sound") from None
    except OSError as error:
        raise CommandFailed(f"{out}: {error.strerror}") from None


def _file(out: str) -> BinaryIO:
    return Path(out).open("wb")


def check_sink(out: str | None, *, format: str) -> None:
    """Check before the request is sent that the sound can be written or played. Raises CommandFailed."""
    if out is None and _player_path() is None:
        raise CommandFailed(f"no player is installed ({' or '.join(PLAYERS)}); use --out FILE, or --out - for a pipe")
    if out is None and format == "pcm":
        raise CommandFailed("pcm has no header to tell a player its rate; use another --format")


def _player_path() -> str | None:
    return next((path for name in PLAYERS if (path := shutil.which(name))), None)


@asynccontextmanager
async def _player() -> AsyncIterator[Write]:
    path = _player_path()
    assert path is not None, "check_sink() must be called first"
    process = await asyncio.create_subprocess_exec(path, *PLAYERS[Path(path).name], stdin=asyncio.subprocess.PIPE)
    assert process.stdin is not None
    try:
        yield process.stdin.write
        process.stdin.close()
        await process.stdin.wait_closed()
        if status := await process.wait():
            raise CommandFailed(f"{Path(path).name} ended with status {status}")
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
