"""`manifest.json`: which files a downloaded directory holds, from which revision, with their checksums.

Written by the download when every file was checked, read when a server starts. A directory without one, such as a
checkpoint of one's own, is taken as it is unless a revision is asked for.
"""

import hashlib
from pathlib import Path, PurePosixPath
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.documents import check_file, first_fault, read_text
from shared.errors import CheckpointInvalid

NAME = "manifest.json"


class ManifestFile(BaseModel):
    """`path` is relative to the manifest; `sha256` in hexadecimal."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Annotated[str, Field(max_length=1024)]
    size: int
    sha256: str


class Manifest(BaseModel):
    """`revision` is the full commit hash on the hub."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    repo: str
    revision: str
    files: tuple[ManifestFile, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


def read_manifest(root: Path) -> Manifest | None:
    """None where there is no manifest. Raise CheckpointInvalid where it cannot be read."""
    path = root / NAME
    if not path.exists():
        return None
    try:
        return Manifest.model_validate_json(read_text(path))
    except ValidationError as error:
        raise CheckpointInvalid(f"{path}: {first_fault(error)}") from None


def write_manifest(root: Path, manifest: Manifest) -> None:
    """In one step: a manifest is there whole or not at all."""
    partial = root / f"{NAME}.partial"
    partial.write_text(manifest.model_dump_json(indent=1) + "\n", "utf-8")
    partial.replace(root / NAME)


def sha256_of(path: Path) -> str:
    """Of a file's bytes, in hexadecimal. Raises OSError."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def verify_manifest(root: Path, *, revision: str | None = None) -> Manifest | None:
    """Every file as it was downloaded, from `revision` where one is asked for; None for a directory without manifest.

    Raise CheckpointInvalid: one line, the file, what is wrong.
    """
    manifest = read_manifest(root)
    if manifest is None:
        if revision is not None:
            raise CheckpointInvalid(f"{root / NAME}: missing, but revision {revision} is asked for")
        return None
    if revision is not None and manifest.revision != revision:
        raise CheckpointInvalid(f"{root / NAME}: revision {manifest.revision}, but {revision} is asked for")
    for file in manifest.files:
        if not is_inside(file.path):
            raise CheckpointInvalid(f"{root / NAME}: {file.path[:80]!r} is no path inside the directory")
        _check(root / file.path, file)
    return manifest


def is_inside(path: str) -> bool:
    """Report whether a relative path stays below the directory that it is relative to."""
    parts = PurePosixPath(path).parts
    return bool(parts) and not path.startswith("/") and ".." not in parts and "\\" not in path and "\0" not in path


def _check(path: Path, file: ManifestFile) -> None:
    """Size before checksum, because it costs nothing."""
    check_file(path)
    try:
        size = path.stat().st_size
        if size != file.size:
            raise CheckpointInvalid(f"{path}: {size} bytes, but the manifest says {file.size}")
        damaged = sha256_of(path) != file.sha256
    except OSError as error:
        raise CheckpointInvalid(f"{path}: {error.strerror or 'cannot be read'}") from None
    if damaged:
        raise CheckpointInvalid(f"{path}: its checksum is not the manifest's: the file is damaged")
