"""Messages of a WebSocket client: their schemas and how they are read."""

import json
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from api.errors import refusal
from api.references import ReferenceFields
from api.request_text import SpokenText, check_text
from api.schemas import SpeechRequest
from api.strings import ClientModel, Name, place_of
from shared.errors import ValidationFailed

ContextId = Annotated[Name, Field(min_length=1, max_length=128)]


class ContextOptions(ReferenceFields, SpeechRequest):
    """Options of a context: the fields of `/v1/tts/generate`, and the size and form of its frames."""

    frame_ms: int = Field(20, ge=10, le=100)
    framing: Literal["raw", "tagged"] = "raw"


class Speak(ContextOptions):
    """Speak `text`; without it, open the context for `text` messages."""

    type: Literal["speak"]
    text: SpokenText | None = None
    context_id: ContextId | None = None


class Text(ContextOptions):
    """Next piece of a context's text. A new context takes the options of this message or of the context before it."""

    type: Literal["text"]
    text: Annotated[str, AfterValidator(check_text)]
    context_id: ContextId = "default"
    speaker: Name = Field("", max_length=128)


class _Control(ClientModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Auth(_Control):
    """An API key alone. Any other first message may hold a key, too."""

    type: Literal["auth"]


class Flush(_Control):
    """Speak the text that has arrived, even if its last sentence is incomplete."""

    type: Literal["flush"]
    context_id: ContextId = "default"


class End(_Control):
    """End the text of a context. Without a context: of all of them, and close the socket when all is sent."""

    type: Literal["end"]
    context_id: ContextId | None = None


class Cancel(_Control):
    """Stop a context at once; without a context, all of them."""

    model_config = ConfigDict(allow_inf_nan=False)

    type: Literal["cancel"]
    context_id: ContextId | None = None
    played_s: float | None = Field(default=None, ge=0, description="seconds of the context's audio that were played")

    @model_validator(mode="after")
    def _of_one_context(self) -> "Cancel":
        if self.played_s is not None and self.context_id is None:
            raise ValueError("played_s is that of one context: name it in context_id")
        return self


class Pause(_Control):
    """Stop sending audio until `resume`."""

    type: Literal["pause"]
    context_id: ContextId | None = None


class Resume(_Control):
    """Send audio again."""

    type: Literal["resume"]
    context_id: ContextId | None = None


class Ping(_Control):
    """Ask for a `pong`."""

    type: Literal["ping"]


Message = Auth | Speak | Text | Flush | End | Cancel | Pause | Resume | Ping
_ADAPTER: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="type")])
_TYPES = "auth, speak, text, flush, end, cancel, pause, resume, ping"


def read(data: str, *, first: bool) -> Message:
    """Return a message. A first message without a type is a `speak`, as of older clients.

    Raise ValidationFailed, TextTooLong, InvalidFormat.
    """
    try:
        message = json.loads(data)  # accepts lone surrogates, as over HTTP; the check of the field then names it
    except (ValueError, RecursionError):
        raise ValidationFailed("the message is not valid JSON") from None
    if not isinstance(message, dict):
        raise ValidationFailed("a message must be a JSON object")
    if first:
        message.pop("api_key", None)
    if first and "type" not in message and {"text", "speaker"} <= message.keys():
        message["type"] = "speak"
    try:
        return _ADAPTER.validate_python(message)
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False)[0]
        if wrong["type"].startswith("union_tag"):
            raise ValidationFailed(f"type: must be one of {_TYPES}", details={"field": "type"}) from None
        raise refusal(wrong["type"], place_of(wrong["loc"][1:]), wrong["msg"]) from None


def is_longer(data: str, limit: int) -> bool:
    """Report whether a message has more than `limit` bytes."""
    return len(data) > limit or (len(data) * 4 > limit and len(data.encode("utf-8", "replace")) > limit)
