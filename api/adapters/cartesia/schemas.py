"""Schemas of Cartesia's requests, and its names of formats."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from api.adapters.models import VendorModel, format_options
from api.request_text import SpokenText
from api.strings import Name
from shared.errors import InvalidFormat, ValidationFailed

FORMATS = {
    ("raw", "pcm_s16le"): "pcm",
    ("raw", "pcm_f32le"): "pcm-f32",
    ("raw", "pcm_mulaw"): "mulaw-raw",
    ("wav", "pcm_s16le"): "wav",
    ("wav", "pcm_mulaw"): "mulaw",
    ("mp3", None): "mp3",
}
"""Formats by Cartesia's container and encoding."""


class Voice(VendorModel):
    """Voice by its id. Embeddings are vectors of Cartesia's own model."""

    effective: ClassVar = frozenset({"id", "mode"})
    id: Name = Field(max_length=128)


class OutputFormat(VendorModel):
    """Container, encoding and rate of the audio."""

    effective: ClassVar = frozenset({"container", "encoding", "sample_rate"})
    container: Literal["raw", "wav", "mp3"]
    encoding: Name | None = None
    sample_rate: int

    def options(self) -> dict[str, object]:
        """Return the options of a synthesis. Raise InvalidFormat."""
        format = FORMATS.get((self.container, None if self.container == "mp3" else self.encoding))
        if format is None:
            known = ", ".join(encoding for container, encoding in FORMATS if container == self.container and encoding)
            details: dict[str, object] = {"field": "output_format.encoding"}
            raise InvalidFormat(f"output_format.encoding: must be one of {known}", details=details)
        return format_options(format, self.sample_rate, field="output_format.sample_rate")


class GenerationConfig(VendorModel):
    """Attributes of the speech."""

    effective: ClassVar = frozenset({"speed"})
    speed: float | None = None


def _voice_of(voice: Any) -> Any:
    return {"id": voice} if isinstance(voice, str) else voice


class Generation(VendorModel):
    """Fields of every request."""

    effective: ClassVar = frozenset({"transcript"})
    voice: Annotated[Voice, BeforeValidator(_voice_of)]
    output_format: OutputFormat
    generation_config: GenerationConfig | None = None
    add_timestamps: bool | None = None

    def options(self, *, timed: bool) -> dict[str, object]:
        """Return the options of a synthesis; texts may hold tags, such as `<spell>`. Raise InvalidFormat.

        `timed`: the answer may have timestamps.
        """
        config = self.generation_config
        spoken = {"speaker": self.voice.id, "speed": config.speed if config else None, "input_type": "tags"}
        return spoken | {"timestamps": self.has_timestamps(timed=timed)} | self.output_format.options()

    def has_timestamps(self, *, timed: bool) -> bool:
        """Return whether the words' times are asked for, in an answer that may have them."""
        return timed and bool(self.add_timestamps)

    def unapplied(self, *, timed: bool) -> list[str]:
        """Return the names of given fields that change nothing."""
        applied = {"more"} | ({"add_timestamps"} if timed or not self.add_timestamps else set())
        return [name for name in self.without_effect() if name not in applied]


class SpeechBody(Generation):
    """Body of the REST routes."""

    effective: ClassVar = frozenset({"transcript", "context_id"})
    transcript: SpokenText
    context_id: Name | None = Field(None, max_length=128)

    def check_raw(self) -> None:
        """Raise ValidationFailed where the container is not that of events."""
        if self.output_format.container != "raw":
            raise ValidationFailed(
                "output_format.container: events need raw audio", details={"field": "output_format.container"}
            )


class SocketMessage(Generation):
    """Message of the socket: the next piece of a context's text."""

    effective: ClassVar = frozenset({"transcript", "context_id", "continue", "flush", "max_buffer_delay_ms"})
    transcript: str
    context_id: Name = Field("default", min_length=1, max_length=128)
    more: bool | None = Field(None, alias="continue")
    flush: bool | None = None
    max_buffer_delay_ms: int | None = None


class CancelMessage(VendorModel):
    """Message that interrupts a context."""

    context_id: Name = Field(min_length=1, max_length=128)
    cancel: Literal[True]
