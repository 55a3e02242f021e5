"""Tags of a file: the statement that its speech is synthetic, and its origin."""

import struct
from dataclasses import dataclass

ID3_HEADER_BYTES = 10
"""Size of the header of an ID3v2 tag; its last four bytes are the size of the rest, seven bits each."""


@dataclass(frozen=True, slots=True)
class Tags:
    """Origin of the speech in a file: the request that made it (or the job), and the model's version."""

    request_id: str
    model: str

    @property
    def comment(self) -> str:
        """Return the one field that every container has a place for."""
        return f"synthetic speech; model {self.model}; request {self.request_id}"


def riff_info(comment: str) -> bytes:
    """Return the chunk LIST of type INFO with a comment (`ICMT`), padded to an even length."""
    text = comment.encode() + b"\0"
    text += b"\0" * (len(text) % 2)
    body = b"INFO" + b"ICMT" + struct.pack("<I", len(text)) + text
    return b"LIST" + struct.pack("<I", len(body)) + body


def id3_bytes(head: bytes | bytearray) -> int:
    """Return the length of the ID3v2 tag that a file begins with; 0 without one."""
    if head[:3] != b"ID3":
        return 0
    size = 0
    for byte in head[6:ID3_HEADER_BYTES]:
        size = size << 7 | byte & 0x7F
    return ID3_HEADER_BYTES + size
