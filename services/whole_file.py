"""Encoded bytes of a whole file while it is made: in memory up to a bound, then in a temporary file."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from types import TracebackType

HEAD_BYTES = 64 * 1024
"""Bytes at the beginning that stay in memory, where encoders complete them at the end."""
MEMORY_BYTES = 4 * 1024 * 1024
"""Bytes held in memory: two minutes of 16 kHz WAV. An hour has 115 MB, and 32 requests may run at once."""
PIECE_BYTES = 48 * 1024
"""Bytes of one piece: base64 takes three at a time, so that pieces join without padding between them."""


@dataclass(frozen=True, slots=True)
class FileBody:
    """FileBody of an answer: its length in bytes, and its pieces."""

    size: int
    pieces: Iterator[bytes]


class EncodedFile:
    """File that grows by pieces and is read once, after its head has been completed."""

    def __init__(self) -> None:
        self.head = bytearray()
        self._rest: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(max_size=MEMORY_BYTES)  # noqa: SIM115 - closed on exit
        self._rest_size = 0

    def __enter__(self) -> "EncodedFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._rest.close()

    @property
    def size(self) -> int:
        return len(self.head) + self._rest_size

    def append(self, piece: bytes) -> None:
        """Add bytes to the end. Raises OSError where the temporary folder is full."""
        if len(self.head) < HEAD_BYTES and not self._rest_size:
            self.head += piece
        else:
            self._rest_size += self._rest.write(piece)

    def body(self) -> FileBody:
        """Return the file as the body of an answer. Raises OSError where the temporary folder is full."""
        self._rest.flush()
        return FileBody(self.size, self._pieces())

    def in_json(self, before: bytes, after: bytes) -> FileBody:
        """Return the file in base64 between two parts of a JSON document, piece by piece. Raises as `body` does."""
        self._rest.flush()

        def pieces() -> Iterator[bytes]:
            yield before
            yield from map(base64.b64encode, self._pieces())
            yield after

        return FileBody(len(before) + 4 * -(-self.size // 3) + len(after), pieces())

    def _pieces(self) -> Iterator[bytes]:
        """Yield all bytes in pieces of PIECE_BYTES, the last one shorter."""
        self._rest.seek(0)
        buffer = self.head
        for start in range(0, len(buffer) - PIECE_BYTES + 1, PIECE_BYTES):
            yield bytes(buffer[start : start + PIECE_BYTES])
        left = bytes(buffer[len(buffer) - len(buffer) % PIECE_BYTES :])
        while read := self._rest.read(PIECE_BYTES - len(left)):
            left += read
            if len(left) == PIECE_BYTES:
                yield left
                left = b""
        if left:
            yield left
