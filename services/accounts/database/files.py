"""Changes of the files of an open SQLite database: another file may have their paths now.

SQLite keeps files by their descriptors: it goes on writing to one that was deleted, and reports nothing. Only `stat` is
used here, because closing a descriptor of an open database would drop SQLite's own locks on it.
"""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

SIDE_FILES = ("-wal", "-shm")  # SQLite's names: the write-ahead log and its index


class Change(StrEnum):
    """A change of the files. The values are used in metrics and messages."""

    DELETED = "deleted"
    REPLACED = "replaced"  # another file has its path
    EMPTIED = "emptied"  # cut to nothing, or replaced by an empty one
    LOG_LOST = "log_lost"  # the write-ahead log or its index was deleted or replaced; the database was not
    WRITTEN = "written"  # by another process, at the same path: perhaps well, perhaps damaged
    DAMAGED = "damaged"  # SQLite cannot read it; `stat` alone cannot tell


@dataclass(frozen=True, slots=True)
class _State:
    """Identity of a file (device and inode), its size in bytes and the time of its last write."""

    identity: tuple[int, int]
    size: int
    written_ns: int


class DatabaseFiles:
    """State of the database at `path` when it was opened. Call `note` after opening and after own writes of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._paths = {suffix: side(path, suffix) for suffix in SIDE_FILES}
        self._sides: dict[str, tuple[int, int]] = {}
        self.note()

    def note(self) -> None:
        """Note the present files as the open ones."""
        self._main = _state(self.path)
        for suffix, path in self._paths.items():
            if identity := identity_of(path):
                self._sides[suffix] = identity

    def change(self) -> Change | None:
        """Return the change since the files were noted, except DAMAGED.

        Takes three calls of the system: some microseconds, and each lets other threads run.
        """
        change = self.main_change()
        if change in (None, Change.WRITTEN) and any(not self.is_ours(suffix) for suffix in self._sides):
            return Change.LOG_LOST
        return change

    def main_change(self) -> Change | None:
        """Return the change of the database itself, in one call of the system.

        Suffices after a write: SQLite has a lost log open, so what is in it can be saved once `change` finds the loss.
        """
        now = _state(self.path)
        if now is None:
            return Change.DELETED
        if not now.size:
            return Change.EMPTIED
        if self._main is None or now.identity != self._main.identity:
            return Change.REPLACED
        return Change.WRITTEN if now != self._main else None

    def is_ours(self, suffix: str) -> bool:
        """Report whether the side file at its path is still the one of the open database."""
        known = self._sides.get(suffix)
        return known is not None and identity_of(self._paths[suffix]) == known


def side(path: Path, suffix: str) -> Path:
    """Return the path of a side file of the database at `path`."""
    return path.with_name(path.name + suffix)


def identity_of(path: Path) -> tuple[int, int] | None:
    """Return device and inode of the file at this path, None where there is none."""
    state = _state(path)
    return state.identity if state else None


def primary_code(error: sqlite3.Error) -> int | None:
    """Return SQLite's primary error code; an error of Python's own has none."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def is_damage(error: sqlite3.Error) -> bool:
    """Report whether SQLite found the file itself broken, or no database."""
    return primary_code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def set_aside(path: Path) -> Path:
    """Rename a side file of a lost database, and return its new path: its log may be the only copy of commits."""
    aside = path.with_name(f"{path.name}.lost-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}")
    path.rename(aside)
    return aside


def _state(path: Path) -> _State | None:
    try:
        found = path.stat()
    except OSError:  # deleted, or in a folder that cannot be searched any more
        return None
    return _State((found.st_dev, found.st_ino), found.st_size, found.st_mtime_ns)
