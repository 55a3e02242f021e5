"""Options of a synthesis, typed for editors and type checkers. The server checks their values."""

from typing import Any, Literal, TypedDict

Format = Literal["wav", "pcm", "pcm-f32", "opus", "mp3", "flac", "mulaw", "aac", "mp4", "webm", "mulaw-raw"]
"""Formats of audio. `pcm` is 16-bit little-endian without a header."""
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


class ContextOptions(SpeechOptions, total=False):
    """Options of a WebSocket context: those of a synthesis, and the milliseconds of audio in one frame, 10 to 100."""

    frame_ms: int


def request_body(text: str, speaker: str, options: SpeechOptions) -> dict[str, Any]:
    """Return the body of a request. An option that is None counts as left out."""
    given = {name: value for name, value in options.items() if value is not None}
    return {"text": text, "speaker": speaker, **given}
