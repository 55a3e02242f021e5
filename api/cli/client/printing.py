"""Text of a server for a terminal."""

import json
import re

MAX_SHOWN = 500
"""Characters of a server's text that are printed."""

_UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """Return a server's text for a terminal: short, in one line, without control characters."""
    return _UNPRINTED.sub("?", text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…")


def printable_json(value: object) -> str:
    """Return JSON for a terminal, in which control characters are escaped."""
    return _UNPRINTED.sub(_escaped, json.dumps(value, ensure_ascii=False, indent=2))


def _escaped(found: re.Match[str]) -> str:
    return found[0] if found[0] == "\n" else f"\\u{ord(found[0]):04x}"  # json itself writes a line end between entries
