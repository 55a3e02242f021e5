"""Schemas of vllm-omni's socket."""

from typing import ClassVar, Literal

from pydantic import AliasChoices, Field

from api.adapters.models import VendorModel, given
from api.strings import Name
from shared.errors import ValidationFailed

RATE = 24_000
"""Rate of all audio, in Hz: that of vllm-omni's own models, which its clients expect."""


class SessionConfig(VendorModel):
    """Options of the utterances that follow. Audio is sent while it is generated, whatever `stream_audio` says."""

    effective: ClassVar = frozenset({"type", "voice", "response_format", "speed", "seed", "stream_audio"})
    voice: Name = Field(min_length=1, max_length=128, validation_alias=AliasChoices("voice", "speaker"))
    response_format: Literal["wav", "pcm", "flac", "mp3", "opus"] = "wav"
    speed: float | None = None
    seed: int | None = None
    stream_audio: bool = False

    def options(self) -> dict[str, object]:
        """Return the options of a synthesis. Raise ValidationFailed."""
        if self.stream_audio and self.response_format != "pcm":
            raise ValidationFailed(
                "response_format: must be pcm with stream_audio", details={"field": "response_format"}
            )
        return given({"speaker": self.voice, "speed": self.speed, "seed": self.seed}) | {
            "format": self.response_format,
            "sample_rate": RATE,
        }


class SocketMessage(VendorModel):
    """Message of the socket. `session.config` has its own fields beside the type."""

    type: Literal["session.config", "input.text", "input.done", "session.close"]
    text: str = ""
