"""What clients may send, and what JSON they get. The only untrusted shapes."""

import re
import secrets
from dataclasses import replace
from functools import partial
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from api.strings import NOT_CLEAN, Name, is_clean
from audio.encoders import ENCODERS
from services.voices import VoiceBook
from shared.config import SuperResolutionMode
from shared.errors import InvalidFormat, TextTooLong, ValidationFailed
from shared.types import (
    MAX_REPETITION_PENALTY,
    MAX_SEED,
    MAX_TEMPERATURE,
    MAX_TOP_K,
    MIN_TEMPERATURE,
    MIN_TOP_P,
    Sampling,
    Utterance,
)

MAX_TEXT = 50_000
RATES = {"16khz": 16_000, "48khz": 48_000}
_SAMPLING_FIELDS = {"temperature", "top_k", "top_p", "repetition_penalty", "max_tokens", "seed"}
_CONTROL_TOKEN = re.compile(r"<\|[^|<>\s]*\|>")
_BEGUN_TOKEN = re.compile(r"<(?:\|[^|<>\s]*(?P<closing>\|)?)?\Z")


def check_text(text: str, *, field: str = "text", most: int = MAX_TEXT) -> str:
    """Refuse what is too long or cannot be spoken; the model's control tokens can only be an attempt to steer it."""
    where: dict[str, object] = {"field": field}
    if len(text) > most:
        raise TextTooLong(
            f"{field} has {len(text)} characters; at most {most} are spoken in one request", details=where
        )
    if not is_clean(text):
        raise ValidationFailed(f"{field}: {NOT_CLEAN}", details=where)
    if _CONTROL_TOKEN.search(text):
        raise ValidationFailed(f"{field}: control tokens of the form <|…|> are not allowed", details=where)
    return text


def begun_token(text: str) -> str:
    """Return the beginning of a control token that `text` ends with, without the name in it; "" where there is none.

    A text that follows can be checked behind it as behind all of `text`.
    """
    begun = _BEGUN_TOKEN.search(text)
    if begun is None:
        return ""
    return "<||" if begun["closing"] else begun[0][:2]


SpokenText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(check_text)]
SpokenForm = Annotated[str, AfterValidator(partial(check_text, field="lexicon"))]


def _check_format(name: str) -> str:
    if name not in ENCODERS:
        raise InvalidFormat(f"format: must be one of {', '.join(ENCODERS)}")
    return name


