"""Schemas of requests and JSON answers. Requests are the only untrusted data."""

import secrets
from dataclasses import replace
from functools import partial
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
)

from api.completeness import CompletenessInfo
from api.reading import ReadingFields
from api.request_text import SpokenForm, SpokenText
from api.strings import ClientModel, Name, check_entries
from api.word_times import TimedCharacter, TimedWord
from audio.encoders import ENCODERS
from core.voice_style import restyled
from processing.lexicon import MAX_ENTRIES
from services.voices import VoiceBook
from shared.errors import InvalidFormat, ValidationFailed
from shared.types import (
    MAX_REPETITION_PENALTY,
    MAX_SEED,
    MAX_TEMPERATURE,
    MAX_TOP_K,
    MIN_TEMPERATURE,
    MIN_TOP_P,
    Sampling,
    Utterance,
    Voice,
)

MAX_LOCATORS = 3
"""Most pronunciation dictionaries of a request: as of ElevenLabs' API."""
RATES = {"16khz": 16_000, "48khz": 48_000}
"""Default sample rate in Hz, by `output`."""
Level = Literal["very_low", "low", "moderate", "high", "very_high"]
"""Levels of pitch and rate, as `core.voice_style` orders them."""
_SAMPLING_FIELDS = {"temperature", "top_k", "top_p", "repetition_penalty", "max_tokens", "seed"}


def _check_format(name: str) -> str:
    if name not in ENCODERS:
        raise InvalidFormat(f"format: must be one of {', '.join(ENCODERS)}")
    return name


class DictionaryLocator(ClientModel):
    """Pronunciation dictionary of the caller's key, and its version; without one, the newest."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: Name = Field(max_length=64)
    version: int | None = Field(None, ge=1, le=10**9)


class SpeechRequest(ReadingFields):
    """Options of a synthesis. Sampling fields that are left out take the checkpoint's values."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    speaker: Name = Field(max_length=128, description="a voice's id or alias, as `GET /v1/voices` lists them")
    stream: bool = Field(False, description="audio while it is generated, or the whole file")
    format: Annotated[Name, AfterValidator(_check_format)] = Field(
        "wav", description=f"one of {', '.join(ENCODERS)}", json_schema_extra={"enum": list(ENCODERS)}
    )
    output: Literal["16khz", "48khz"] = Field(
        "16khz",
        description="`48khz` applies super-resolution; a service without it resamples, with `X-SR-Applied: false`",
    )
    sample_rate: Literal[8000, 16000, 22050, 24000, 32000, 44100, 48000] | None = Field(
        None, description="in Hz; default from `output`"
    )
    temperature: float | None = Field(
        None,
        ge=0,
        le=MAX_TEMPERATURE,
        description=f"below {MIN_TEMPERATURE}, sampling always takes the most likely token",
    )
    top_k: int | None = Field(None, ge=-1, le=MAX_TOP_K, description=f"1 to {MAX_TOP_K}, or -1 for off")
    top_p: float | None = Field(
        None,
        gt=0,
        le=1,
        description=f"probability mass to sample from; values below {MIN_TOP_P:f} count as {MIN_TOP_P:f}",
    )
    repetition_penalty: float | None = Field(
        None, ge=1, le=MAX_REPETITION_PENALTY, description="penalty of tokens that occurred before; 1 is off"
    )
    max_tokens: int | None = Field(None, ge=64, le=4096, description="for each chunk of the text")
    seed: int | None = Field(
        None, ge=0, le=MAX_SEED, description="the same request with the same seed gives the same audio"
    )
    input_type: Literal["text", "ssml", "tags"] = Field(
        "text",
        description="`ssml`: the text is an SSML document; `tags`: plain text with single tags such as `<break>`",
    )
    normalize: bool = Field(True, description="speak numbers, dates and currency as words")
    normalize_verbose: bool = Field(False, description="add the spoken form of the text to the answer")
    lexicon: Annotated[dict[Name, SpokenForm], BeforeValidator(partial(check_entries, limit=MAX_ENTRIES))] = Field(
        default_factory=dict,
        max_length=MAX_ENTRIES,
        description="word to its spoken form; takes precedence over the service's lexicon",
    )
    pronunciation_dictionaries: list[DictionaryLocator] = Field(
        default_factory=list,
        max_length=MAX_LOCATORS,
        description="dictionaries of the key; `lexicon` takes precedence, and a later one over an earlier one",
    )
    chunking: bool = Field(True, description="split long text into chunks; `false` keeps it one chunk")
    speed: float = Field(1.0, ge=0.25, le=4, description="pitch-preserving")
    pitch: Level | None = Field(None, description="level at which the model speaks; designed voices alone take it")
    rate: Level | None = Field(None, description="level of syllables a second; designed voices alone take it")
    timestamps: bool = Field(False, description="tell when each word of the text is spoken")

    def build_utterance(self, text: str, voices: VoiceBook, defaults: Sampling) -> Utterance:
        """Return an utterance of `text` with these options and all defaults. Raise InvalidSpeaker, ValidationFailed."""
        if self.top_k == 0:
            raise ValidationFailed("top_k: must be 1 to 1000, or -1 for off")
        voice = self._at_levels(voices.speaker(self.speaker))
        given = self.model_dump(include=_SAMPLING_FIELDS, exclude_none=True)
        return Utterance(
            text=text,
            voice=voice,
            sampling=replace(defaults, **{"seed": secrets.randbits(32)} | given),
            rate=ENCODERS[self.format].only_rate or self.sample_rate or RATES[self.output],
            format=self.format,
            super_resolve=self.output == "48khz",
            speed=self.speed,
            stream=self.stream,
            normalize=self.normalize,
            chunking=self.chunking,
            lexicon=self.lexicon,
            reading=self.reading(voice),
            word_times=self.timestamps,
        )

    def _at_levels(self, voice: Voice) -> Voice:
        """Return a designed voice at the levels of this request. Raise ValidationFailed for another voice."""
        if self.pitch is None and self.rate is None:
            return voice
        if voice.style is None:
            field = "pitch" if self.pitch else "rate"
            raise ValidationFailed(f"{field}: only a designed voice takes a level", details={"field": field})
        return replace(voice, style=restyled(voice.style, pitch=self.pitch, rate=self.rate))


