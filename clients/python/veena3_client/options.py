"""Options of a synthesis, typed for editors and type checkers. The server checks their values."""

import base64
from typing import Any, Literal, TypedDict

Format = Literal["wav", "pcm", "pcm-f32", "opus", "mp3", "flac", "mulaw", "aac", "mp4", "webm", "mulaw-raw"]
"""Formats of audio. `pcm` is 16-bit little-endian without a header."""
Level = Literal["very_low", "low", "moderate", "high", "very_high"]
"""Levels of pitch and of syllables a second, which designed voices take."""
Transport = Literal["http", "sse", "websocket"]
"""Transports of a stream. `sse` and `websocket` bring events beside the audio, such as the position of each chunk."""


class DictionaryLocator(TypedDict, total=False):
    """Pronunciation dictionary of the key; without `version`, the newest."""

    id: str
    version: int


class SpeechOptions(TypedDict, total=False):
    """Fields of `POST /v1/tts/generate` beside text, speaker and `stream`. What is left out is the server's default."""

    format: Format
    output: Literal["16khz", "48khz"]
    sample_rate: int
    speed: float
    pitch: Level
    rate: Level
    seed: int
    temperature: float
    top_k: int
    top_p: float
    repetition_penalty: float
    max_tokens: int
    input_type: Literal["text", "ssml", "tags"]
    language: str
    date_order: Literal["dmy", "mdy"]
    number_scale: Literal["auto", "lakh", "million"]
    digit_grouping: int
    repeated_digits: Literal["single", "double"]
    normalize: bool
    normalize_verbose: bool
    lexicon: dict[str, str]
    pronunciation_dictionaries: list[DictionaryLocator]
    chunking: bool
    timestamps: bool


class ReferenceOptions(SpeechOptions, total=False):
    """Options of a whole or streamed synthesis, which a recording may replace the `speaker` of.

    `reference_audio` is the recording. `consent`: True, your statement that its speaker consents, or the id of a
    consent record.
    """

    reference_audio: bytes
    reference_text: str
    consent: bool | str


class ContextOptions(ReferenceOptions, total=False):
    """Options of a WebSocket context: those of a synthesis, and the milliseconds of audio in one frame, 10 to 100.

    A `reference_audio` here has three quarters of the service's MAX_BODY_BYTES at most, because it is one message.
    """

    frame_ms: int


def request_body(text: str, speaker: str | None, options: SpeechOptions) -> dict[str, Any]:
    """Return the body of a request: its text and `request_options`."""
    return {"text": text, **request_options(speaker, options)}


def request_options(speaker: str | None, options: SpeechOptions) -> dict[str, Any]:
    """Return options as they are sent. One that is None counts as left out; a recording is sent in base64."""
    given = {name: value for name, value in {"speaker": speaker, **options}.items() if value is not None}
    if isinstance(recording := given.get("reference_audio"), bytes):
        given["reference_audio"] = base64.b64encode(recording).decode()
    return given
