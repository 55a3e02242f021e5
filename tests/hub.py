"""Model hub on loopback with the endpoints that a download uses: look-up, resolve with ranges, errors by header."""

import asyncio
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.servers import on_a_thread

LARGE = 10_000
"""Bytes from which the hub returns a file's SHA-256, as the real hub does for large files."""


@dataclass
class HubRepo:
    """One repository. `break_at`: offset at which a path's next answer breaks; `corrupt`: paths with wrong bytes."""

    name: str
    commit: str
    files: dict[str, bytes]
    break_at: dict[str, int] = field(default_factory=dict)
    slow: bool = False
    listed_sizes: dict[str, int] = field(default_factory=dict)
    without_checksum: set[str] = field(default_factory=set)
    corrupt: set[str] = field(default_factory=set)
    requests: list[tuple[str, str | None]] = field(default_factory=list)  # (path, Range) of every GET

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/api/models/{owner}/{repo}/revision/{revision}", self._look_up),
                Route("/{owner}/{repo}/resolve/{revision}/{path:path}", self._resolve),
            ]
        )

    @contextmanager
    def running(self) -> Iterator[int]:
        """Serve on a free port; yield the port."""
        with on_a_thread(uvicorn.Server(uvicorn.Config(self.app, log_config=None, lifespan="off"))) as port:
            yield port

    async def _look_up(self, request: Request) -> Response:
        parts = request.path_params
        if f"{parts['owner']}/{parts['repo']}" != self.name:
            return JSONResponse({"error": "no"}, 404, {"X-Error-Code": "RepoNotFound"})
        if parts["revision"] not in (self.commit, "main"):
            return JSONResponse({"error": "no"}, 404, {"X-Error-Code": "RevisionNotFound"})
        siblings = []
        for path, content in self.files.items():
            git = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
            sibling = {"rfilename": path, "size": self.listed_sizes.get(path, len(content))}
            if path in self.without_checksum:
                siblings.append(sibling)
                continue
            sibling["blobId"] = git
            if len(content) >= LARGE:
                sibling["lfs"] = {"sha256": _sha256(content), "size": len(content), "pointerSize": 130}
            siblings.append(sibling)
        return JSONResponse({"id": self.name, "modelId": self.name, "sha": self.commit, "siblings": siblings})

    async def _resolve(self, request: Request) -> Response:
        path = request.path_params["path"]
        content = self.files.get(path)
        if content is None:
            return Response(status_code=404, headers={"X-Error-Code": "EntryNotFound"})
        headers = {"ETag": f'"{_sha256(content)}"', "Accept-Ranges": "bytes"}
        wanted = request.headers.get("range")
        self.requests.append((path, wanted))
        start = int(wanted.removeprefix("bytes=").split("-")[0]) if wanted else 0
        if path in self.corrupt:
            content = bytes(len(content))
        end = self.break_at.pop(path, len(content))
        headers["Content-Length"] = str(len(content) - start)
        if wanted:
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        return StreamingResponse(self._bytes(content, start, end), 206 if wanted else 200, headers)

    async def _bytes(self, content: bytes, start: int, end: int):
        for piece in range(start, end, 500_000):
            yield content[piece : min(piece + 500_000, end)]
            await asyncio.sleep(0.3 if self.slow else 0)
        if end < len(content):
            await asyncio.sleep(0.05)
            raise ConnectionError("the connection breaks here")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
