"""Checks of what a server sends. A fault is a ValueError, which `one_line_errors` turns into CommandFailed."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

MAX_BYTES = 16 * 1024 * 1024
"""Bytes of the longest line, message or JSON document that is read. The service's own have less than 1 MiB."""
MAX_RATE = 1_000_000
"""Highest sample rate in Hz that is believed."""
MAX_SAMPLES = 2**40
"""Most samples of one message, and last position in a stream, that are believed."""
MAX_SHOWN = 500
"""Characters of a server's text that are printed."""

_UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_VOICE: dict[str, type | tuple[type, ...]] = {
    "id": str,
    "aliases": list,
    "languages": list,
    "gender": (str, type(None)),
    "description": str,
}


def printable(text: str) -> str:
    """Return a server's text for a terminal: short, in one line, without control characters."""
    return _UNPRINTED.sub("?", text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…")


def printable_json(value: object) -> str:
    """Return JSON for a terminal, in which control characters are escaped."""
    return _UNPRINTED.sub(_escaped, json.dumps(value, ensure_ascii=False, indent=2))


def _escaped(found: re.Match[str]) -> str:
    return found[0] if found[0] == "\n" else f"\\u{ord(found[0]):04x}"  # json itself writes a line end between entries


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


def explained(fields: Mapping[str, Any]) -> tuple[str, str]:
    """Return code and message of an error. Raises ValueError."""
    error = fields.get("error")
    if not isinstance(error, dict):
        raise ValueError("no error")
    return printable(string(error, "code")), printable(string(error, "message"))


def checked_event(fields: Mapping[str, Any]) -> str:
    """Return the type of an event whose other fields a client can use. Raises ValueError."""
    kind = printable(string(fields, "type"))
    if kind == "start":
        string(fields, "format")
        whole(fields, "sample_rate", least=1, most=MAX_RATE)
    seconds = fields.get("seconds")
    if kind == "end" and not (isinstance(seconds, int | float) and 0 <= seconds <= MAX_SAMPLES):
        raise ValueError("no seconds")
    return kind


def checked_voices(fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the voices of a list, of which there is at least one. Raises ValueError."""
    voices = fields.get("voices")
    if not isinstance(voices, list) or not voices:
        raise ValueError("no voices")
    for voice in voices:
        if not isinstance(voice, dict) or any(not isinstance(voice.get(name), kind) for name, kind in _VOICE.items()):
            raise ValueError("no voice")
        if any(not isinstance(name, str) for name in (*voice["aliases"], *voice["languages"])):
            raise ValueError("no name")
    return voices


async def read_bounded(pieces: AsyncIterator[bytes]) -> bytes:
    """Return all bytes. Raises ValueError for more than MAX_BYTES."""
    read = bytearray()
    async for piece in pieces:
        read += piece
        if len(read) > MAX_BYTES:
            raise ValueError("an endless answer")
    return bytes(read)


async def bounded_lines(pieces: AsyncIterator[bytes]) -> AsyncIterator[str]:
    """Yield complete lines without their ends. Raises ValueError for one above MAX_BYTES, or not in UTF-8."""
    rest = bytearray()
    async for piece in pieces:
        rest += piece
        if b"\n" in piece:
            *lines, last = bytes(rest).split(b"\n")
            rest = bytearray(last)
            for line in lines:
                yield line.decode().rstrip("\r")
        if len(rest) > MAX_BYTES:
            raise ValueError("an endless line")
