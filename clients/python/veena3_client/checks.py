"""Checks of what a server sends. A fault is a ValueError, which becomes an InvalidAnswerError."""

import json
from collections.abc import Mapping
from typing import Any

MAX_BYTES = 16 * 1024 * 1024
"""Bytes of the longest line, message or JSON document that is read. The service's own have less than 1 MiB, except for
whole files in JSON, which are read without a bound as audio is."""
MAX_RATE = 1_000_000
"""Highest sample rate in Hz that is believed."""
MAX_SAMPLES = 2**40
"""Most samples of one message, and last position in a stream, that are believed."""


def json_object(data: str | bytes) -> dict[str, Any]:
    """Return a JSON object. Raises ValueError."""
    try:
        fields = json.loads(data)
    except RecursionError:
        raise ValueError("JSON that is nested too deeply") from None
    if not isinstance(fields, dict):
        raise ValueError("no JSON object")
    return fields


def string(fields: Mapping[str, Any], name: str) -> str:
    """Return a field that is a string. Raises ValueError."""
    if not isinstance(value := fields.get(name), str):
        raise ValueError(f"no {name}")
    return value


def whole(fields: Mapping[str, Any], name: str, *, least: int, most: int) -> int:
    """Return a field that is an integer from `least` to `most`. Raises ValueError."""
    value = fields.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"no {name}")
    return value


def seconds(fields: Mapping[str, Any], name: str) -> float:
    """Return a field that is a duration or a position in seconds. Raises ValueError."""
    value = fields.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= MAX_SAMPLES:
        raise ValueError(f"no {name}")
    return float(value)


class BoundedBody:
    """Body of an answer that is read as a whole. `feed` raises ValueError for more than MAX_BYTES."""

    def __init__(self) -> None:
        self._read = bytearray()

    def feed(self, piece: bytes) -> None:
        """Add the next bytes."""
        self._read += piece
        if len(self._read) > MAX_BYTES:
            raise ValueError("an endless answer")

    @property
    def bytes(self) -> bytes:
        """Return what was read."""
        return bytes(self._read)

    def json(self) -> dict[str, Any]:
        """Return the body as a JSON object. Raises ValueError."""
        return json_object(bytes(self._read))


class LineDecoder:
    """Lines of a body whose bytes may be cut anywhere. `feed` raises ValueError for one above MAX_BYTES."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, piece: bytes) -> list[str]:
        """Return the lines that this piece completes, without their ends. Raises ValueError, also if not in UTF-8."""
        self._rest += piece
        lines: list[bytes] = []
        if b"\n" in piece:
            *lines, last = bytes(self._rest).split(b"\n")
            self._rest = bytearray(last)
        if len(self._rest) > MAX_BYTES:
            raise ValueError("an endless line")
        return [line.decode().rstrip("\r") for line in lines]
