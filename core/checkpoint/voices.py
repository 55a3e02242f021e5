"""Read `voices.yaml`: a checkpoint's voices and its prompt template. Strict: a mistake here gives a wrong voice."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.documents import first_fault, read_yaml
from processing.normalise.language import spoken_tag
from shared.errors import CheckpointInvalid, ValidationFailed
from shared.types import AUTO, GLOBAL_TOKENS, Voice

_STRICT = ConfigDict(extra="forbid", strict=True, frozen=True)
_Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]


@dataclass(frozen=True, slots=True)
class VoicesFile:
    """Contents of `voices.yaml`. `prompt` contains `{text}` once, and `{speaker}` if the model has named speakers.

    `chunk_threshold` and `chunk_target` (characters), `window_lookahead` and `window_lookahead_first` (tokens) replace
    the service's defaults; None keeps them. `scripts` are ISO 15924 codes of those that the model reads; empty: all.
    `controllable`: the model was trained on the task of designed voices.
    """

    model: str
    version: str
    prompt: str
    emotions: tuple[str, ...]
    scripts: tuple[str, ...]
    chunk_threshold: int | None
    chunk_target: int | None
    window_lookahead: int | None
    window_lookahead_first: int | None
    controllable: bool
    voices: tuple[Voice, ...]


class _VoiceEntry(BaseModel):
    model_config = _STRICT

    id: _Name
    name: Annotated[str, Field(min_length=1)]
    aliases: list[_Name] = []
    languages: list[Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")]] = []
    language: str | None = None
    gender: Literal["female", "male", "neutral"] | None = None
    description: str = ""
    speaker: Annotated[str, Field(min_length=1)] | None = None
    global_tokens: Annotated[list[int], Field(min_length=GLOBAL_TOKENS, max_length=GLOBAL_TOKENS)] | None = None


class _VoicesSchema(BaseModel):
    model_config = _STRICT

    model: _Name
    version: _Name
    prompt: str
    emotions: list[Annotated[str, Field(pattern=r"^[a-z][a-z _-]*$")]] = []
    scripts: list[Literal["Latn", "Deva", "Telu"]] = []
    chunk_threshold: Annotated[int, Field(ge=40, le=2000)] | None = None
    chunk_target: Annotated[int, Field(ge=20, le=2000)] | None = None
    window_lookahead: Annotated[int, Field(ge=0, le=200)] | None = None
    window_lookahead_first: Annotated[int, Field(ge=0, le=200)] | None = None
    controllable: bool = False
    voices: Annotated[list[_VoiceEntry], Field(min_length=1)]


def read_voices(path: Path, *, global_codes: int) -> VoicesFile:
    """Read `voices.yaml`. Global tokens must be below `global_codes`.

    Raises CheckpointInvalid: one line with the file, the field and the reason.
    """
    try:
        document = _VoicesSchema.model_validate(read_yaml(path))
    except ValidationError as error:
        raise CheckpointInvalid(f"{path}: {first_fault(error)}") from None
    for fault in _faults(document, global_codes):
        raise CheckpointInvalid(f"{path}: {fault}")
    return VoicesFile(
        model=document.model,
        version=document.version,
        prompt=document.prompt,
        emotions=tuple(document.emotions),
        scripts=tuple(document.scripts),
        chunk_threshold=document.chunk_threshold,
        chunk_target=document.chunk_target,
        window_lookahead=document.window_lookahead,
        window_lookahead_first=document.window_lookahead_first,
        controllable=document.controllable,
        voices=tuple(map(_voice, document.voices)),
    )


def _voice(entry: _VoiceEntry) -> Voice:
    return Voice(
        id=entry.id,
        name=entry.name,
        aliases=tuple(entry.aliases),
        languages=tuple(entry.languages),
        language=None if entry.language is None else spoken_tag(entry.language, entry.languages),
        gender=entry.gender,
        description=entry.description,
        speaker=entry.speaker or entry.id,
        global_tokens=None if entry.global_tokens is None else tuple(entry.global_tokens),
    )


def _faults(document: _VoicesSchema, global_codes: int) -> Iterator[str]:
    """Yield the faults that the schema does not cover."""
    if fault := _template_fault(document.prompt):
        yield f"prompt: {fault}"
    if len(set(document.emotions)) < len(document.emotions):
        yield "emotions: one is listed twice"
    names: set[str] = set()
    owners: dict[str, str] = {}  # by names without case, as requests are matched
    for voice in document.voices:
        if fault := _language_fault(voice):
            yield f"voice {voice.id}: {fault}"
        for name in (voice.id, *voice.aliases):
            owner = owners.setdefault(name.casefold(), voice.id)
            if owner != voice.id or name in names:
                yield f"voice {voice.id}: the name {name} already belongs to voice {owner}"
            names.add(name)
        for token in voice.global_tokens or ():
            if not 0 <= token < global_codes:
                yield f"voice {voice.id}: global token {token} is not one of 0 to {global_codes - 1}"


def _language_fault(voice: _VoiceEntry) -> str | None:
    try:
        spoken_tag(voice.language or AUTO, voice.languages)
    except ValidationFailed as error:
        return error.message
    return None


def _template_fault(template: str) -> str | None:
    try:
        fields = [field for _, *field in Formatter().parse(template) if field[0] is not None]
    except ValueError as error:
        return str(error)
    if any(name not in ("speaker", "text") or spec or conversion for name, spec, conversion in fields):
        return "only {speaker} and {text} may be in braces"
    if [name for name, *_ in fields].count("text") != 1:
        return "{text} must occur once"
    return None
