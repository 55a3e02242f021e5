"""Download of pinned weights from a model hub: checked, resumable, and only the files that inference needs.

The language model is stored in bfloat16 on demand, after every file is there.

The hub's own client (2.x) restarts a file whose download another process left incomplete; this one resumes it.
"""

import hashlib
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import httpx

from core.checkpoint.bfloat16 import store_bfloat16
from core.checkpoint.licences import in_words, licence_of
from core.checkpoint.manifest import Manifest, ManifestFile, read_manifest, sha256_of, write_manifest
from services.hub import TIMEOUT_S, Hub, RemoteFile, RepositoryLayout, in_one_line, look_up
from shared.deployment import COMMIT
from shared.errors import CheckpointInvalid, StartupError

ATTEMPTS = 4
"""Attempts at a file whose connection breaks."""
PAUSE_S = 0.5
"""Seconds before the second attempt; each later pause is twice as long."""
SPARE_BYTES = 64 * 1024 * 1024
"""Bytes left free on the disk."""

LANGUAGE_MODEL = "LLM/model.safetensors"
"""The file that may be stored in bfloat16."""

SPARK_TTS = RepositoryLayout(
    needed=(
        "config.yaml",
        "voices.yaml",
        "LLM/config.json",
        "LLM/tokenizer.json",
        LANGUAGE_MODEL,
        "BiCodec/config.yaml",
        "BiCodec/model.safetensors",
    ),
    taken=("LLM/generation_config.json", "LLM/tokenizer_config.json", "LLM/special_tokens_map.json"),
)
"""Files of a checkpoint, without optimiser state, training checkpoints and the encoder of reference speech."""

AP_BWE = RepositoryLayout(needed=("config.json", "g_16kto48k"))
"""Files of super-resolution from 16 to 48 kHz."""

LAYOUTS = {"spark-tts": SPARK_TTS, "ap-bwe": AP_BWE}


def download(
    repo: str,
    directory: Path,
    layout: RepositoryLayout,
    *,
    revision: str = "main",
    hub: Hub | None = None,
    voices: Path | None = None,
    bfloat16: bool = False,
    report: Callable[[str], None] = lambda _line: None,
    arrived: Callable[[int], None] = lambda _bytes: None,
) -> Manifest:
    """Download the files of `layout` from `repo` at `revision` into `directory`, with a manifest, which is returned.

    Files that exist and match are kept, and an interrupted download resumes. `voices` is a `voices.yaml` for a
    repository without one; `bfloat16` stores the language model so (`core/checkpoint/bfloat16.py`); `report` takes a
    line for each file, `arrived` the bytes of each piece. Raises StartupError with a message of one line: unknown
    repository or revision, missing file, no room, no network, or a wrong checksum. No manifest is written then.
    """
    hub = hub or Hub()
    commit, remote, stated = look_up(repo, revision, layout, hub, has_voices=voices is not None)
    held = {file.rfilename: _held(directory, file, rounded=bfloat16) for file in remote}
    to_round = [file for file in remote if bfloat16 and file.rfilename == LANGUAGE_MODEL]
    _check_room(
        directory,
        sum(file.size for file in remote if held[file.rfilename] is None) + sum(file.size // 2 for file in to_round),
    )
    files: list[ManifestFile] = []
    for file in remote:
        there = held[file.rfilename]
        report(f"{file.rfilename}: {'there' if there else f'{file.size / 1e6:.1f} MB'}")
        files.append(there or _fetch(repo, commit, file, directory, hub, arrived))
    for file in to_round:
        entry = files[remote.index(file)]
        files[remote.index(file)] = entry = entry if entry.rounded_from else _rounded(directory, file)
        report(f"{file.rfilename}: bfloat16, {entry.size / 1e6:.1f} MB")
    if voices is not None:
        shutil.copyfile(voices, directory / "voices.yaml")
        files.append(_entry(directory, "voices.yaml"))
    manifest = Manifest(repo=repo, revision=commit, files=tuple(files), licence=licence_of(repo, stated))
    write_manifest(directory, manifest)
    report(f"licence: {in_words(manifest.licence)}")
    return manifest


def download_pinned(
    repo: str,
    revision: str,
    root: Path,
    layout: RepositoryLayout,
    *,
    hub: Hub,
    bfloat16: bool = False,
    report: Callable[[str], None],
) -> Manifest:
    """Download into `root`/`revision`, which must be a commit, because a branch can move."""
    if not COMMIT.fullmatch(revision):
        raise StartupError(f"revision {revision}: the full hash of a commit is needed; a branch can move")
    return download(repo, root / revision, layout, revision=revision, hub=hub, bfloat16=bfloat16, report=report)


def _held(directory: Path, file: RemoteFile, *, rounded: bool) -> ManifestFile | None:
    """Return the entry of the file in `directory`; None where it is missing or differs.

    `rounded`: a file that was rounded from this one to bfloat16, as the manifest says, will do.
    """
    path = directory / file.rfilename
    try:
        entry = _entry(directory, file.rfilename)
    except OSError:
        return None
    if _is_right(path, entry, file):
        return entry
    noted: ManifestFile | None = None
    with suppress(CheckpointInvalid):
        manifest = read_manifest(directory) if rounded else None
        noted = next((one for one in manifest.files if one.path == file.rfilename), None) if manifest else None
    if noted is None or noted.rounded_from != file.checksum or noted.sha256 != entry.sha256:
        return None
    return noted


def _rounded(directory: Path, file: RemoteFile) -> ManifestFile:
    """Store a file in bfloat16 and return its entry."""
    try:
        changed = store_bfloat16(directory / file.rfilename)
    except OSError as error:
        raise StartupError(f"{directory / file.rfilename}: {error.strerror or in_one_line(error)}") from None
    entry = _entry(directory, file.rfilename)
    return entry.model_copy(update={"rounded_from": file.checksum}) if changed else entry


def _is_right(path: Path, entry: ManifestFile, file: RemoteFile) -> bool:
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
    repo: str, commit: str, file: RemoteFile, directory: Path, hub: Hub, arrived: Callable[[int], None]
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
        raise StartupError(
            f"{repo}: {file.rfilename}: broken off, run it again to go on: {in_one_line(error)}"
        ) from None
    except OSError as error:
        raise StartupError(f"{path}: {error.strerror or in_one_line(error)}") from None
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
