"""`Range` of a request for a file: one range of bytes (RFC 9110, section 14)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from shared.errors import RangeNotSatisfiable

_ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes of a file of `whole` bytes: `size` of them from `start`."""

    start: int
    size: int
    whole: int
    status: int

    def headers(self) -> dict[str, str]:
        """Return the header that a part of a file needs."""
        if self.status == 200:
            return {}
        return {"Content-Range": f"bytes {self.start}-{self.start + self.size - 1}/{self.whole}"}


def read_range(headers: Mapping[str, str], *, size: int, etag: str) -> ByteRange:
    """Return the bytes that a request asks for; the whole file where it asks for none, or for several ranges.

    Raises RangeNotSatisfiable.
    """
    whole = ByteRange(0, size, size, 200)
    found = _ONE_RANGE.fullmatch(headers.get("range", "").replace(" ", ""))
    if found is None or not any(found.groups()) or headers.get("if-range", etag) != etag:
        return whole
    first, last = found.groups()
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1 if last else size)
    if start >= size or (first and last and int(last) < int(first)) or start >= end:
        raise RangeNotSatisfiable(f"the file has {size} bytes", details={"size": size})
    return ByteRange(start, end - start, size, 206)
