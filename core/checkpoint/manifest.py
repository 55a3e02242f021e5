"""`manifest.json`: which files a downloaded directory holds, from which revision, with their checksums.

Written by the download when every file was checked, read when a server starts. A directory without one, such as a
checkpoint of one's own, is taken as it is unless a revision is asked for.
"""

import hashlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from core.documents import first_fault
from shared.errors import CheckpointInvalid

NAME = "manifest.json"


class ManifestFile(BaseModel):
    """`path` is relative to the manifest; `sha256` in hexadecimal."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
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
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CheckpointInvalid(f"{path}: {error}") from None
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
        _check(root / file.path, file)
    return manifest


def _check(path: Path, file: ManifestFile) -> None:
    """Size before checksum, because it costs nothing."""
    try:
        size = path.stat().st_size
        if size != file.size:
            raise CheckpointInvalid(f"{path}: {size} bytes, but the manifest says {file.size}")
        damaged = sha256_of(path) != file.sha256
    except OSError as error:
        raise CheckpointInvalid(f"{path}: {error.strerror or 'cannot be read'}") from None
    if damaged:
        raise CheckpointInvalid(f"{path}: its checksum is not the manifest's: the file is damaged")
