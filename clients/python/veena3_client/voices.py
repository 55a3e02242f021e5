"""Voices of a server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_TYPES: dict[str, type | tuple[type, ...]] = {
    "id": str,
    "aliases": list,
    "languages": list,
    "gender": (str, type(None)),
    "description": str,
}


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice. `id` and each alias name it in requests. `fields` is the whole entry as the server sent it."""

    id: str
    aliases: tuple[str, ...]
    languages: tuple[str, ...]
    gender: str | None
    description: str
    fields: Mapping[str, Any] = field(default_factory=dict, compare=False)


def checked_voice(fields: object) -> Voice:
    """Return a voice of an answer. Raises ValueError."""
    if not isinstance(fields, dict) or any(not isinstance(fields.get(name), kind) for name, kind in _TYPES.items()):
        raise ValueError("no voice")
    if any(not isinstance(name, str) for name in (*fields["aliases"], *fields["languages"])):
        raise ValueError("no name")
    names = tuple(fields["aliases"]), tuple(fields["languages"])
    return Voice(fields["id"], *names, fields["gender"], fields["description"], fields)


def checked_voices(fields: Mapping[str, Any]) -> list[Voice]:
    """Return the voices of a list, of which there is at least one. Raises ValueError."""
    voices = fields.get("voices")
    if not isinstance(voices, list) or not voices:
        raise ValueError("no voices")
    return [checked_voice(voice) for voice in voices]