class TextRequest(SpeechRequest):
    """A text and the options of its synthesis."""

    text: SpokenText = Field(
        description="text to speak, 1 to 50,000 characters; may contain emotion tags such as `[excited]`"
    )


class ChunkSpan(BaseModel):
    """Position of a chunk of the text in the audio."""

    index: int
    text: str
    start_s: float
    end_s: float


class MarkTime(BaseModel):
    """Time of a mark in the audio. `exact`: the mark is where sound begins or ends; else its place is estimated."""

    name: str
    at_s: float
    exact: bool


class IgnoredMarkup(BaseModel):
    """Markup without effect, with the reason, its first place (from 1), and how often it occurs."""

    what: str
    reason: str
    line: int
    column: int
    times: int


class MarkupInfo(BaseModel):
    """Effect of a text's markup: how often each element was applied, and what was ignored."""

    applied: dict[str, int]
    ignored: list[IgnoredMarkup]


class GeneratedAudio(BaseModel):
    """A whole file as JSON, for requests with `Accept: application/json`."""

    audio_b64: str
    content_type: str
    sample_rate: int
    seconds: float
    seed: int
    spoken_text: str | None = None
    chunks: list[ChunkSpan]
    marks: list[MarkTime] | None = None
    markup: MarkupInfo | None = None
    words: list[TimedWord] | None = Field(
        default=None, description="with `timestamps`: when each word is spoken; `null` where that is not known"
    )
    characters: list[TimedCharacter] | None = Field(
        default=None, description="with `timestamps`: the same by characters, spaced evenly inside a word"
    )
    alignment_unavailable: str | None = Field(
        default=None, description="the reason why `words` is `null`, or, if the aligner failed, `completeness`"
    )
    captions: str | None = Field(default=None, description="with `?timestamps=srt` or `vtt`: the captions")
    completeness: CompletenessInfo | None = Field(
        default=None, description="whether every word was spoken, if it was checked"
    )


class VoiceInfo(BaseModel):
    """A voice. `voice_id`, `category` and `labels` are the fields that ElevenLabs' clients read."""

    id: str
    voice_id: str
    name: str
    aliases: list[str]
    languages: list[str]
    language: str | None = Field(description="language of texts that declare none")
    gender: str | None
    description: str
    source: str
    category: str = "premade"
    labels: dict[str, str]


class ErrorDetail(BaseModel):
    """An error: `code` for programs, `message` for people."""

    code: str
    message: str
    details: dict[str, object] | None = None


class ErrorAnswer(BaseModel):
    """Form of every error."""

    error: ErrorDetail
    request_id: str
