"""What OpenAI's clients send, and the JSON they get."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StringConstraints, WithJsonSchema

from api.schemas import SpeechRequest, check_text
from api.strings import Lines, Name

LONGEST_INPUT = 4096  # characters, as theirs
RATE: Literal[24000] = 24_000  # Hz: what their clients take a sound without a header for


def _check_input(text: str) -> str:
    return check_text(text, field="input", most=LONGEST_INPUT)


def _name_of(voice: Any) -> Any:
    return voice["id"] if isinstance(voice, dict) and voice.keys() == {"id"} else voice


_NAME = {"type": "string", "maxLength": 128}
_OBJECT = {"type": "object", "properties": {"id": _NAME}, "required": ["id"], "additionalProperties": False}
_VOICE = {"anyOf": [_NAME, _OBJECT]}
SpokenInput = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_check_input)]
VoiceName = Annotated[Name, BeforeValidator(_name_of), WithJsonSchema(_VOICE)]


class SpeechCreate(SpeechRequest):
    """`POST /v1/audio/speech`: OpenAI's fields; a client's `extra_body` may hold every other one of `/v1/tts/generate`.

    The sound is streamed unless `stream` says otherwise.
    """

    model: Name = Field(max_length=128, description="one that `GET /v1/models` lists")
    input: SpokenInput = Field(description="what to say, 1 to 4,096 characters")
    speaker: VoiceName = Field(
        max_length=128, validation_alias="voice", description='id or alias, or `{"id": …}`; see `GET /v1/voices`'
    )
    format: Literal["mp3", "opus", "aac", "flac", "wav", "pcm"] = Field("mp3", validation_alias="response_format")
    stream: bool = Field(True, description="audio as it is made, or the whole file")
    stream_format: Literal["audio", "sse"] = Field("audio", description="`sse`: as `speech.audio.delta` events")
    sample_rate: Literal[8000, 16000, 24000, 44100, 48000] | None = Field(RATE, description="in Hz")
    instructions: Lines | None = Field(None, max_length=LONGEST_INPUT, description="accepted, and without effect")


class ModelCard(BaseModel):
    """A name that a request may give for the loaded model."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str = "veena3"


class ModelList(BaseModel):
    """`GET /v1/models`."""

    object: Literal["list"] = "list"
    data: list[ModelCard]


class OpenAIErrorDetail(BaseModel):
    """`param` names the field that is wrong, where one is."""

    message: str
    type: str
    param: str | None
    code: str | None


class OpenAIError(BaseModel):
    """The shape of every error on OpenAI's routes."""

    error: OpenAIErrorDetail
