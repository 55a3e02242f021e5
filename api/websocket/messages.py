"""What a client may say on a WebSocket. Knows nothing of what becomes of it."""

import json
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from api.errors import refusal
from api.schemas import SpeechRequest, SpokenText, check_text
from api.strings import Name, place_of
from shared.errors import ValidationFailed

ContextId = Annotated[Name, Field(min_length=1, max_length=128)]


class ContextOptions(SpeechRequest):
    """The options of a context: the fields of `/v1/tts/generate`, and how its sound is cut into frames."""

    frame_ms: int = Field(20, ge=10, le=100)
    framing: Literal["raw", "tagged"] = "raw"


class Speak(ContextOptions):
    """Say `text`; without it, open the context for `text` messages."""

    type: Literal["speak"]
    text: SpokenText | None = None
    context_id: ContextId | None = None


class Text(ContextOptions):
    """The next piece of a context's text. A new context speaks as this message says, or as the one before it did."""

    type: Literal["text"]
    text: Annotated[str, AfterValidator(check_text)]
    context_id: ContextId = "default"
    speaker: Name = Field("", max_length=128)


class _Control(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Auth(_Control):
    """The key alone; any other first message may hold it too."""

    type: Literal["auth"]


class Flush(_Control):
    """Speak what is there, though no sentence be complete."""

    type: Literal["flush"]
    context_id: ContextId = "default"


class End(_Control):
    """No more text comes; without a context, none for any, and the socket is closed when all is spoken."""

    type: Literal["end"]
    context_id: ContextId | None = None


class Cancel(_Control):
    """Be silent; without a context, all of them."""

    type: Literal["cancel"]
    context_id: ContextId | None = None


class Pause(_Control):
    """Send no sound for now."""

    type: Literal["pause"]
    context_id: ContextId | None = None


class Resume(_Control):
    type: Literal["resume"]
    context_id: ContextId | None = None


class Ping(_Control):
    type: Literal["ping"]


Message = Auth | Speak | Text | Flush | End | Cancel | Pause | Resume | Ping
_ADAPTER: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="type")])
_TYPES = "auth, speak, text, flush, end, cancel, pause, resume, ping"


def read(data: str, *, first: bool) -> Message:
    """Raises ValidationFailed, TextTooLong, InvalidFormat. Older clients' first message is a `speak` without a type."""
    try:
        said = json.loads(data)  # takes lone surrogates, as over HTTP: the field that holds one is named
    except (ValueError, RecursionError):
        raise ValidationFailed("the message is not valid JSON") from None
    if not isinstance(said, dict):
        raise ValidationFailed("a message is a JSON object")
    if first:
        said.pop("api_key", None)
    if first and "type" not in said and {"text", "speaker"} <= said.keys():
        said["type"] = "speak"
    try:
        return _ADAPTER.validate_python(said)
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False)[0]
        if wrong["type"].startswith("union_tag"):
            raise ValidationFailed(f"type: must be one of {_TYPES}", details={"field": "type"}) from None
        raise refusal(wrong["type"], place_of(wrong["loc"][1:]), wrong["msg"]) from None
