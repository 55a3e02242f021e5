"""Outputs of `veena3 say`: a file, standard output or a player."""

import asyncio
import shutil
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from api.cli.headers import SUFFIXES, complete_header
from shared.errors import CommandFailed

PLAYERS = {
    "ffplay": ["-loglevel", "error", "-nodisp", "-autoexit", "-i", "-"],
    "mpv": ["--no-terminal", "-"],
}
"""Supported players and their arguments, in order of preference."""
LEAST_PLAYED = 0.5
"""Share of the sound's length that a player takes at least, if it plays. ffplay without a device ends at once with
status 0. Chosen: players leave up to their buffer, 0.2 s, unplayed."""


@dataclass(slots=True)
class Sink:
    """Output of one stream. `seconds` and `rate` of the sound are set once they are known."""

    write: Callable[[bytes], object]
    rate: int = 0
    seconds: float | None = None

    @property
    def samples(self) -> int | None:
        return round(self.seconds * self.rate) if self.seconds is not None and self.rate else None


@asynccontextmanager
async def open_sink(out: str | None) -> AsyncIterator[Sink]:
    """Open the file `out`, standard output for `-`, or a player for None. Raises CommandFailed.

    A player receives the sound faster than it plays; leaving the context waits until it has finished.
    """
    try:
        if out is None:
            async with _player() as sink:
                yield sink
        elif out == "-":
            yield Sink(sys.stdout.buffer.write)
            sys.stdout.buffer.flush()
        else:
            with _file(Path(out)) as sink:
                yield sink
    except (BrokenPipeError, ConnectionResetError):
        raise CommandFailed("the output was closed before the end of the sound") from None
    except OSError as error:
        raise CommandFailed(f"{out}: {error.strerror}") from None


@contextmanager
def _file(path: Path) -> Iterator[Sink]:
    """Write a file; complete its header at the end, also of a stream that broke off."""
    with path.open("wb") as file:
        sink = Sink(file.write)
        try:
            yield sink
        finally:
            file.flush()
            if path.is_file():
                complete_header(path, samples=sink.samples)


def check_sink(out: str | None, *, format: str) -> None:
    """Check before the request is sent that the sound can be written or played. Raises CommandFailed."""
    if out is None and _player_path() is None:
        raise CommandFailed(f"no player is installed ({' or '.join(PLAYERS)}); use --out FILE, or --out - for a pipe")
    if out is None and format == "pcm":
        raise CommandFailed("pcm has no header to tell a player its rate; use another --format")


def format_of(out: str | None) -> str:
    """Return the format that a file's name asks for; WAV where there is no file or its name has no suffix.

    Raises CommandFailed for a suffix that names no format.
    """
    suffix = Path(out or "").suffix.lower()
    if suffix and suffix not in SUFFIXES:
        raise CommandFailed(f"no format has the suffix {suffix}; known are {', '.join(SUFFIXES)}, or use --format")
    return SUFFIXES.get(suffix, "wav")


def _player_path() -> str | None:
    return next((path for name in PLAYERS if (path := shutil.which(name))), None)


@asynccontextmanager
async def _player() -> AsyncIterator[Sink]:
    path = _player_path()
    assert path is not None, "check_sink() must be called first"
    name = Path(path).name
    process = await asyncio.create_subprocess_exec(path, *PLAYERS[name], stdin=asyncio.subprocess.PIPE)
    assert process.stdin is not None
    try:
        sink, begun = Sink(process.stdin.write), time.monotonic()
        yield sink
        process.stdin.close()
        await process.stdin.wait_closed()
        if status := await process.wait():
            raise CommandFailed(f"{name} ended with status {status}")
        if time.monotonic() - begun < LEAST_PLAYED * (sink.seconds or 0.0):
            raise CommandFailed(f"{name} ended before the sound did: it found no audio device, or was closed")
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
