"""`manifest.json`: which files a downloaded directory holds, from which revision, with their checksums.

Written by the download when every file was checked, read when a server starts. A directory without one, such as a
checkpoint of one's own, is taken as it is unless a revision is asked for.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

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


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one file."""

    path: str
    reason: str


def read_manifest(root: Path) -> Manifest | None:
    """None where there is no manifest. Raise CheckpointInvalid where it cannot be read."""
    path = root / NAME
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise CheckpointInvalid(f"{path}: {' '.join(str(error).split())[:200]}") from None


def write_manifest(root: Path, manifest: Manifest) -> None:
    """In one step: a manifest is there whole or not at all."""
    partial = root / f"{NAME}.partial"
    partial.write_text(manifest.model_dump_json(indent=1) + "\n", "utf-8")
    partial.replace(root / NAME)


def fault_of(root: Path, file: ManifestFile) -> Fault | None:
    """The first difference between a file and its entry; size before checksum, because it costs nothing."""
    path = root / file.path
    try:
        size = path.stat().st_size
        if size != file.size:
            return Fault(file.path, f"{size} bytes, but the manifest says {file.size}")
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        return Fault(file.path, error.strerror or "cannot be read")
    return (
        None if digest == file.sha256 else Fault(file.path, "its checksum is not the manifest's: the file is damaged")
    )


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
        fault = fault_of(root, file)
        if fault is not None:
            raise CheckpointInvalid(f"{root / fault.path}: {fault.reason}")
    return manifest
