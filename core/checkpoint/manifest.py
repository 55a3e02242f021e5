"""Manifest of a downloaded checkpoint (`manifest.json`): its files, their checksums and the revision.

The download writes it after it has checked every file; the server reads it at start. A directory without a manifest,
such as a checkpoint that was made locally, is used unchecked unless a revision is required.
"""

import hashlib
from pathlib import Path, PurePosixPath
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.documents import check_file, first_fault, read_text
from shared.errors import CheckpointInvalid

NAME = "manifest.json"


class ManifestFile(BaseModel):
    """One file: `path` relative to the manifest, `size` in bytes, `sha256` in hexadecimal.

    `rounded_from`: the hub's checksum of the file that this one holds in bfloat16.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Annotated[str, Field(max_length=1024)]
    size: int
    sha256: str
    rounded_from: str | None = None


class Manifest(BaseModel):
    """Contents of `manifest.json`. `revision` is the full commit hash on the hub, `licence` what the hub states."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    repo: str
    revision: str
    files: tuple[ManifestFile, ...]
    licence: str | None = None

    @property
    def size(self) -> int:
        """Return the size of all files together, in bytes."""
        return sum(file.size for file in self.files)


def read_manifest(root: Path) -> Manifest | None:
    """Return the manifest, or None if there is none. Raises CheckpointInvalid if it cannot be read."""
    path = root / NAME
    if not path.exists():
        return None
    try:
        return Manifest.model_validate_json(read_text(path))
    except ValidationError as error:
        raise CheckpointInvalid(f"{path}: {first_fault(error)}") from None


def write_manifest(root: Path, manifest: Manifest) -> None:
    """Write the manifest atomically, so that an incomplete one is never read."""
    partial = root / f"{NAME}.partial"
    partial.write_text(manifest.model_dump_json(indent=1, exclude_none=True) + "\n", "utf-8")
    partial.replace(root / NAME)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal. Raises OSError."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def verify_manifest(root: Path, *, revision: str | None = None) -> Manifest | None:
    """Check every file of a directory against its manifest. Return the manifest, or None if there is none.

    Raises CheckpointInvalid, naming the file and the fault; also if `revision` is required and is not the manifest's.
    """
    manifest = read_manifest(root)
    if manifest is None:
        if revision is not None:
            raise CheckpointInvalid(f"{root / NAME}: missing, but revision {revision} is required")
        return None
    if revision is not None and manifest.revision != revision:
        raise CheckpointInvalid(f"{root / NAME}: revision {manifest.revision}, but {revision} is required")
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
    """Check the size, then the checksum, which takes longer."""
    check_file(path)
    try:
        size = path.stat().st_size
        if size != file.size:
            raise CheckpointInvalid(f"{path}: {size} bytes, but the manifest says {file.size}")
        damaged = sha256_of(path) != file.sha256
    except OSError as error:
        raise CheckpointInvalid(f"{path}: {error.strerror or 'cannot be read'}") from None
    if damaged:
        raise CheckpointInvalid(f"{path}: the file is damaged: its checksum differs from the manifest's")
