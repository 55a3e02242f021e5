"""Files that grow by pieces: the bytes that come back, in memory and beyond it, plain and in JSON."""

import base64
import json
import random

import pytest

from services import whole_file
from services.whole_file import HEAD_BYTES, PIECE_BYTES, EncodedFile


def pieces_of(size: int, chance: random.Random) -> list[bytes]:
    """Return `size` bytes in pieces of any length."""
    pieces = []
    while size:
        length = min(size, chance.randrange(1, 100_000))
        pieces.append(chance.randbytes(length))
        size -= length
    return pieces


@pytest.mark.parametrize(
    "size", [0, 1, 2, 3, HEAD_BYTES - 1, HEAD_BYTES, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES, 1_000_001]
)
@pytest.mark.parametrize("memory", [1000, 10**7])
def test_bytes_come_back_in_order(monkeypatch, size, memory):
    monkeypatch.setattr(whole_file, "MEMORY_BYTES", memory)
    pieces = pieces_of(size, random.Random(size))
    with EncodedFile() as file:
        for piece in pieces:
            file.append(piece)
        file.head[:0] = b"tag"
        body = file.body()
        read = list(body.pieces)
    assert b"".join(read) == b"tag" + b"".join(pieces) and body.size == size + 3
    assert all(len(piece) == PIECE_BYTES for piece in read[:-1])


@pytest.mark.parametrize("size", [0, 1, 2, 3, PIECE_BYTES, 500_002])
def test_json_holds_the_file_in_base64(size):
    content = random.Random(1).randbytes(size)
    with EncodedFile() as file:
        for start in range(0, size, 70_000):
            file.append(content[start : start + 70_000])
        body = file.in_json(b'{"a": "', b'", "b": 1}')
        document = b"".join(body.pieces)
    assert len(document) == body.size
    assert base64.b64decode(json.loads(document)["a"]) == content
