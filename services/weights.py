"""Download of pinned weights from a model hub: checked, resumable, and only the files that inference needs.

The hub's own client (2.x) restarts a file whose download another process left incomplete; this one resumes it.
"""

import hashlib
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import httpx
from pydantic import BaseModel, Field, ValidationError

from core.checkpoint.manifest import Manifest, ManifestFile, sha256_of, write_manifest
from shared.config import PUBLIC_HUB
from shared.deployment import COMMIT
from shared.errors import StartupError

ATTEMPTS = 4
"""Attempts at a file whose connection breaks."""
PAUSE_S = 0.5
"""Seconds before the second attempt; each later pause is twice as long."""
TIMEOUT_S = 30.0
"""Seconds without data after which a connection has failed."""
SPARE_BYTES = 64 * 1024 * 1024
"""Bytes left free on the disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryLayout:
    """Files of a repository for inference: `needed` must exist, `taken` are fetched where they exist."""

    needed: tuple[str, ...]
    taken: tuple[str, ...] = ()


SPARK_TTS = RepositoryLayout(
    needed=(
        "config.yaml",
        "voices.yaml",
        "LLM/config.json",
        "LLM/tokenizer.json",
        "LLM/model.safetensors",
        "BiCodec/config.yaml",
        "BiCodec/model.safetensors",
    ),
    taken=("LLM/generation_config.json", "LLM/tokenizer_config.json", "LLM/special_tokens_map.json"),
)
"""Files of a checkpoint, without optimiser state, training checkpoints and the encoder of reference speech."""

AP_BWE = RepositoryLayout(needed=("config.json", "g_16kto48k"))
"""Files of super-resolution from 16 to 48 kHz."""

LAYOUTS = {"spark-tts": SPARK_TTS, "ap-bwe": AP_BWE}


@dataclass(frozen=True, slots=True)
class Hub:
    """A model hub, and the token for private repositories."""

    endpoint: str = PUBLIC_HUB
    token: str | None = field(default=None, repr=False)

    @property
    def headers(self) -> dict[str, str]:
        return {"accept-encoding": "identity", **({"authorization": f"Bearer {self.token}"} if self.token else {})}


class _Large(BaseModel):
    sha256: str


class _Remote(BaseModel):
    """A file in the hub's listing: large ones have a SHA-256, small ones git's hash."""

    rfilename: str
    size: int = Field(ge=0)
    blobId: str | None = None
    lfs: _Large | None = None

    @property
    def has_checksum(self) -> bool:
        return self.lfs is not None or self.blobId is not None


class _Revision(BaseModel):
    sha: str = Field(pattern=f"^{COMMIT.pattern}$")
    siblings: list[_Remote]


_REPO = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
_REVISION = re.compile(r"[A-Za-z0-9][\w./-]{0,199}")

_FAULTS = {
    "RepoNotFound": "no such repository, or the token may not read it",
    "RevisionNotFound": "no revision {revision}",
    "GatedRepo": "access to this repository must be asked for; give a token that has it",
}
"""Messages by the hub's `X-Error-Code`."""


def download(
    repo: str,
    directory: Path,
    layout: RepositoryLayout,
    *,
    revision: str = "main",
    hub: Hub | None = None,
    voices: Path | None = None,
    report: Callable[[str], None] = lambda _line: None,
    arrived: Callable[[int], None] = lambda _bytes: None,
) -> Manifest:
    """Download the files of `layout` from `repo` at `revision` into `directory`, with a manifest, which is returned.

    Files that exist and match are kept, and an interrupted download resumes. `voices` is a `voices.yaml` for a
    repository without one; `report` takes a line for each file, `arrived` the bytes of each piece. Raises StartupError
    with a message of one line: unknown repository or revision, missing file, no room, no network, or a wrong checksum.
    No manifest is written then.
    """
    hub = hub or Hub()
    commit, remote = _look_up(repo, revision, layout, hub, has_voices=voices is not None)
    held = {file.rfilename: _held(directory, file) for file in remote}
    _check_room(directory, sum(file.size for file in remote if held[file.rfilename] is None))
    files: list[ManifestFile] = []
    for file in remote:
        there = held[file.rfilename]
        report(f"{file.rfilename}: {'there' if there else f'{file.size / 1e6:.1f} MB'}")
        files.append(there or _fetch(repo, commit, file, directory, hub, arrived))
    if voices is not None:
        shutil.copyfile(voices, directory / "voices.yaml")
        files.append(_entry(directory, "voices.yaml"))
    manifest = Manifest(repo=repo, revision=commit, files=tuple(files))
    write_manifest(directory, manifest)
    return manifest


def download_pinned(
    repo: str, revision: str, root: Path, layout: RepositoryLayout, *, hub: Hub, report: Callable[[str], None]
) -> Manifest:
    """Download into `root`/`revision`, which must be a commit, because a branch can move."""
    if not COMMIT.fullmatch(revision):
        raise StartupError(f"revision {revision}: the full hash of a commit is needed; a branch can move")
    return download(repo, root / revision, layout, revision=revision, hub=hub, report=report)


