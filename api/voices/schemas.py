"""Schemas of `/v1/voices`."""

import json
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from api.request_text import check_text
from api.schemas import VoiceInfo
from api.strings import ClientModel, Lines, Name, check_entries

MAX_NAME, MAX_DESCRIPTION, MAX_TRANSCRIPT = 100, 1_000, 2_000
MAX_LABELS = 16
MAX_RECORDINGS = 8
"""Most recordings of a voice. Chosen: they have 60 s together."""
_LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"


def _labels_of(labels: Any) -> Any:
    """Return the labels of a form, where they are JSON, as ElevenLabs' clients send them."""
    if isinstance(labels, str):
        try:
            labels = json.loads(labels) if labels.strip() else {}
        except (ValueError, RecursionError):
            raise ValueError("must be a JSON object of strings") from None
    return check_entries(labels, MAX_LABELS)


VoiceName = Annotated[Name, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NAME)]
Label = Annotated[Name, StringConstraints(max_length=100)]
Labels = Annotated[dict[Label, Label], BeforeValidator(_labels_of)]
Transcript = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=MAX_TRANSCRIPT), AfterValidator(check_text)
]
Language = Annotated[Name, Field(pattern=_LANGUAGE, max_length=35)]


class VoiceForm(ClientModel):
    """Fields of `POST /v1/voices` beside the files `audio`."""

    name: VoiceName = Field(description="for people and for requests; no two voices of a key have the same")
    transcript: Transcript = Field("", description="what the recordings say: the voice then resembles them more")
    language: Literal[""] | Language = Field("", description="BCP 47 tag of what the voice speaks")
    description: Annotated[Lines, Field(max_length=MAX_DESCRIPTION)] = ""
    labels: Labels = Field(default_factory=dict, description="JSON object of strings")
    public: bool = Field(False, description="every key may speak with it")
    consent: Annotated[Name, Field(max_length=64)] = Field(
        description="`true`: you state that the speaker consents; or the id of a consent record"
    )


class VoiceChange(ClientModel):
    """`PATCH /v1/voices/{id}`: the fields to replace."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: VoiceName | None = None
    language: Literal[""] | Language | None = None
    description: Annotated[Lines, Field(max_length=MAX_DESCRIPTION)] | None = None
    labels: Labels | None = None
    public: bool | None = None


class MadeVoiceInfo(VoiceInfo):
    """A voice that a caller made. Its owner sees `heard` and `consent`, too."""

    public: bool
    owned: bool = Field(description="the key of this request made it")
    model: str = Field(description="checkpoint that it was made with")
    preview_url: str
    created_at: float = Field(description="in seconds since 1970")
    heard: dict[str, Any] | None = Field(None, description="measures of the recording, and of the trial sentence")
    consent: dict[str, Any] | None = Field(None, description="record of the speaker's consent")
    requires_verification: Literal[False] = False


class VoiceConsent(BaseModel):
    """Consent record of a voice, as its owner exports it."""

    object: Literal["voice.consent"] = "voice.consent"
    voice_id: str
    name: str
    source: str = Field(description="`cloned`, `mixed` or `designed`")
    model: str = Field(description="checkpoint that the voice was made with")
    created_at: float = Field(description="when the voice was made, in seconds since 1970")
    consent: dict[str, Any] | None = Field(
        description="key that stated it, time, kind, and SHA-256 of the recordings; those of its parts for a mix; "
        "`null` for a voice without a recording"
    )
    exported_at: float = Field(description="in seconds since 1970")


class VoiceDeleted(BaseModel):
    """A voice that was deleted. `status` is the field that ElevenLabs' clients read."""

    id: str
    deleted: Literal[True] = True
    status: Literal["ok"] = "ok"


class VoiceList(BaseModel):
    """`GET /v1/voices`."""

    voices: list[MadeVoiceInfo | VoiceInfo]
