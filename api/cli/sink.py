"""Outputs of `veena3 say`: a file, standard output or a player."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from shared.errors import CommandFailed
from veena3_client import PlaybackError, UsageError, files
from veena3_client.player import Player, check_player


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
async def open_sink(out: str | None, *, format: str) -> AsyncIterator[Sink]:
    """Open the file `out`, standard output for `-`, or a player for None. Raises CommandFailed.

    A player receives the sound faster than it plays; leaving the context waits until it has finished.
    """
    try:
        if out is None:
            async with _player(format) as sink:
                yield sink
        elif out == "-":
            yield Sink(sys.stdout.buffer.write)
            sys.stdout.buffer.flush()
        else:
            with _file(Path(out)) as sink:
                yield sink
    except PlaybackError as error:
        raise CommandFailed(str(error)) from None
    except BrokenPipeError:
        raise CommandFailed("the output was closed before the end of the sound") from None
    except OSError as error:
        raise CommandFailed(f"{out}: {error.strerror}") from None


@contextmanager
def _file(path: Path) -> Iterator[Sink]:
    with files.open_file(path) as file:
        sink = Sink(file.write)
        try:
            yield sink
        finally:
            file.samples = sink.samples


@asynccontextmanager
async def _player(format: str) -> AsyncIterator[Sink]:
    player = Player(format)
    try:
        sink = Sink(player.write)
        yield sink
        await asyncio.to_thread(player.finish, sink.seconds)
    finally:
        player.close()


def check_sink(out: str | None, *, format: str) -> None:
    """Check before the request is sent that the sound can be written or played. Raises CommandFailed."""
    if out is None:
        try:
            check_player(format)
        except PlaybackError as error:
            raise CommandFailed(f"{error}; use --out FILE, or --out - for a pipe") from None


def format_of(out: str | None) -> str:
    """Return the format that a file's name asks for; WAV where there is no file or its name has no suffix.

    Raises CommandFailed for a suffix that names no format.
    """
    try:
        return files.format_of(out or "")
    except UsageError as error:
        raise CommandFailed(f"{error}, or use --format") from None