def _look_up(
    repo: str, revision: str, layout: RepositoryLayout, hub: Hub, *, has_voices: bool
) -> tuple[str, list[_Remote]]:
    """Return the commit of `revision`, and its files that `layout` names."""
    if not _REPO.fullmatch(repo):
        raise StartupError(f"{repo[:80]}: a repository is named `owner/name`")
    if not _REVISION.fullmatch(revision) or ".." in revision:
        raise StartupError(f"revision {revision[:80]}: a branch, a tag or a commit is needed")
    url = f"{hub.endpoint}/api/models/{repo}/revision/{quote(revision, safe='')}"
    try:
        answer = httpx.get(url, params={"blobs": "true"}, headers=hub.headers, follow_redirects=True, timeout=TIMEOUT_S)
        fault = _FAULTS.get(answer.headers.get("x-error-code", ""))
        if fault is not None:
            raise StartupError(f"{repo}: {fault.format(revision=revision)}")
        answer.raise_for_status()
        found = _Revision.model_validate_json(answer.content)
    except (httpx.HTTPError, ValidationError) as error:
        raise StartupError(f"{repo}: the hub does not answer: {_line(error)}") from None
    there = {file.rfilename: file for file in found.siblings}
    wanted = [path for path in layout.needed if not (has_voices and path == "voices.yaml")]
    for path in wanted:
        if path not in there:
            hint = "; give one with --voices" if path == "voices.yaml" else ""
            raise StartupError(f"{repo}: revision {revision} has no {path}{hint}")
    wanted += [path for path in layout.taken if path in there]
    for path in wanted:
        if not there[path].has_checksum:
            raise StartupError(f"{repo}: {path}: the hub lists no checksum, so the file cannot be checked")
    return found.sha, [there[path] for path in wanted]


def _held(directory: Path, file: _Remote) -> ManifestFile | None:
    """Return the entry of the file in `directory`; None where it is missing or differs."""
    path = directory / file.rfilename
    try:
        entry = _entry(directory, file.rfilename) if path.stat().st_size == file.size else None
    except OSError:
        return None
    return entry if entry is not None and _is_right(path, entry, file) else None


def _is_right(path: Path, entry: ManifestFile, file: _Remote) -> bool:
    if entry.size != file.size:
        return False
    if file.lfs is not None:
        return entry.sha256 == file.lfs.sha256
    return _git_sha1(path) == file.blobId


def _check_room(directory: Path, needed: int) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(directory).free
    except OSError as error:
        raise StartupError(f"{directory}: {error.strerror}") from None
    if needed and needed + SPARE_BYTES > free:
        raise StartupError(f"{directory}: no room: {needed / 1e6:.0f} MB are to come, {free / 1e6:.0f} MB are free")


def _fetch(
    repo: str, commit: str, file: _Remote, directory: Path, hub: Hub, arrived: Callable[[int], None]
) -> ManifestFile:
    """Download a file as `.part`, which is resumed where it exists, and rename it once it is whole and right."""
    path, part = directory / file.rfilename, directory / f"{file.rfilename}.part"
    url = f"{hub.endpoint}/{repo}/resolve/{commit}/{quote(file.rfilename)}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for attempt in range(ATTEMPTS):
            try:
                _resume(url, hub.headers, part, file.size, arrived)
                break
            except httpx.TransportError:
                if attempt == ATTEMPTS - 1:
                    raise
                time.sleep(PAUSE_S * 2**attempt)
    except httpx.DecodingError as error:
        part.unlink()
        raise StartupError(f"{repo}: {file.rfilename}: {error}; they were deleted") from None
    except httpx.HTTPError as error:
        raise StartupError(f"{repo}: {file.rfilename}: broken off, run it again to go on: {_line(error)}") from None
    except OSError as error:
        raise StartupError(f"{path}: {error.strerror or _line(error)}") from None
    entry = _entry(directory, file.rfilename, at=part)
    if not _is_right(part, entry, file):
        part.unlink()
        raise StartupError(f"{repo}: {file.rfilename}: the bytes do not match the hub's checksum; they were deleted")
    part.replace(path)
    return entry


def _resume(url: str, headers: dict[str, str], part: Path, size: int, arrived: Callable[[int], None]) -> None:
    """Append the missing bytes to `part`, up to `size`; report each piece."""
    there = part.stat().st_size if part.exists() else 0
    if there == size:
        part.touch()
        return
    if there:
        headers = {**headers, "range": f"bytes={there}-"}
    with httpx.stream("GET", url, headers=headers, follow_redirects=True, timeout=TIMEOUT_S) as answer:
        answer.raise_for_status()
        with part.open("ab" if answer.status_code == httpx.codes.PARTIAL_CONTENT else "wb") as out:
            for piece in answer.iter_raw():
                if out.tell() + len(piece) > size:
                    raise httpx.DecodingError(f"more than the {size} bytes that the hub lists")
                out.write(piece)
                arrived(len(piece))


def _entry(directory: Path, path: str, *, at: Path | None = None) -> ManifestFile:
    """Return the manifest entry of `path`, whose bytes are in `at` for now."""
    file = at or directory / path
    return ManifestFile(path=path, size=file.stat().st_size, sha256=sha256_of(file))


def _git_sha1(path: Path) -> str:
    content = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
