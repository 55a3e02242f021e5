"""Object storage for the audio of jobs: S3, Google Cloud Storage or Azure, through the package `obstore`.

Credentials, region and endpoint are those of the environment, such as AWS_ACCESS_KEY_ID and AWS_ENDPOINT.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError
from obstore.store import from_url

from services.jobs.audio_store import PIECE_BYTES, RESULT
from shared.errors import StartupError

if TYPE_CHECKING:
    from obstore import GetOptions


class ObjectStore:
    """A bucket, or a prefix in one, behind the protocol `AudioStore`. A stored object is whole and durable."""

    def __init__(self, url: str) -> None:
        try:
            self._store = from_url(url)
        except BaseError as error:
            raise StartupError(f"setting JOBS_STORE: {str(error).partition(chr(10))[0]}") from None

    def put(self, job_id: str, name: str, pieces: Iterable[bytes]) -> int:
        size = 0

        def counted() -> Iterator[bytes]:
            nonlocal size
            for piece in pieces:
                size += len(piece)
                yield piece

        with _as_os_error():
            obstore.put(self._store, f"{job_id}/{name}", counted(), use_multipart=True)
        return size

    def read(self, job_id: str, name: str, *, start: int = 0, size: int | None = None) -> Iterator[bytes]:
        if size == 0:
            return
        with _as_os_error():
            wanted: GetOptions = {"range": {"offset": start} if size is None else (start, start + size)}
            found = obstore.get(self._store, f"{job_id}/{name}", options=wanted)
            held = bytearray()
            for piece in found.stream(min_chunk_size=PIECE_BYTES):
                held += piece
                while len(held) >= PIECE_BYTES:
                    yield bytes(held[:PIECE_BYTES])
                    del held[:PIECE_BYTES]
            if held:
                yield bytes(held)

    def names(self, job_id: str) -> set[str]:
        with _as_os_error():
            found = obstore.list(self._store, prefix=job_id).collect()
        return {entry["path"].rpartition("/")[2] for entry in found}

    def delete(self, job_id: str, *, parts_only: bool = False) -> None:
        names = self.names(job_id) - ({RESULT} if parts_only else set())
        with _as_os_error():
            obstore.delete(self._store, [f"{job_id}/{name}" for name in sorted(names)])


@contextmanager
def _as_os_error() -> Iterator[None]:
    """Raise OSError for an error of the storage; FileNotFoundError is one already."""
    try:
        yield
    except BaseError as error:
        raise OSError(str(error).partition("\n")[0]) from error
