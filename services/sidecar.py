"""ZIP archive of a whole file and a sidecar beside it, such as its captions. The file is stored as it is."""

import io
from collections.abc import Iterator
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from services.whole_file import EncodedFile, FileBody

_LOCAL_BYTES, _DESCRIPTOR_BYTES, _CENTRAL_BYTES, _END_BYTES = 30, 16, 46, 22
"""Bytes of the records of an archive, without names: before and behind a file's data, in the directory, and its end."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""Time of every file in an archive, the earliest one: the same request gives the same archive."""


def archive(file: EncodedFile, name: str, sidecar: bytes, sidecar_name: str) -> FileBody:
    """Return an archive of `file` under `name` and of `sidecar`. Raises OSError where the temporary folder is full."""
    audio = file.body()
    entries = [(sidecar_name, len(sidecar)), (name, audio.size)]
    of_one = _LOCAL_BYTES + _DESCRIPTOR_BYTES + _CENTRAL_BYTES
    size = sum(of_one + 2 * len(name.encode()) + length for name, length in entries) + _END_BYTES
    return FileBody(size, _pieces(audio, name, sidecar, sidecar_name))


def _pieces(audio: FileBody, name: str, sidecar: bytes, sidecar_name: str) -> Iterator[bytes]:
    sink = _Sink()
    with ZipFile(sink, "w", ZIP_STORED) as made:
        with made.open(ZipInfo(sidecar_name, _EPOCH), "w") as entry:
            entry.write(sidecar)
        yield sink.taken()
        with made.open(ZipInfo(name, _EPOCH), "w") as entry:
            for piece in audio.pieces:
                entry.write(piece)
                yield sink.taken()
    yield sink.taken()


class _Sink(io.RawIOBase):
    """Output that cannot seek; what was written is taken piece by piece."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # narrower than a buffer
        self._written += data
        return len(data)

    def taken(self) -> bytes:
        """Return the bytes since the last call."""
        taken, self._written = bytes(self._written), bytearray()
        return taken
