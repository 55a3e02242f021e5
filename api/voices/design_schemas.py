"""Schemas of designed and mixed voices."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.request_text import SpokenText
from api.schemas import Level
from api.strings import ClientModel, Lines, Name
from api.voices.schemas import MAX_DESCRIPTION, Labels, Language, VoiceName
from core.voice_style import PITCH_HZ, SYLLABLES_PER_S
from shared.types import MAX_SEED

MAX_CANDIDATES = 4
MAX_DESIGN_TEXT = 300
"""Longest text of a design, in characters: one chunk, spoken once for each candidate."""
_STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class VoiceDesign(ClientModel):
    """`POST /v1/voices/design`."""

    model_config = _STRICT

    gender: Literal["female", "male"]
    pitch: Level = "moderate"
    rate: Level = "moderate"
    pitch_hz: float | None = Field(
        None, ge=PITCH_HZ[0], le=PITCH_HZ[1], description="mean pitch in Hz, in place of `pitch`"
    )
    syllables_per_s: float | None = Field(
        None, ge=SYLLABLES_PER_S[0], le=SYLLABLES_PER_S[1], description="speed, in place of `rate`"
    )
    text: Annotated[SpokenText, StringConstraints(max_length=MAX_DESIGN_TEXT)] = Field(
        "Hello. This is how I sound when I speak to you.", description="text to hear the candidates with"
    )
    candidates: int = Field(3, ge=1, le=MAX_CANDIDATES, description="voices to choose from")
    seed: int | None = Field(None, ge=0, le=MAX_SEED, description="the same design again; default: a fresh one")


class CandidateInfo(BaseModel):
    """A designed voice to hear. `POST /v1/voices/design/{id}` keeps it."""

    id: str
    audio_b64: str = Field(description="MP3 of the text")
    content_type: Literal["audio/mpeg"] = "audio/mpeg"
    seconds: float
    gender: str
    pitch: str
    rate: str
    pitch_hz: float = Field(description="mean pitch that the model aims at")
    syllables_per_s: float
    seed: int


class DesignAnswer(BaseModel):
    """Candidates of a design."""

    text: str
    candidates: list[CandidateInfo]
    expires_in_s: float = Field(description="seconds for which the candidates can be kept")


class NewVoice(ClientModel):
    """Name of a voice to keep, and the facts about it."""

    model_config = _STRICT

    name: VoiceName = Field(description="no two voices of a key have the same")
    language: Literal[""] | Language = Field("", description="BCP 47 tag of what the voice speaks")
    description: Annotated[Lines, Field(max_length=MAX_DESCRIPTION)] = ""
    labels: Labels = Field(default_factory=dict)
    public: bool = Field(False, description="every key may speak with it")


class VoiceMix(NewVoice):
    """`POST /v1/voices/mix`."""

    mix: Annotated[Name, Field(max_length=512)] = Field(
        description="voices of the checkpoint and of the key, with weights: `isha(2)+ravi`"
    )
