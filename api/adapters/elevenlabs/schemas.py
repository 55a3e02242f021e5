"""Schemas of ElevenLabs' requests and answers, and its names of formats."""

import re
from typing import ClassVar, Literal

from pydantic import BaseModel

from api.adapters.models import VendorModel, format_options
from api.request_text import SpokenText
from api.strings import Name
from shared.errors import InvalidFormat

FORMATS = {"mp3": "mp3", "pcm": "pcm", "wav": "wav", "opus": "opus", "ulaw": "mulaw-raw"}
"""Formats by the first part of ElevenLabs' name; then the rate in Hz, and for some a bit rate, which has no effect."""
DEFAULT_FORMAT = "mp3_44100_128"
_FORMAT = re.compile(r"(?P<name>[a-z0-9]+)_(?P<rate>8000|16000|22050|24000|32000|44100|48000)(_\d{2,3})?")


class VoiceSettings(VendorModel):
    """Settings of a voice."""

    effective: ClassVar = frozenset({"speed"})
    speed: float | None = None


class SpeechBody(VendorModel):
    """Body of the REST routes."""

    effective: ClassVar = frozenset({"text", "seed", "apply_text_normalization"})
    text: SpokenText
    voice_settings: VoiceSettings | None = None
    seed: int | None = None
    apply_text_normalization: Literal["auto", "on", "off"] | None = None

    def options(self) -> dict[str, object]:
        """Return the options of a synthesis that this body holds."""
        return {"seed": self.seed, **spoken_options(self.voice_settings, self.apply_text_normalization)}


class SocketMessage(VendorModel):
    """Message of a client to either socket."""

    effective: ClassVar = frozenset(
        {"text", "context_id", "contextId", "flush", "close_context", "close_socket", "try_trigger_generation"}
        | {"xi_api_key", "xi-api-key", "authorization"}
    )
    text: str | None = None
    voice_settings: VoiceSettings | None = None
    context_id: Name | None = None
    contextId: Name | None = None
    flush: bool | None = None
    close_context: bool | None = None
    close_socket: bool | None = None


class Alignment(BaseModel):
    """Times of characters in the audio, in seconds."""

    characters: list[str]
    character_start_times_seconds: list[float]
    character_end_times_seconds: list[float]


class TimedAudio(BaseModel):
    """Audio in base64 with the times of its characters: a whole file, or a piece of a stream."""

    audio_base64: str
    alignment: Alignment | None = None
    normalized_alignment: Alignment | None = None


def spoken_options(settings: VoiceSettings | None, normalization: str | None) -> dict[str, object]:
    """Return the options of a synthesis for the settings of a voice and `apply_text_normalization`.

    ElevenLabs' texts may hold tags, such as `<break time="1s" />`.
    """
    speed = settings.speed if settings else None
    return {"speed": speed, "normalize": normalization != "off", "input_type": "tags"}


def output_options(output_format: str) -> dict[str, object]:
    """Return the options of a synthesis for ElevenLabs' name of a format. Raise InvalidFormat."""
    parts = _FORMAT.fullmatch(output_format)
    if parts is None or parts["name"] not in FORMATS:
        raise InvalidFormat(
            f"output_format: must be a name of {', '.join(FORMATS)} with a rate in Hz from 8000 to 48000, "
            "such as mp3_44100_128, pcm_24000 or ulaw_8000",
            details={"field": "output_format"},
        )
    return format_options(FORMATS[parts["name"]], int(parts["rate"]), field="output_format")
