"""Schemas of Deepgram's requests, and its names of formats."""

from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator

from api.adapters.models import VendorModel, format_options
from api.request_text import SpokenText
from api.strings import Name
from shared.errors import InvalidFormat

FORMATS = {
    ("linear16", "wav"): "wav",
    ("linear16", "none"): "pcm",
    ("mulaw", "wav"): "mulaw",
    ("mulaw", "none"): "mulaw-raw",
    ("mp3", "none"): "mp3",
    ("opus", "ogg"): "opus",
    ("flac", "none"): "flac",
    ("aac", "none"): "aac",
}
"""Formats by Deepgram's encoding and container."""
CONTAINERS = {"linear16": "wav", "mulaw": "wav", "opus": "ogg"}
"""Containers that the REST route chooses by itself; other encodings have none."""


class SpeakQuery(VendorModel):
    """Query of both routes. Its values are strings. `mip_opt_out` is granted to all: no request trains a model."""

    effective: ClassVar = frozenset(
        {"model", "encoding", "container", "sample_rate", "speed", "mip_opt_out", "api_key"}
    )
    model: Name = Field(min_length=1, max_length=128)
    encoding: Name | None = None
    container: Name | None = None
    sample_rate: int | None = None
    speed: float | None = None

    @field_validator("sample_rate", "speed", mode="before")
    @classmethod
    def _number(cls, value: Any) -> Any:
        return value or None

    def options(self, *, container: str | None, encoding: str) -> dict[str, object]:
        """Return the options of a synthesis, with these defaults. Raise InvalidFormat."""
        encoding = self.encoding or encoding
        container = self.container or container or CONTAINERS.get(encoding, "none")
        format = FORMATS.get((encoding, container))
        if format is None:
            known = ", ".join(f"{encoding} in {container}" for encoding, container in FORMATS)
            raise InvalidFormat(f"encoding: must be one of {known}", details={"field": "encoding"})
        return {"speaker": self.model, "speed": self.speed} | format_options(
            format, self.sample_rate, field="sample_rate"
        )


class SpeakBody(VendorModel):
    """Body of the REST route."""

    effective: ClassVar = frozenset({"text"})
    text: SpokenText


class SocketMessage(VendorModel):
    """Message of the socket."""

    type: Literal["Speak", "Flush", "Clear", "Close"]
    text: str = ""