class SpeechRequest(BaseModel):
    """How to say something. Sampling fields left out are the checkpoint's own."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    speaker: Name = Field(max_length=128, description="a voice's id or alias, as `GET /v1/voices` lists them")
    stream: bool = Field(False, description="audio as it is made, or the whole file")
    format: Annotated[Name, AfterValidator(_check_format)] = Field(
        "wav", description=f"one of {', '.join(ENCODERS)}", json_schema_extra={"enum": list(ENCODERS)}
    )
    output: Literal["16khz", "48khz"] = Field(
        "16khz",
        description="`48khz` asks for super-resolution; without one the sound is resampled, `X-SR-Applied: false`",
    )
    sample_rate: Literal[8000, 16000, 24000, 44100, 48000] | None = Field(
        None, description="in Hz; default from `output`"
    )
    temperature: float | None = Field(
        None,
        ge=0,
        le=MAX_TEMPERATURE,
        description=f"below {MIN_TEMPERATURE} the likeliest token is always taken",
    )
    top_k: int | None = Field(None, ge=-1, le=MAX_TOP_K, description=f"1 to {MAX_TOP_K}, or -1 for off")
    top_p: float | None = Field(
        None,
        gt=0,
        le=1,
        description=f"share of the probability that is sampled from; below {MIN_TOP_P:f} as {MIN_TOP_P:f}",
    )
    repetition_penalty: float | None = Field(
        None, ge=1, le=MAX_REPETITION_PENALTY, description="of tokens that were there already; 1 is off"
    )
    max_tokens: int | None = Field(None, ge=64, le=4096, description="for a chunk of text")
    seed: int | None = Field(None, ge=0, le=MAX_SEED, description="same request, same seed: same audio")
    normalize: bool = Field(True, description="speak numbers, dates, currency … as words")
    normalize_verbose: bool = Field(False, description="add the text as it is spoken to the answer")
    lexicon: dict[Name, SpokenForm] = Field(
        default_factory=dict, max_length=1000, description="word -> how it is said; laid over the service's own"
    )
    chunking: bool = Field(True, description="split long text; `false` speaks it in one breath")
    speed: float = Field(1.0, ge=0.25, le=4, description="pitch-preserving")

    def of(self, text: str, voices: VoiceBook, defaults: Sampling) -> Utterance:
        """Say `text` so: every default is filled in. Raises InvalidSpeaker, ValidationFailed."""
        if self.top_k == 0:
            raise ValidationFailed("top_k: must be 1 to 1000, or -1 for off")
        given = self.model_dump(include=_SAMPLING_FIELDS, exclude_none=True)
        return Utterance(
            text=text,
            voice=voices.speaker(self.speaker),
            sampling=replace(defaults, **{"seed": secrets.randbits(32)} | given),
            rate=ENCODERS[self.format].only_rate or self.sample_rate or RATES[self.output],
            format=self.format,
            super_resolve=self.output == "48khz",
            speed=self.speed,
            stream=self.stream,
            normalize=self.normalize,
            chunking=self.chunking,
            lexicon=self.lexicon,
        )


class GenerateRequest(SpeechRequest):
    """`POST /v1/tts/generate` and `/v1/tts/sse`."""

    text: SpokenText = Field(
        description="what to say, 1 to 50,000 characters; may hold emotion tags such as `[excited]`"
    )

    def utterance(self, voices: VoiceBook, defaults: Sampling) -> Utterance:
        """Fill in every default. Raises InvalidSpeaker, ValidationFailed."""
        return self.of(self.text, voices, defaults)


class ChunkSpan(BaseModel):
    """Where a piece of the text lies in the audio."""

    index: int
    text: str
    start_s: float
    end_s: float


class GeneratedAudio(BaseModel):
    """A whole file as JSON, for clients that ask with `Accept: application/json`."""

    audio_b64: str
    content_type: str
    sample_rate: int
    seconds: float
    seed: int
    spoken_text: str | None = None
    chunks: list[ChunkSpan]


class VoiceInfo(BaseModel):
    """A voice as clients see it."""

    id: str
    name: str
    aliases: list[str]
    languages: list[str]
    gender: str | None
    description: str
    source: str


class VoiceList(BaseModel):
    """`GET /v1/voices`."""

    voices: list[VoiceInfo]


class ErrorDetail(BaseModel):
    """What went wrong: `code` is for programs, `message` for people."""

    code: str
    message: str
    details: dict[str, object] | None = None


class ErrorAnswer(BaseModel):
    """The shape of every error."""

    error: ErrorDetail
    request_id: str


class Gpu(BaseModel):
    """The device that the model runs on."""

    name: str
    memory_mib: int


class Queue(BaseModel):
    """Requests that speak, and requests that wait."""

    running: int
    waiting: int


class Records(BaseModel):
    """Where requests are recorded: `off`, `local` or `supabase`; how many wait for it, and how many it refused."""

    store: str
    pending: int
    refused: int


class Health(BaseModel):
    """`GET /health`."""

    status: Literal["healthy", "degraded", "unhealthy"]
    model_loaded: bool
    model_version: str | None
    app_version: str
    uptime_seconds: float
    gpu_available: bool
    gpu: Gpu | None
    super_resolution_loaded: bool
    super_resolution_mode: SuperResolutionMode | None
    queue: Queue
    records: Records
    degraded: list[str]
