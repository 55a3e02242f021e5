"""Read `voices.yaml`: whom a checkpoint can speak as, and how it is asked. Strict: a slip here is a wrong voice."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.documents import first_fault, read_yaml
from shared.errors import CheckpointInvalid
from shared.types import GLOBAL_TOKENS, Voice

_STRICT = ConfigDict(extra="forbid", strict=True, frozen=True)
_Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]


@dataclass(frozen=True, slots=True)
class VoiceSheet:
    """The contents of `voices.yaml`. `prompt` holds `{text}` once, and `{speaker}` where the model knows speakers.

    The chunk sizes, in characters, are there where a model speaks best in pieces of another length than usual, and the
    look-ahead, in tokens, where its decoder needs another.
    """

    model: str
    version: str
    prompt: str
    emotions: tuple[str, ...]
    chunk_threshold: int | None
    chunk_target: int | None
    window_lookahead: int | None
    voices: tuple[Voice, ...]


class _VoiceEntry(BaseModel):
    model_config = _STRICT

    id: _Name
    name: Annotated[str, Field(min_length=1)]
    aliases: list[_Name] = []
    languages: list[Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")]] = []
    gender: Literal["female", "male", "neutral"] | None = None
    description: str = ""
    speaker: Annotated[str, Field(min_length=1)] | None = None
    global_tokens: Annotated[list[int], Field(min_length=GLOBAL_TOKENS, max_length=GLOBAL_TOKENS)] | None = None


class _Sheet(BaseModel):
    model_config = _STRICT

    model: _Name
    version: _Name
    prompt: str
    emotions: list[Annotated[str, Field(pattern=r"^[a-z][a-z _-]*$")]] = []
    chunk_threshold: Annotated[int, Field(ge=40, le=2000)] | None = None
    chunk_target: Annotated[int, Field(ge=20, le=2000)] | None = None
    window_lookahead: Annotated[int, Field(ge=0, le=200)] | None = None
    voices: Annotated[list[_VoiceEntry], Field(min_length=1)]


def read_voices(path: Path, *, global_codes: int) -> VoiceSheet:
    """`global_codes` bounds the voices' global tokens. Raise CheckpointInvalid: file, field and reason in one line."""
    try:
        sheet = _Sheet.model_validate(read_yaml(path))
    except ValidationError as error:
        raise CheckpointInvalid(f"{path}: {first_fault(error)}") from None
    for fault in _faults(sheet, global_codes):
        raise CheckpointInvalid(f"{path}: {fault}")
    return VoiceSheet(
        model=sheet.model,
        version=sheet.version,
        prompt=sheet.prompt,
        emotions=tuple(sheet.emotions),
        chunk_threshold=sheet.chunk_threshold,
        chunk_target=sheet.chunk_target,
        window_lookahead=sheet.window_lookahead,
        voices=tuple(map(_voice, sheet.voices)),
    )


def _voice(entry: _VoiceEntry) -> Voice:
    return Voice(
        id=entry.id,
        name=entry.name,
        aliases=tuple(entry.aliases),
        languages=tuple(entry.languages),
        gender=entry.gender,
        description=entry.description,
        speaker=entry.speaker or entry.id,
        global_tokens=None if entry.global_tokens is None else tuple(entry.global_tokens),
    )


def _faults(sheet: _Sheet, global_codes: int) -> Iterator[str]:
    """What a schema cannot say."""
    if fault := _template_fault(sheet.prompt):
        yield f"prompt: {fault}"
    if len(set(sheet.emotions)) < len(sheet.emotions):
        yield "emotions: one is listed twice"
    owners: dict[str, str] = {}
    for voice in sheet.voices:
        for name in (voice.id, *voice.aliases):
            if name in owners:
                yield f"voice {voice.id}: the name {name} already belongs to voice {owners[name]}"
            owners[name] = voice.id
        for token in voice.global_tokens or ():
            if not 0 <= token < global_codes:
                yield f"voice {voice.id}: global token {token} is not one of 0 to {global_codes - 1}"


def _template_fault(template: str) -> str | None:
    try:
        fields = [field for _, *field in Formatter().parse(template) if field[0] is not None]
    except ValueError as error:
        return str(error)
    if any(name not in ("speaker", "text") or spec or conversion for name, spec, conversion in fields):
        return "only {speaker} and {text} may stand in braces"
    if [name for name, *_ in fields].count("text") != 1:
        return "{text} must occur once"
    return None
