"""Messages of Twilio's media streams."""

from typing import ClassVar

from pydantic import Field

from api.adapters.models import VendorModel
from api.request_text import SpokenText
from api.strings import Name


class Parameters(VendorModel):
    """`<Parameter>` elements of the stream. Their values are strings."""

    effective: ClassVar = frozenset({"text", "voice", "speed", "api_key"})
    text: SpokenText
    voice: Name = Field(max_length=128)
    speed: float | None = None
    api_key: Name | None = None


class Start(VendorModel):
    """Start of a stream."""

    stream_sid: Name = Field(alias="streamSid", max_length=128)
    parameters: Parameters = Field(alias="customParameters")


class Mark(VendorModel):
    """Mark that the call has reached."""

    name: Name = ""


class StreamMessage(VendorModel):
    """Message of Twilio. `media`, the caller's own sound, is not read."""

    event: Name
    start: Start | None = None
    mark: Mark | None = None
