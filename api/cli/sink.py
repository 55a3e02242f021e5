"""Where `veena3 say` puts the sound: a file, standard output or a player."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

from shared.errors import CommandFailed

Write = Callable[[bytes], object]
PLAYERS = {
    "ffplay": ["-loglevel", "error", "-nodisp", "-autoexit", "-i", "-"],
    "mpv": ["--no-terminal", "-"],
}


@asynccontextmanager
async def open_sink(out: str | None) -> AsyncIterator[Write]:
    """Take the sound to the file `out`, to standard output for `-`, to a player for None. Raises CommandFailed.

    A player is given everything at once and plays on after it; leaving the context waits for it.
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
        raise CommandFailed("nobody listens any more") from None
    except OSError as error:
        raise CommandFailed(f"{out}: {error.strerror}") from None


def _file(out: str) -> BinaryIO:
    return Path(out).open("wb")


def check_sink(out: str | None, *, format: str) -> None:
    """Refuse before anything is asked for what could not be heard. Raises CommandFailed."""
    if out is None and _found() is None:
        raise CommandFailed(f"no player is installed ({' or '.join(PLAYERS)}); take --out FILE, or --out - for a pipe")
    if out is None and format == "pcm":
        raise CommandFailed("pcm has no header, so that a player cannot know its rate; take another --format")


def _found() -> str | None:
    return next((path for name in PLAYERS if (path := shutil.which(name))), None)


@asynccontextmanager
async def _player() -> AsyncIterator[Write]:
    path = _found()
    assert path is not None, "check_sink() comes first"
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
