"""A model hub: look-up of a repository's files and licence at one revision. Leaves their download to `weights.py`."""

import re
from dataclasses import dataclass, field
from urllib.parse import quote

import httpx
from pydantic import BaseModel, Field, ValidationError

from shared.config import PUBLIC_HUB
from shared.deployment import COMMIT
from shared.errors import StartupError

TIMEOUT_S = 30.0
"""Seconds without data after which a connection has failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryLayout:
    """Files of a repository for inference: `needed` must exist, `taken` are fetched where they exist."""

    needed: tuple[str, ...]
    taken: tuple[str, ...] = ()


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


class RemoteFile(BaseModel):
    """A file in the hub's listing: large ones have a SHA-256, small ones git's hash."""

    rfilename: str
    size: int = Field(ge=0)
    blobId: str | None = None
    lfs: _Large | None = None

    @property
    def checksum(self) -> str | None:
        return self.lfs.sha256 if self.lfs else self.blobId


class _Card(BaseModel):
    """Head of a repository's README; `license` is the hub's spelling."""

    license: str | list[str] | None = None
    license_name: str | None = None


class _Revision(BaseModel):
    sha: str = Field(pattern=f"^{COMMIT.pattern}$")
    siblings: list[RemoteFile]
    cardData: _Card | None = None

    @property
    def licence(self) -> str | None:
        """Return the licence that the repository states: its name if it is none of the hub's list."""
        card = self.cardData or _Card()
        listed = card.license if isinstance(card.license, list) else [card.license] if card.license else []
        return (card.license_name if listed in ([], ["other"]) else None) or " or ".join(listed) or None


_REPO = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
_REVISION = re.compile(r"[A-Za-z0-9][\w./-]{0,199}")

_FAULTS = {
    "RepoNotFound": "no such repository, or the token may not read it",
    "RevisionNotFound": "no revision {revision}",
    "GatedRepo": "access to this repository must be asked for; give a token that has it",
}
"""Messages by the hub's `X-Error-Code`."""


def look_up(
    repo: str, revision: str, layout: RepositoryLayout, hub: Hub, *, has_voices: bool
) -> tuple[str, list[RemoteFile], str | None]:
    """Return the commit of `revision`, its files that `layout` names, and the licence that it states."""
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
        raise StartupError(f"{repo}: the hub does not answer: {in_one_line(error)}") from None
    there = {file.rfilename: file for file in found.siblings}
    wanted = [path for path in layout.needed if not (has_voices and path == "voices.yaml")]
    for path in wanted:
        if path not in there:
            hint = "; give one with --voices" if path == "voices.yaml" else ""
            raise StartupError(f"{repo}: revision {revision} has no {path}{hint}")
    wanted += [path for path in layout.taken if path in there]
    for path in wanted:
        if not there[path].checksum:
            raise StartupError(f"{repo}: {path}: the hub lists no checksum, so the file cannot be checked")
    return found.sha, [there[path] for path in wanted], found.licence


def in_one_line(error: Exception) -> str:
    """Return an error's text in one line of at most 200 characters."""
    return " ".join(str(error).split())[:200]
