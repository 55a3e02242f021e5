"""Storage of the audio of jobs: their parts, and the joined file. Every method blocks; call it on a thread."""

import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from shared.config import Settings
from shared.errors import StartupError
from shared.state_directory import state_directory

PIECE_BYTES = 256 * 1024
"""Bytes that are read at a time."""
RESULT = "audio"
"""Name of a job's joined file."""


def part_name(number: int) -> str:
    """Return the name of a part's samples."""
    return f"part-{number:06d}"


class AudioStore(Protocol):
    """Files by job and name. Every method raises OSError."""

    def put(self, job_id: str, name: str, pieces: Iterable[bytes]) -> int:
        """Store a file, whole or not at all, in place of one of that name; return its size. It survives a crash."""

    def read(self, job_id: str, name: str, *, start: int = 0, size: int | None = None) -> Iterator[bytes]:
        """Yield a file in pieces: `size` bytes from `start`, by default all that follow. Raises FileNotFoundError."""

    def names(self, job_id: str) -> set[str]:
        """Return the names of the files of a job, which may have none."""

    def delete(self, job_id: str, *, parts_only: bool = False) -> None:
        """Delete the files of a job, which may have none; with `parts_only` all but the joined one."""


class DirectoryStore:
    """A directory of this machine, or one that several machines mount; a folder for each job."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def put(self, job_id: str, name: str, pieces: Iterable[bytes]) -> int:
        folder = self._directory / job_id
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = folder / f".{name}.{uuid.uuid4().hex}"
        try:
            with unfinished.open("wb") as file:
                for piece in pieces:
                    file.write(piece)
                size = file.tell()
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(folder / name)
        except BaseException:  # cancellation included: an unfinished file is not left behind
            unfinished.unlink(missing_ok=True)
            raise
        _sync(folder)
        return size

    def read(self, job_id: str, name: str, *, start: int = 0, size: int | None = None) -> Iterator[bytes]:
        with (self._directory / job_id / name).open("rb") as file:
            file.seek(start)
            while size is None or size > 0:
                piece = file.read(PIECE_BYTES if size is None else min(PIECE_BYTES, size))
                if not piece:
                    return
                if size is not None:
                    size -= len(piece)
                yield piece

    def names(self, job_id: str) -> set[str]:
        folder = self._directory / job_id
        return {file.name for file in folder.iterdir()} if folder.exists() else set()

    def delete(self, job_id: str, *, parts_only: bool = False) -> None:
        folder = self._directory / job_id
        with suppress(FileNotFoundError):
            if not parts_only:
                shutil.rmtree(folder)
                return
            for file in folder.iterdir():
                if file.name != RESULT:
                    file.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """Make the names in a folder survive a crash of the machine."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def open_audio_store(settings: Settings) -> AudioStore | None:
    """Return the store of the settings; None where they name none and the user has no home. Raises StartupError."""
    if settings.jobs_store:
        try:
            from services.jobs.object_store import ObjectStore  # only where object storage is used
        except ImportError:
            raise StartupError("setting JOBS_STORE: needs pip install 'veena3-tts[objects]'") from None
        return ObjectStore(settings.jobs_store)
    try:
        return DirectoryStore(settings.jobs_path or state_directory() / "jobs")
    except StartupError:
        return None
