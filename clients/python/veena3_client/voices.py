"""Voices of a server, and the form of a new one."""

import base64
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict

from veena3_client.checks import seconds, string
from veena3_client.errors import UsageError
from veena3_client.options import Level

Recording = bytes | str | os.PathLike[str]
"""A recording: the bytes of a sound file, or its path."""
Recordings = Recording | Sequence[Recording]

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


class VoiceOptions(TypedDict, total=False):
    """Facts about a new voice beside its name. `public`: every key may speak with it."""

    language: str
    description: str
    labels: dict[str, str]
    public: bool


class DesignOptions(TypedDict, total=False):
    """Options of a design beside the gender. `pitch_hz` and `syllables_per_s` replace the levels."""

    pitch: Level
    rate: Level
    pitch_hz: float
    syllables_per_s: float
    text: str
    candidates: int
    seed: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A designed voice to hear, as MP3 of `seconds`. `fields` is the whole entry without its audio."""

    id: str
    audio: bytes = field(repr=False)
    seconds: float
    fields: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the audio to a file. Raises OSError."""
        Path(path).write_bytes(self.audio)


def checked_candidates(fields: Mapping[str, Any]) -> list[Candidate]:
    """Return the candidates of a design. Raises ValueError."""
    candidates = fields.get("candidates")
    if not isinstance(candidates, list) or not all(isinstance(one, dict) for one in candidates):
        raise ValueError("no candidates")
    return [
        Candidate(
            string(one, "id"),
            base64.b64decode(string(one, "audio_b64"), validate=True),
            seconds(one, "seconds"),
            {name: value for name, value in one.items() if name != "audio_b64"},
        )
        for one in candidates
    ]


def voice_form(name: str, options: VoiceOptions) -> dict[str, str]:
    """Return the fields of a form for a new voice."""
    form = {"name": name}
    for key, value in options.items():
        if value is not None:
            form[key] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return form


def opened(recordings: Recordings) -> list[tuple[str, tuple[str, bytes]]]:
    """Return recordings as the files of a form. Raises UsageError for one that cannot be read."""
    several = [recordings] if isinstance(recordings, bytes | str | os.PathLike) else list(recordings)
    return [("audio", _file(number, one)) for number, one in enumerate(several, 1)]


def _file(number: int, recording: Recording) -> tuple[str, bytes]:
    if isinstance(recording, bytes):
        return f"recording-{number}", recording
    try:
        return Path(recording).name, Path(recording).read_bytes()
    except OSError as error:
        raise UsageError(f"{os.fspath(recording)}: {error.strerror}") from None
