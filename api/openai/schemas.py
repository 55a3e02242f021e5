"""Schemas of OpenAI's requests and answers."""

import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from api.references import ReferenceFields, without_required
from api.request_text import check_text
from api.schemas import SpeechRequest
from api.strings import Lines, Name
from shared.completeness_settings import CompletenessMode

MAX_INPUT = 4096
"""Longest input in characters, as in OpenAI's API."""
ResponseFormat = Literal["mp3", "opus", "aac", "flac", "wav", "pcm", "pcm-f32", "mp4", "webm"]
"""Formats of this route: those of `ENCODERS` at a rate of the client's choice. A type checker needs them by name."""
RATE: Literal[24000] = 24_000
"""Default sample rate in Hz. OpenAI's clients assume it for `pcm`."""


def _check_input(text: str) -> str:
    return check_text(text, field="input", most=MAX_INPUT)


def _name_of(voice: Any) -> Any:
    return voice["id"] if isinstance(voice, dict) and voice.keys() == {"id"} else voice


def _number_of(speed: Any) -> Any:
    return float(speed) if isinstance(speed, str) and _NUMBER.fullmatch(speed) else speed


_NUMBER = re.compile(r"\d{1,3}(\.\d{1,9})?")
_FIELD = re.compile(r"[A-Za-z0-9_.-]{1,64}")
MAX_NAMED = 8
"""Ignored fields that an answer names."""
_NAME = {"type": "string", "maxLength": 128}
_OBJECT = {"type": "object", "properties": {"id": _NAME}, "required": ["id"], "additionalProperties": False}
_VOICE = {"anyOf": [_NAME, _OBJECT]}
SpokenInput = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_check_input)]
VoiceName = Annotated[Name, BeforeValidator(_name_of), WithJsonSchema(_VOICE)]


class SpeechCreate(ReferenceFields, SpeechRequest):
    """`POST /v1/audio/speech`: OpenAI's fields, and in `extra_body` every other field of `/v1/tts/generate`.

    Audio is streamed unless `stream` is false. FLAC is a whole file unless `stream` is true: a stream cannot state its
    length, without which soundfile and librosa do not read it. A field that is null counts as left out, and unknown
    ones are ignored, as OpenAI does it: the header `Warning` names those without effect.
    """

    model_config = ConfigDict(extra="allow", json_schema_extra=without_required("voice"))

    model: Name | None = Field(
        None, max_length=128, description="a model that `GET /v1/models` lists; default: the loaded one"
    )
    input: SpokenInput = Field(description="text to speak, 1 to 4,096 characters")
    speaker: VoiceName = Field(
        max_length=128, validation_alias="voice", description='id or alias, or `{"id": …}`; see `GET /v1/voices`'
    )
    format: ResponseFormat = Field("mp3", validation_alias="response_format")
    speed: Annotated[float, BeforeValidator(_number_of)] = Field(1.0, ge=0.25, le=4, description="pitch-preserving")
    stream: bool = Field(True, description="audio while it is generated, or the whole file")
    stream_format: Literal["audio", "sse"] = Field("audio", description="`sse`: audio in `speech.audio.delta` events")
    sample_rate: Literal[8000, 16000, 24000, 44100, 48000] | None = Field(RATE, description="in Hz")
    instructions: Lines | None = Field(None, max_length=MAX_INPUT, description="accepted, without effect")

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, fields: object) -> object:
        return (
            {name: value for name, value in fields.items() if value is not None} if isinstance(fields, dict) else fields
        )

    @model_validator(mode="after")
    def _whole_flac(self) -> "SpeechCreate":
        if self.format == "flac" and "stream" not in self.model_fields_set:
            self.stream = False
        return self

    def without_effect(self) -> list[str]:
        """Return the fields that were sent and have no effect, as far as a header can name them."""
        ignored = [name for name in self.model_extra or () if _FIELD.fullmatch(name)]
        own = {"instructions": self.instructions, "timestamps": self.timestamps and self.stream}
        return [name for name, given in own.items() if given] + ignored[:MAX_NAMED]


class ModelCard(BaseModel):
    """A name of the loaded model."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str = "veena3"
    word_times: bool = Field(description="whether `timestamps` gives times of words: the checkpoint has an aligner")
    completeness: CompletenessMode = Field(description="mode of the check that every word is spoken, as it applies")


class ModelList(BaseModel):
    """`GET /v1/models`."""

    object: Literal["list"] = "list"
    data: list[ModelCard]


class AudioVoice(BaseModel):
    """A voice, as Open WebUI lists it."""

    id: str
    name: str


class AudioVoiceList(BaseModel):
    """`GET /v1/audio/voices`."""

    voices: list[AudioVoice]


class AudioModel(BaseModel):
    """A name of the loaded model, as Open WebUI lists it."""

    id: str


class AudioModelList(BaseModel):
    """`GET /v1/audio/models`."""

    models: list[AudioModel]


class OpenAIErrorDetail(BaseModel):
    """An error; `param` is the wrong field, if there is one."""

    message: str
    type: str
    param: str | None
    code: str | None


class OpenAIError(BaseModel):
    """Form of every error on OpenAI's routes."""

    error: OpenAIErrorDetail
